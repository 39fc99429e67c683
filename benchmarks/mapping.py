"""S4: 20,000 birth records through the compiled mapping, against the same written by hand."""

from __future__ import annotations

from typing import Any

from benchmarks.birth_by_hand import Problems, birth_record
from benchmarks.measure import Result, compared, in_turn, rates
from exchange.errors import Invalid
from mappings import compiler

_COUNT = 20_000
_BROKEN = 50
"""One record in so many has mistakes, all of which both sides must find."""


def run() -> Result:
    """Both sides validate the record against its shape; that is part of the work."""
    mapping = compiler.load("hospital_adt_birth_record")
    messages = [_message(mapping.file.tests[0]["source"], n) for n in range(_COUNT)]
    if _mapped(mapping, messages) != _by_hand(messages):
        raise RuntimeError("the two mappings differ")
    samples = in_turn(
        lambda: len(_mapped(mapping, messages)), lambda: len(_by_hand(messages)), pairs=5
    )
    ours, cpu = rates([mine for mine, _ in samples])
    result = Result("S4", "映射 birth records", "条", "≥ 0.85 ×", ours, cpu)
    result.reference = "written by hand"
    result.notes = [f"one record in {_BROKEN} broken in three places; shape checked on both sides"]
    return compared(result, samples, 0.85)


def _mapped(mapping: compiler.Mapping, messages: list[dict[str, Any]]) -> list[object]:
    """Each record, or the number of its problems."""
    found: list[object] = []
    for message in messages:
        try:
            found.append(mapping.apply(message))
        except Invalid as error:
            found.append(len(error.problems))
    return found


def _by_hand(messages: list[dict[str, Any]]) -> list[object]:
    found: list[object] = []
    for message in messages:
        problems: Problems = []
        record = birth_record(message, problems)
        found.append(len(problems) if problems else record)
    return found


def _message(sample: dict[str, Any], number: int) -> dict[str, Any]:
    """A message of its own; every fiftieth with a wrong sex, day and ethnicity."""
    told = {segment: dict(fields) for segment, fields in sample.items()}
    told["PID"]["7"] = f"20260105{number % 24:02}{number % 60:02}"
    told["ZCS"]["1"] = f"X{number:09}"
    if number % _BROKEN == 0:
        told["PID"]["8"] = "?"
        told["ZCS"]["2"] = "20260230"
        told["MTH"]["35"] = "99"
    return told
