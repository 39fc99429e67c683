"""The shipped events can be read, and a slip of the pen in a site's own is told with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from exchange.errors import Invalid
from matters import finance_events_file
from matters.finance_known import Scene, of
from matters.finance_loan import Standing, Word
from tests.matters.finances import CHECKLIST

TEXT = finance_events_file.SHIPPED.read_text("utf-8")


def test_a_site_may_have_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "matters" / "order-finance"
    folder.mkdir(parents=True)
    (folder / "events.yaml").write_text(TEXT.replace("已交付", "货到了"), "utf-8")
    own = finance_events_file.of_site(tmp_path, CHECKLIST)
    assert own.rules["delivered"].title == "货到了"
    shipped = finance_events_file.of_site(tmp_path / "other", CHECKLIST)
    assert shipped.rules["delivered"].title == "已交付"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("  order: order", "  ordre: order", "checks.unknown-document"),
        ("seller-court: court", "seller-court: courts", "events.unknown-dataset"),
        ("of: [delivery]", "of: [deliverie]", "checks.unknown-document"),
        ("changed: [/it/stage]", "changed: [/it/stages]", "checks.unknown-field"),
        ("{/it/state: red}}\n    was", "{/it/status: red}}\n    was", "checks.unknown-field"),
        ("/known/is_past_due", "/known/is_due", "checks.unknown-field"),
        ("per: /known/elsewhere_fen", "per: /it/elsewhere_fen", "checks.unknown-field"),
    ],
)
def test_every_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert old in TEXT
    path = tmp_path / "events.yaml"
    path.write_text(TEXT.replace(old, new, 1), "utf-8")
    with pytest.raises(Invalid) as error:
        finance_events_file.load(path, CHECKLIST)
    found = {each.code: each.facts for each in error.value.problems}
    assert code in found
    assert int(found[code]["line"]) > 1


def test_what_rules_may_know_is_what_the_program_finds_out() -> None:
    day = date(2026, 6, 10)
    told = {"amount_fen": 9, "paid_fen": 0, "due_on": "2026-06-01", "stage": "due"}
    scene = Scene(day, Standing(credits=(Word("credit", day, 1, "b"),)), "b", told, day, told, day)
    assert {*of(scene), "is_authorised"} == set(finance_events_file.KNOWN_NAMES)
