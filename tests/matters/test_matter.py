"""A joint service is read out of one file, and every mistake in it is told with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exchange.case import advance, verdict
from exchange.errors import Invalid
from matters import matter
from matters.durations import Duration

NEWBORN = Path(matter.__file__).parent / "newborn" / "matter.yaml"


def told(problems: Any) -> list[tuple[str, Any]]:
    return [(p.code, p.facts.get("line")) for p in problems]


def test_a_matter_says_what_its_file_says(written: Callable[..., Path]) -> None:
    found = matter.load(written())
    assert (found.name, found.title, found.lead, found.purpose) == (
        "grant",
        "补贴申领",
        "window",
        "grant",
    )
    assert found.identity == ("form/number",)
    assert [(o.adapter, o.unit, o.stream, o.gives, o.every) for o in found.opens_on] == [
        ("oa", "window", "form:7", "form", 60)
    ]
    pay = found.items["pay"]
    assert (pay.title, pay.unit, pay.adapter, pay.operation) == (
        "发放",
        "treasury",
        "treasury",
        "pay",
    )
    assert (pay.needs, pay.after, pay.irreversible) == (("check",), (), True)
    assert pay.term is not None
    assert (pay.term.legal, pay.term.article) == (Duration(30, "day"), "办法第七条")


def test_the_digest_follows_the_content_and_not_the_layout(written: Callable[..., Path]) -> None:
    first = matter.load(written()).digest
    assert matter.load(written("title: 核验", "title:   '核验'  # 注")).digest == first
    assert matter.load(written("title: 核验", "title: 查验")).digest != first


@pytest.mark.parametrize(
    ("every", "seconds"), [("30 minutes", 1800), ("2 hours", 7200), ("1 day", 86_400)]
)
def test_how_often_to_look_is_in_seconds(
    written: Callable[..., Path], every: str, seconds: int
) -> None:
    path = written("gives: form}", f"gives: form, every: {every}}}")
    assert matter.load(path).opens_on[0].every == seconds


# --- mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "key", "line", "nearest"),
    [
        ("    needs: [check]", "    neds: [check]", "neds", 19, "needs"),
        ("lead: window", "lead: window\nretensions: x", "retensions", 4, "retention"),
        ("legal: 30 days", "legal: 30 days, artikel: x", "artikel", 21, "article"),
        (
            "stream: ",
            "zzz: x, stream: ",
            "zzz",
            7,
            "adapter | awaited | consents | every | gives | identity | optional | stream | unit",
        ),
    ],
)
def test_an_unknown_key_is_told_with_its_line_and_the_nearest_name(
    mistakes: Callable[..., Any], old: str, new: str, key: str, line: int, nearest: str
) -> None:
    (problem,) = (p for p in mistakes(old, new) if p.code == "file.unknown-key")
    assert problem.facts == {
        "file": "matter.yaml",
        "line": line,
        "key": key,
        "nearest": nearest,
    }


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("retention: 3 years", "retention: 三年", 5),
        ("retention: 3 years", "retention: 3 working days", 5),
        ("retention: 3 years", "retention: 9999 years", 5),
        ("legal: 30 days", "legal: 0 days", 21),
        ("do: tax.check", "do: tax", 13),
        ("do: tax.check", "do: 税务.核验", 13),
        ("irreversible: true", 'irreversible: "true"', 20),
        ("needs: [check]", "needs: check", 19),
        ("needs: [check]", "needs: [check, check]", 19),
        ("identity: [form/number]", "identity: []", 8),
        ("lead: window", "lead: win dow", 3),
    ],
)
def test_a_value_of_another_form_is_told_with_its_line(
    mistakes: Callable[..., Any], old: str, new: str, line: int
) -> None:
    problems = mistakes(old, new)
    assert ("file.schema", line) in told(problems)


def test_a_name_of_another_form_is_told_with_its_rule(mistakes: Callable[..., Any]) -> None:
    problems = mistakes("  check:\n", "  che ck:\n")
    facts = next(p.facts for p in problems if p.facts.get("path") == "/items/che ck")
    assert str(facts["rule"]).startswith("pattern: ")


def test_a_missing_key_is_told(mistakes: Callable[..., Any]) -> None:
    (problem,) = mistakes("    unit: tax\n", "")
    assert problem.code == "file.schema"
    assert "unit" in str(problem.facts["rule"])


@pytest.mark.parametrize("text", ["matter: no\n", "matter: 01\n"])
def test_what_yaml_would_turn_into_something_else_must_be_quoted(
    mistakes: Callable[..., Any], text: str
) -> None:
    assert told(mistakes("matter: grant\n", text)) == [("mapping.quote-it", 1)]


@pytest.mark.parametrize(
    ("old", "new", "name", "line", "nearest"),
    [
        ("needs: [check]", "needs: [chek]", "chek", 19, "check"),
        ("after: [check, pay]", "after: [check, paying]", "paying", 26, "pay"),
        ("needs: [check]", "needs: [zzz]", "zzz", 19, "check | pay | reply"),
    ],
)
def test_an_unknown_item_is_told_with_its_line_and_the_nearest_name(
    mistakes: Callable[..., Any], old: str, new: str, name: str, line: int, nearest: str
) -> None:
    (problem,) = mistakes(old, new)
    assert (problem.code, problem.facts["line"]) == ("matter.unknown-item", line)
    assert (problem.facts["needs"], problem.facts["nearest"]) == (name, nearest)


@pytest.mark.parametrize(
    ("old", "new", "items"),
    [
        ("    gives: status", "    gives: status\n    needs: [check]", "check"),
        ("    gives: status", "    gives: status\n    needs: [pay]", "check, pay"),
        ("    gives: status", "    gives: status\n    after: [reply]", "check, pay, reply"),
    ],
)
def test_items_that_wait_for_one_another_are_named(
    mistakes: Callable[..., Any], old: str, new: str, items: str
) -> None:
    """And only they: what waits for a circle is not to blame."""
    (problem,) = mistakes(old, new)
    assert (problem.code, problem.facts["items"]) == ("matter.circle", items)


@pytest.mark.parametrize("path", ["form", "form/", "status/number", "Form/number", "/number"])
def test_the_identity_must_be_known_when_a_case_opens(
    mistakes: Callable[..., Any], path: str
) -> None:
    problems = mistakes("[form/number]", f"[{path}]")
    assert told(problems) == [("matter.identity", 8)]


def test_each_document_has_one_giver(mistakes: Callable[..., Any]) -> None:
    assert told(mistakes("gives: status", "gives: form")) == [("matter.given-twice", 14)]
    problems = mistakes("    needs: [check]", "    needs: [check]\n    gives: status")
    assert told(problems) == [("matter.given-twice", 20)]


def test_all_mistakes_are_told_at_once(mistakes: Callable[..., Any]) -> None:
    text = "after: [check, pay]"
    assert told(mistakes(text, "after: [chek, pai]\n    gives: form")) == [
        ("matter.unknown-item", 26),
        ("matter.unknown-item", 26),
        ("matter.given-twice", 27),
    ]


# --- the matter of newborns -------------------------------------------------------------------


OPENED = ("declaration",)


def run(words: dict[str, str], ends: dict[str, str]) -> tuple[list[set[str]], dict[str, str]]:
    """The items by levels as they become ready, and what each comes to."""
    newborn = matter.load(NEWBORN)
    states = dict.fromkeys(newborn.items, "waiting")
    levels = []
    while moved := advance(newborn.steps, states, OPENED, lambda item: words.get(item, "ready")):
        states |= moved
        begun = {item for item, state in moved.items() if state == "ready"}
        levels += [begun] if begun else []
        states |= {item: ends.get(item, "applied") for item in begun}
    return levels, states


def test_a_newborn_is_registered_in_this_order() -> None:
    levels, states = run({"complete": "skipped"}, {})
    assert levels == [
        {"birth"},
        {"marriage", "voucher", "vaccination", "parenting", "certificate"},
        {"household", "expense"},
        {"insurance", "card", "identity-card"},
        {"premium", "account"},
        {"reply"},
    ]
    assert verdict(states.values()) == "done"


def test_a_refused_newborn_blocks_what_needs_the_number_and_nothing_else() -> None:
    _, states = run({"complete": "skipped"}, {"household": "refused"})
    blocked = {item for item, state in states.items() if state == "blocked"}
    assert blocked == {"insurance", "premium", "card", "account", "identity-card"}
    assert states["reply"] == states["vaccination"] == states["expense"] == "applied"


def test_what_a_person_registers_is_as_good() -> None:
    levels, states = run({"complete": "skipped", "household": "by-hand"}, {})
    assert {"household-by-hand", "expense"} in levels or {"household-by-hand"} in levels
    assert states["insurance"] == "applied"
    assert verdict(states.values()) == "done"


def test_registering_a_birth_is_irreversible_and_due_within_a_month() -> None:
    household = matter.load(NEWBORN).items["household"]
    assert household.irreversible
    assert household.term is not None
    assert household.term.legal == Duration(1, "month")
    assert household.term.silence == "nothing"


def test_every_item_has_a_chinese_title() -> None:
    for item in matter.load(NEWBORN).items.values():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in item.title)


def test_a_missing_file_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        matter.load(tmp_path / "matter.yaml")
    assert refused.value.facts == {"file": "matter.yaml"}


# --- lanes ------------------------------------------------------------------------------------

PAY = "    irreversible: true"
LANES = """\
    awaits: [form]
    skip_when: {equal: {/status/owes: 0}}
    halt_when: [{when: {present: /form/withdrawn_on}, reason: 已撤回, article: 办法第九条}]
    by_hand:
      do: desk.pay
      when: [{when: {not: {matches: {/form/name: "[一-龥]+"}}}, reason: 姓名须人工核对}]
