"""One child's record for the birth register, out of what the hospital and the parents said.

The mapping does the fields. What it cannot say is here: that both documents speak of the same
certificate, that the parent followed is there, that whoever has another document than a
citizen's goes the manual way (told by the document's type, or where an agreement withholds it by
the number), and that the ethnicity is known (declared, else the one that both parents share, else
the parents must declare it).
Source: dossier B1 (exceptions) and newborn_fields.csv, N4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from exchange import pointer
from exchange.errors import Invalid, Problem
from exchange.ports import Inputs
from mappings import compiler

MAPPING = "birth_declaration_police_record"


def of(inputs: Inputs, effect_key: str) -> tuple[dict[str, str], str]:
    """The register's fields in its order, and the mapping's digest.

    Raises ``Invalid`` with everything that is wrong.
    """
    source = {name: dict(inputs[name]) for name in ("birth", "declaration")}
    mapping = compiler.load(MAPPING)
    problems = [*_certificates(source), *_parents(source)]
    try:
        fields = mapping.apply(source)
    except Invalid as error:
        told = Invalid.of([*problems, *_of_mapping(source, error.problems)])
        raise (told if problems else told.by(mapping.name, mapping.digest)) from None
    if "mz" not in fields:
        path = "/declaration/child/ethnicity"
        problems.append(Problem("police.ethnicity-not-declared", {"path": path}))
    if problems:
        raise Invalid.of(problems)
    return {"postid": effect_key, **fields}, mapping.digest


def only_identity(inputs: Inputs, effect_key: str) -> dict[str, str]:
    """What cancels a registration: nothing of the child but the certificate's number."""
    number = pointer.get(inputs["birth"], "/certificate/number")
    if not isinstance(number, str):
        raise Invalid("mapping.missing", path="/birth/certificate/number")
    return {"postid": effect_key, "cszmbh": number}


def _certificates(source: Mapping[str, Any]) -> Iterator[Problem]:
    path = "/declaration/certificate/number"
    stated = pointer.get(source, path)
    if stated is not None and stated != pointer.get(source, "/birth/certificate/number"):
        yield Problem("police.another-certificate", {"path": path})


def _parents(source: Mapping[str, Any]) -> Iterator[Problem]:
    """The register takes citizen numbers only; another document goes the manual way."""
    followed = pointer.get(source, "/declaration/household/follows")
    if followed == "father" and pointer.get(source, "/birth/father") is None:
        yield Problem("police.no-father", {"path": "/declaration/household/follows"})
    for parent in ("mother", "father"):
        path = f"/birth/{parent}/id_type"
        if pointer.get(source, path) not in {None, "01"}:
            yield Problem("police.not-a-citizen", {"path": path})


def _of_mapping(source: Mapping[str, Any], problems: Iterable[Problem]) -> Iterator[Problem]:
    """The mapping's problems; a number that is no citizen number is told once, with its remedy."""
    told: set[str] = set()
    for problem in problems:
        path = str(problem.facts.get("path", ""))
        if not problem.code.startswith("identifier."):
            yield problem
        elif path not in told:
            told.add(path)
            yield from _number(problem, path, pointer.get(source, f"{path[: -len('number')]}type"))


def _number(problem: Problem, path: str, kind: Any) -> Iterator[Problem]:
    """A miswritten number, or one of who knows which document; other types are told already."""
    if kind == "01":
        yield problem
    elif kind is None:
        yield Problem("police.no-citizen-number", {"path": path})
