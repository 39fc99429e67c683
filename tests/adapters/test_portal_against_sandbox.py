"""The firms' portal by its system file alone: public until closed, open until answered, pushed once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from ruamel.yaml import YAML

from adapters import generic
from exchange.errors import Invalid, Rejected, Unknown
from exchange.ports import Endpoint, Prepared
from mappings import shapes, site_files
from sandbox.uscc import compose

SITE = Path(__file__).resolve().parents[2] / "sandbox" / "grants_site"
OPTIONS: dict[str, Any] = YAML(typ="safe", pure=True).load(
    (SITE / "systems/portal.yaml").read_text("utf-8")
)["options"]
MAPPINGS = sorted(path.stem for path in SITE.glob("mappings/*.yaml"))

ROWS = '奖补编号,企业名称,金额（元）\nA-1,示例甲公司,500000.50\nA-2,"示例,乙公司",500000.50\n'


@pytest.fixture
def portal(peer: Any) -> Iterator[Any]:
    handle, endpoint = peer("portal")
    adapter = generic.open_system(
        OPTIONS, Endpoint(endpoint.address, site=SITE, clock=endpoint.clock)
    )
    yield handle, adapter
    adapter.close()


def award(**changed: Any) -> dict[str, Any]:
    number = uuid4().int % 10**6
    firm = {"uscc": compose("320114", number), "name": f"示例{number}科技有限公司"}
    made = {"id": f"A-{uuid4().hex[:12]}", "title": "企业上市奖补", "stage": "股改"}
    return made | {"amount_fen": 50_000_050, "confirm": "full", "firm": firm} | changed


def sheet(**changed: Any) -> dict[str, Any]:
    made = {"id": f"L-{uuid4().hex[:12]}", "title": "企业上市奖补", "count": 2}
    made |= {"total_fen": 100_000_100, "publicity_days": 5, "rows_digest": "00ff" * 16}
    made |= {"public_rows": ROWS}
    return made | changed


def notice(**changed: Any) -> dict[str, Any]:
    made = {"id": f"match/{uuid4().hex}", "about": "matched", "firm": award()["firm"]}
    made |= {"title": "企业上市奖补", "text": "贵单位符合条件。\n请登录门户查看。"}
    return made | changed


def prepared(adapter: Any, operation: str, **inputs: Any) -> Prepared:
    made: Prepared = adapter.prepare(operation, inputs, uuid4().hex)
    return made


def count(handle: Any, asked: Prepared) -> int:
    return sum(row["serialNo"] == asked.effect_key for row in handle.books())


@pytest.mark.parametrize("name", MAPPINGS)
def test_the_mapping_files_keep_their_word(name: str) -> None:
    mapping = site_files.load(name, SITE)
    assert mapping.check() == ()
    assert len(mapping.file.tests) >= 2


def test_the_system_file_has_no_mistake() -> None:
    assert generic.mistakes(OPTIONS, SITE) == []


def test_a_list_is_public_until_its_days_are_over_and_objections_come_with_the_result(
    portal: Any,
) -> None:
    handle, adapter = portal
    told = sheet()
    asked = prepared(adapter, "publish_list", list=told)
    assert adapter.probe(asked) is None
    assert adapter.submit(asked).waiting
    handle.ask("POST", "/pass", {"days": 4})
    assert adapter.probe(asked).waiting, "the fifth day is not over"
    assert handle.ask("POST", "/list", {"listNo": told["id"]})["rows"] == [
        {"awardNo": "A-1", "entName": "示例甲公司", "amount": "500000.50"},
        {"awardNo": "A-2", "entName": "示例,乙公司", "amount": "500000.50"},
    ]
    objection = {"listNo": told["id"], "awardNo": "A-3", "reason": "已迁出本区"}
    assert not handle.ask("POST", "/object", objection)["taken"], "nobody of that number is on it"
    objection |= {"awardNo": "A-1"}
    assert handle.ask("POST", "/object", objection)["taken"]
    handle.ask("POST", "/pass", {"days": 1})
    assert not handle.ask("POST", "/object", objection)["taken"], "too late"
    record = adapter.probe(asked).record
    shapes.validate("publicity-result", record)
    assert record["list"] == told["id"]
    assert record["objections"] == [{"award": "A-1", "reason": "已迁出本区"}]


@pytest.mark.parametrize(
    "rows",
    [
        "",
        "奖补编号,企业名称,金额（元）\nA-1,示例甲公司,500000.50\n",
        ROWS.replace("示例甲公司", ""),
    ],
)
def test_a_list_without_its_names_and_amounts_is_not_made_public(portal: Any, rows: str) -> None:
    _, adapter = portal
    with pytest.raises((Rejected, Invalid)) as caught:
        adapter.submit(prepared(adapter, "publish_list", list=sheet(public_rows=rows)))
    assert caught.value.code in ("generic.refused", "mapping.missing")


def test_a_list_that_nobody_objects_to_closes_with_an_empty_list(portal: Any) -> None:
    handle, adapter = portal
    asked = prepared(adapter, "publish_list", list=sheet(publicity_days=1))
    adapter.submit(asked)
    handle.ask("POST", "/pass", {"days": 1})
    assert adapter.probe(asked).record["objections"] == []


@pytest.mark.parametrize("kind", ["full", "account"])
def test_a_firm_is_asked_and_nothing_is_said_until_it_answers(portal: Any, kind: str) -> None:
    handle, adapter = portal
    told = award(confirm=kind)
    asked = prepared(adapter, "ask_confirmation", award=told)
    assert adapter.submit(asked).waiting
    assert adapter.probe(asked).waiting
    handle.ask("POST", "/answer_all")
    record = adapter.probe(asked).record
    shapes.validate("grant-confirmation", record)
    assert (record["award"], record["willing"]) == (told["id"], True)
    assert record["name"] == told["firm"]["name"]
    assert ("accepts_clawback" in record) == (kind == "full")


def test_the_portal_tells_what_was_answered_by_the_time_of_the_answer(portal: Any) -> None:
    handle, adapter = portal
    before = datetime.now(UTC) - timedelta(minutes=1)
    span = (before, before + timedelta(hours=1))
    yes, no, silent = (award() for _ in range(3))
    asked = [prepared(adapter, "ask_confirmation", award=told) for told in (yes, no, silent)]
    for each in asked:
        adapter.submit(each)
    keys = {each.effect_key for each in asked}
    told = lambda: {e.effect_key for e in adapter.news("ask_confirmation", *span)} & keys  # noqa: E731
    assert told() == set()
    handle.ask("POST", "/answer", {"awardNo": yes["id"], "willing": "1"})
    handle.ask("POST", "/answer", {"awardNo": no["id"], "reason": "不需要"})
    assert told() == {asked[0].effect_key, asked[1].effect_key}
    assert list(adapter.news("ask_confirmation", before - timedelta(days=2), before)) == []
    assert adapter.tells == {"ask_confirmation", "ask_account", "ask_facts"}
    assert adapter.operations["ask_confirmation"].tells
    assert not adapter.operations["publish_list"].tells


def test_a_firm_that_declines_is_a_no_with_its_reason(portal: Any) -> None:
    handle, adapter = portal
    told = award()
    asked = prepared(adapter, "ask_confirmation", award=told)
    adapter.submit(asked)
    handle.ask("POST", "/answer", {"awardNo": told["id"], "reason": "已放弃申报"})
    with pytest.raises(Rejected, match="generic.refused") as caught:
        adapter.probe(asked)
    assert caught.value.reason == "已放弃申报"


@pytest.mark.parametrize(
    "left",
    [{"acceptsClawback": "0"}, {"qualifies": ""}, {"willing": "0"}, {"bankNo": "1"}, {"accNo": ""}],
)
def test_less_than_a_whole_yes_is_no_yes(portal: Any, left: dict[str, str]) -> None:
    handle, adapter = portal
    told = award()
    asked = prepared(adapter, "ask_confirmation", award=told)
    adapter.submit(asked)
    whole = {"willing": "1", "qualifies": "1", "acceptsClawback": "1", "accName": "甲"}
    whole |= {"accNo": "43010000000001", "bankNo": "102301000014", "awardNo": told["id"]}
    handle.ask("POST", "/answer", whole | left)
    with pytest.raises(Unknown, match="generic.answer-not-understood"):
        adapter.probe(asked)


def test_a_corrected_account_is_asked_for_anew_after_each_return(portal: Any) -> None:
    handle, adapter = portal
    told = award()
    for attempt in (1, 2):
        payee = {"award": told["id"], "attempt": attempt}
        asked = prepared(adapter, "ask_account", award=told, payee=payee)
        adapter.submit(asked)
        assert adapter.probe(asked).waiting
        handle.ask("POST", "/answer_all")
        record = adapter.probe(asked).record
        shapes.validate("grant-confirmation", record)
        assert record["attempt"] == attempt
    assert adapter.operations["ask_account"].occurrence == ("payee/attempt",)


def test_a_policy_finds_its_firm_once_and_the_receipt_says_so(portal: Any) -> None:
    handle, adapter = portal
    told = notice(amount_fen=50_000_000, until="2026-12-31")
    asked = prepared(adapter, "push_policy", notice=told)
    first = adapter.submit(asked)
    shapes.validate("grant-receipt", first.record)
    assert (first.record["notice"], first.record["state"]) == (told["id"], "delivered")
    handle.ask("POST", "/read", {"serialNo": asked.effect_key})
    again = adapter.submit(asked)
    assert (again.reference, again.record["state"]) == (first.reference, "read")
    assert count(handle, asked) == 1


def test_the_same_number_with_another_text_is_not_believed_to_be_refused(portal: Any) -> None:
    handle, adapter = portal
    key, told = uuid4().hex, notice()
    adapter.submit(adapter.prepare("push_policy", {"notice": told}, key))
    other = adapter.prepare("push_policy", {"notice": told | {"text": "另一段"}}, key)
    with pytest.raises(Unknown, match="generic.told-unknown"):
        adapter.submit(other)
    assert count(handle, other) == 1


def test_who_has_opted_out_hears_of_no_policy_but_of_its_own_awards(portal: Any) -> None:
    handle, adapter = portal
    told = notice()
    question = prepared(adapter, "opt_outs", notice=told)
    assert adapter.fetch(question).record == {
        "firm": {"uscc": told["firm"]["uscc"]},
        "opted_out": False,
    }
    handle.ask("POST", "/optout", {"uscc": told["firm"]["uscc"], "on": True})
    record = adapter.fetch(question).record
    shapes.validate("grant-opt-out", record)
    assert record["opted_out"]
    with pytest.raises(Rejected, match="generic.refused") as caught:
        adapter.submit(prepared(adapter, "push_policy", notice=told))
    assert (caught.value.facts["code"], caught.value.reason) == ("4003", "企业已退订政策推送")
    own = told | {"about": "paid", "id": "paid/1"}
    assert adapter.submit(prepared(adapter, "push_policy", notice=own)).record


@pytest.mark.parametrize("operation", ["publish_list", "ask_confirmation"])
def test_a_lost_answer_is_found_by_our_number_and_not_sent_again(
    portal: Any, operation: str
) -> None:
    handle, adapter = portal
    handle.fault("reset", stage="after", times=1)
    inputs = {"list": sheet()} if operation == "publish_list" else {"award": award()}
    asked = prepared(adapter, operation, **inputs)
    with pytest.raises(Unknown):
        adapter.submit(asked)
    assert adapter.probe(asked).waiting
    assert count(handle, asked) == 1


def test_the_portal_s_books_tell_what_is_open_answered_and_declined(portal: Any) -> None:
    handle, adapter = portal
    since = datetime.now(UTC) - timedelta(minutes=1)
    states = {}
    for state in ("applied", "refused", "waiting"):
        told = award()
        asked = prepared(adapter, "ask_confirmation", award=told)
        adapter.submit(asked)
        states[asked.effect_key] = state
        if state == "applied":
            handle.ask("POST", "/answer_all")
        if state == "refused":
            handle.ask("POST", "/answer", {"awardNo": told["id"], "reason": "不接受"})
    found = adapter.books("ask_confirmation", since, datetime.now(UTC) + timedelta(seconds=1))
    told_states = {entry.effect_key: entry.state for entry in found}
    assert {key: told_states[key] for key in states} == states


def test_a_question_that_nobody_is_to_be_asked_is_not_sent(portal: Any) -> None:
    _, adapter = portal
    with pytest.raises(Invalid, match="mapping.unlisted-value"):
        prepared(adapter, "ask_confirmation", award=award(confirm="none"))


def question(**changed: Any) -> dict[str, Any]:
    made = {"id": f"C{uuid4().hex[:12]}-1", "number": "SQ1", "title": "研发投入奖补"}
    made |= {
        "firm": award()["firm"],
        "facts": [{"fact": "insured", "title": "人数", "kind": "count"}],
    }
    return made | changed


def test_a_firm_is_asked_for_facts_and_silence_stays_open(portal: Any) -> None:
    handle, adapter = portal
    told = question()
    asked = prepared(adapter, "ask_facts", question=told)
    assert adapter.submit(asked).waiting
    assert adapter.probe(asked).waiting
    body = {"questionNo": told["id"], "answers": {"insured": "11"}}
    assert handle.ask("POST", "/fill", body) == {"filled": 1}
    found = adapter.probe(asked)
    shapes.validate("firm-facts", found.record)
    assert found.record["facts"] == [{"fact": "insured", "said": "11"}]
    span = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=1)
    assert asked.effect_key in {each.effect_key for each in adapter.news("ask_facts", *span)}
    assert asked.effect_key not in {e.effect_key for e in adapter.news("ask_confirmation", *span)}


def test_a_firm_that_won_t_say_has_said_so(portal: Any) -> None:
    handle, adapter = portal
    told = question()
    asked = prepared(adapter, "ask_facts", question=told)
    adapter.submit(asked)
    handle.ask("POST", "/fill", {"questionNo": told["id"], "reason": "不便提供"})
    with pytest.raises(Rejected) as refused:
        adapter.probe(asked)
    assert refused.value.reason == "不便提供"


def test_who_opted_out_elsewhere_has_opted_out_here(portal: Any) -> None:
    _, adapter = portal
    firm = award()["firm"]
    entry = {"firm": {"uscc": firm["uscc"]}, "since": "2026-06-01", "reply": f"MO{uuid4().hex[:8]}"}
    for _ in range(2):
        adapter.submit(prepared(adapter, "opt_out", optout={**entry, "opted_out": True}))
    asked = prepared(adapter, "opt_outs", notice=notice(firm=firm))
    assert adapter.fetch(asked).record == {
        "firm": {"uscc": firm["uscc"]},
        "opted_out": True,
        "since": "2026-06-01",
    }
