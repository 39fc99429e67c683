"""``zhida mapping try`` and ``diff --sample``: a mapping on sample records, values masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from exchange.errors import Invalid, Problem
from exchange.problems import describe
from mappings import compare
from mappings.compiler import Mapping as Compiled
from zhida import mapping_records
from zhida.masked_message import masked

Row = dict[str, Any]


def tried(mapping: Compiled, records: Sequence[Mapping[str, Any]], *, values: bool) -> list[Row]:
    """One row a record: ``record`` (from 1), ``ok``, ``result`` or all its ``problems``.

    ``values``: the result as it is; else the form of each value only.
    """
    return [_tried(mapping, n, record, values=values) for n, record in enumerate(records, 1)]


def _tried(mapping: Compiled, number: int, record: Mapping[str, Any], *, values: bool) -> Row:
    row: Row = {"record": number, "ok": True, "result": None, "problems": []}
    try:
        made = mapping.apply(record)
    except Invalid as error:
        return row | {"ok": False, "problems": [_problem(each) for each in error.problems]}
    return row | {"result": made if values else masked(made)}


def _problem(problem: Problem) -> Row:
    what, remedy = describe(problem.code, problem.facts)
    facts = {key: problem.facts.get(key, "") for key in ("path", "rule", "mask")}
    return {"code": problem.code, **facts, "what": what, "remedy": remedy}


def differing(old: Compiled, new: Compiled, sample: Path, encoding: str) -> list[Row]:
    """One row a record that comes out differently, with masked fields and who refuses it."""
    return list(_differing(old, new, mapping_records.below(sample), encoding))


def _differing(
    old: Compiled, new: Compiled, sources: Iterable[str], encoding: str
) -> Iterator[Row]:
    for source in sources:
        for number, record in enumerate(mapping_records.read(source, encoding), 1):
            found = compare.outcome(old, new, record)
            if found:
                yield {
                    "file": Path(source).name,
                    "record": number,
                    "moved": [asdict(each) for each in found.moved],
                    "broke": [_problem(each) for each in found.broke],
                    "mended": [_problem(each) for each in found.mended],
                }