"""


def test_a_person_s_part_is_an_item_beside_the_one_that_it_stands_for(
    written: Callable[..., Path],
) -> None:
    found = matter.load(written(PAY, f"{LANES}{PAY}"))
    assert list(found.items) == ["check", "pay", "pay-by-hand", "reply"]
    hand = found.items["pay-by-hand"]
    assert (hand.title, hand.adapter, hand.operation, hand.stands_for, hand.unit) == (
        "发放（人工）",
        "desk",
        "pay",
        "pay",
        "treasury",
    )
    assert hand.needs == found.items["pay"].needs
    assert found.items["pay"].awaits == ("form",)
    assert matter.from_definition(found.definition).items == found.items


@pytest.mark.parametrize(
    ("old", "new", "code", "facts"),
    [
        (PAY, f"{PAY}\n    awaits: [from]", "matter.not-opening", {"document": "from"}),
        ("    gives: status", "    renews: status", "matter.not-opening", {"document": "status"}),
        ("  pay:", "  pay-by-hand:", "matter.item-name", {"item": "pay-by-hand"}),
        (
            PAY,
            f"{PAY}\n    skip_when: {{absent: /stauts/owes}}",
            "matter.condition",
            {"path": "/stauts/owes", "nearest": "status"},
        ),
        (
            "    gives: status",
            "    gives: status\n    skip_when: {absent: /status/owes}",
            "matter.condition",
            {"path": "/status/owes", "item": "check"},
        ),
        (
            '"form:7", gives: form}',
            '"form:7", gives: form}\n  - {adapter: tax, unit: tax, stream: x, gives: note}',
            "matter.opening-identity",
            {"document": "note", "wanted": 1},
        ),
    ],
)
def test_lanes_that_cannot_work_are_told(
    mistakes: Callable[..., Any], old: str, new: str, code: str, facts: dict[str, Any]
) -> None:
    found = next(p for p in mistakes(old, new) if p.code == code)
    assert facts.items() <= found.facts.items()
    assert found.facts["line"]


def test_each_opening_names_its_own_fields_of_the_identity(written: Callable[..., Path]) -> None:
    more = "\n  - {adapter: tax, unit: tax, stream: x, gives: note, identity: [/reference]}"
    found = matter.load(written('"form:7", gives: form}', f'"form:7", gives: form}}{more}'))
    assert [each.identity for each in found.opens_on] == [("/number",), ("/reference",)]


def test_what_a_case_began_with_may_be_renewed_by_an_item(written: Callable[..., Path]) -> None:
    found = matter.load(written("    gives: status", "    renews: form"))
    assert (found.items["check"].gives, found.items["check"].renews) == ("form", True)
