"""``grants.yaml``: every mistake at once, with its line and the nearest name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from exchange.errors import Invalid
from zhida import grants_file


def write(town, text: str) -> None:
    (town.site / "grants.yaml").write_text(text, "utf-8")


def test_what_is_left_out_is_the_usual(town, hub) -> None:
    write(town, "facts:\n  - {system: tax-facts, fresh: 36 hours}\n")
    found = grants_file.load(hub.site)
    source = found.source("tax-facts")
    own = {name for name, fact in found.facts.items() if fact.holder == "tax"}
    assert set(source.gives) == own >= {"tax_clean", "rd_deduction_y1"}
    assert (source.whole, source.every, source.fresh) == (
        True,
        timedelta(days=1),
        timedelta(hours=36),
    )
    assert found.bucket(date(2026, 1, 5)) == "grants-2036-01"


def test_every_mistake_is_told(town, hub) -> None:
    write(
        town,
        "owner: tex\n"
        "facts:\n"
        "  - {system: tax-fact, fresh: 2 days}\n"
        "  - {system: tax-facts, fresh: 2 days, gives: [tax_clean, tax_clear, insured_end_y1]}\n"
        "  - {system: tax-facts, fresh: 2 days, stream: other, gives: [tax_clean]}\n"
        "  - {system: human-resources-facts, fresh: 2 days, gives: [insured_end_y1]}\n",
    )
    with pytest.raises(Invalid) as refused:
        grants_file.load(hub.site)
    told = [(each.code, each.facts["line"]) for each in refused.value.problems]
    assert told == [
        ("grants.no-owner", 1),
        ("grants.no-system", 3),
        ("grants.no-fact", 4),
        ("grants.other-holder", 4),
        ("grants.system-twice", 5),
        ("grants.fact-twice", 6),
    ]
    nearest = [each.facts.get("nearest") for each in refused.value.problems]
    assert nearest[:3] == ["tax", "tax-facts", "tax_clean"]


@pytest.mark.parametrize("text", ["facts: []\n", "facts:\n  - {system: tax-facts}\n", "facts:\n  - {system: tax-facts, fresh: soon}\n"])  # fmt: skip
def test_what_the_schema_forbids(town, hub, text: str) -> None:
    write(town, text)
    with pytest.raises(Invalid, match="file.schema"):
        grants_file.load(hub.site)
