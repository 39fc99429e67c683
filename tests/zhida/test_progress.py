"""What follows from a document that comes into its case."""

from __future__ import annotations

from typing import Any

from sandbox.births import birth


def test_the_legal_month_runs_from_the_day_of_birth_and_not_from_the_application(
    town: Any,
) -> None:
    certificate = town.declare(870)
    town.take_in()
    assert town.item(certificate, "household").due_at == "", "the day of birth is not known yet"
    facts = birth(870).facts
    town.record(facts)
    assert facts["child"]["born"].startswith("20260105")
    town.finish(certificate)
    assert town.item(certificate, "household").due_at == "2026-02-05"
    assert town.item(certificate, "insurance").due_at == "", "no period is set for it"
