"""A slip of the pen would be a check that never fails: each is told with its line and the nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Invalid
from exchange.problems import describe
from matters import finance_file
from tests.matters.finances import REASONS

TEXT = finance_file.SHIPPED.read_text("utf-8")


def read(tmp_path: Path, text: str, codes: set[str] | None = None) -> list[str]:
    """Codes, with the text of their lines."""
    file = tmp_path / "checks.yaml"
    file.write_text(text, "utf-8")
    reasons = {code: each for code, each in REASONS.items() if codes is None or code in codes}
    try:
        finance_file.load(file, reasons)
    except Invalid as error:
        lines = text.splitlines()
        told = [(each.code, lines[int(str(each.facts["line"])) - 1]) for each in error.problems]
        return [f"{code} | {line.strip()}" for code, line in told]
    return []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("kind: pledge-search", "kind: pledge-serch", "checks.unknown-kind | pledge: {kind"),
        ("{/pledge/order: /request/order}", "{/request/order: /pledge/order}", "checks.about | pledge:"),
        ("{/pledge/order: /request/order}", "{/pledge/order: /order/order}", "checks.about | pledge:"),
        ("{/pledge/order: /request/order}", "{/pledge/ordr: /request/order}", "checks.unknown-field | pledge:"),
        ("{/pledge/order: /request/order}", "{/pledge/order: /request/ordr}", "checks.unknown-field | pledge:"),
        ("reads: [pledge]", "reads: [pledg]", "checks.unknown-document | reads: [pledg]"),
        ("also: [opinion]", "also: [opinions]", "checks.unknown-document | also: [opinions]"),
        ("due_from: delivered", "due_from: due\n    until: delivered", "checks.stages | delivery:"),
        ("code: R10", "code: R20", "checks.unknown-code | fails: [{code: R20"),
        ("code: R10", "code: R99", "checks.unknown-code | fails: [{code: R99"),
        ("rule: invoices", "rule: invoice", "checks.unknown-rule | rule: invoice"),
        ("reads: [invoices, request, order]", "reads: [invoices, request]", "checks.rule-reads | reads: [invoices"),
        ("    title: 没有他人登记\n", "    title: 没有他人登记\n    dataset: none\n", "checks.needs-letter | dataset: none"),
        ("    title: 别家银行没有受理\n", "    title: 别家银行没有受理\n    dataset: none\n", "checks.needs-letter | dataset: none"),
        ("{equal: {/pledge/is_pledged: true}}", "{equal: {/delivery/is_accepted: true}}", "checks.unread | fails: [{code: R10"),
        ("{equal: {/pledge/is_pledged: true}}", "{equal: {/pledge/is_pledge: true}}", "checks.unknown-field | fails: [{code: R10"),
        ("needs: [/order/amount_fen]", "needs: [/order/amount]", "checks.unknown-field | needs: [/order/amount]"),
        ("{/pledge/is_pledged: true}", '{/pledge/is_pledged: "true"}', "checks.unknown-value | fails: [{code: R10"),
        ("{/opinion/outcome: against}", "{/opinion/outcome: agaisnt}", "checks.unknown-value | fails: [{code: R17"),
        ("[done, cancelled]", "[done, canceled]", "checks.unknown-value | - {code: R06, when: {in:"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert TEXT.count(old) == 1
    found = read(tmp_path, TEXT.replace(old, new))
    assert any(each.startswith(told) for each in found), found


def test_the_shipped_one_has_none(tmp_path: Path) -> None:
    assert read(tmp_path, TEXT) == []


def test_what_a_rule_may_give_must_be_a_reason_too(tmp_path: Path) -> None:
    without = set(REASONS) - {"R08"}
    assert read(tmp_path, TEXT, without) == ["checks.unknown-code | rule: invoices"]


def test_every_mistake_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    text = TEXT.replace("code: R10", "code: R20").replace("rule: limit", "rule: limits")
    assert len(read(tmp_path, text)) == 2


def test_a_name_that_is_misspelt_is_answered_with_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "checks.yaml"
    file.write_text(TEXT.replace("{/opinion/outcome: against}", "{/opinion/outcome: agaisnt}"))
    with pytest.raises(Invalid) as refused:
        finance_file.load(file, REASONS)
    (problem,) = refused.value.problems
    said, _ = describe(problem.code, problem.facts)
    assert said.endswith("字段 /opinion/outcome 不会是这个值，可用：against")
