"""Whose doing a missing field is: the source's, or the agreement's that did not let it through.

The source is not asked for what it has given: it could not mend it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from exchange.errors import Invalid, Problem
from exchange.transfer import Transfer

_MISSING = ("mapping.missing", "effect.no-identity")


@contextmanager
def told(transfers: Mapping[str, Transfer]) -> Iterator[None]:
    """Missing fields as ``agreement.withheld-needed`` where the document has them and the
    agreement does not.
    """
    try:
        yield
    except Invalid as error:
        problems = [found for each in error.problems for found in _explained(each, transfers)]
        raise Invalid.of(problems).by(error.mapping, error.mapping_digest) from None


def _explained(problem: Problem, transfers: Mapping[str, Transfer]) -> Iterator[Problem]:
    if problem.code not in _MISSING:
        yield problem
        return
    paths = str(problem.facts.get("path", "")).split(", ")
    hiding = {path: name for path in paths if (name := _hiding(path, transfers))}
    for path, name in hiding.items():
        yield Problem("agreement.withheld-needed", {"agreement": name, "path": path})
    left = [path for path in paths if path not in hiding]
    if left:
        yield Problem(problem.code, {**problem.facts, "path": ", ".join(left)})


def _hiding(path: str, transfers: Mapping[str, Transfer]) -> str:
    """The agreement under which the field stayed; empty: none, or nobody has it.

    A path begins with the document's name, or is one of the only document.
    """
    first, _, rest = path.removeprefix("/").partition("/")
    places = [(transfers[first], f"/{rest}")] if first in transfers else []
    if len(transfers) == 1 and path.startswith("/"):
        places += [(only, path) for only in transfers.values()]
    return next((moved.agreement.id for moved, at in places if _stays(moved, at)), "")


def _stays(moved: Transfer, path: str) -> bool:
    inside = [p for p in moved.withheld if p == path or p.startswith(f"{path}/")]
    return any(not moved.agreement.covers(each) for each in inside)
