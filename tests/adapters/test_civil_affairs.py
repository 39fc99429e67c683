"""Married or not: a no is an answer, other people's marriage is none, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest

from adapters import civil_affairs
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown, ZhidaError
from exchange.ports import Answer
from mappings import shapes

MOTHER, FATHER = "320117199303120025", "320117199106070014"
ROW = {"cert_num_man": FATHER, "cert_num_woman": MOTHER, "op_type": "IA", "op_date": "2019-05-20"}
OPTIONS = {
    "gateway": "tif",
    "body_signature": "none",
    "call": "POST /service/marriage",
    "codes": {"none": ["404"], "refused": ["1001"], "busy": ["9001"], "login": ["1002"]},
}


@pytest.fixture
def register(canned: Any) -> Iterator[Any]:
    opened: list[Any] = []

    def at(**options: Any) -> Any:
        endpoint = canned.endpoint()
        place = type(endpoint)(endpoint.address, "paasid", "token", site=endpoint.site)
        opened.append(civil_affairs.open_system({**OPTIONS, **options}, place))
        return opened[-1]

    yield at
    for adapter in opened:
        adapter.close()


@pytest.fixture
def ask(canned: Any, register: Any, birth: Any) -> Any:
    def asked(answer: Any, **options: Any) -> Answer:
        canned.answers.clear()
        canned.will_answer(orjson.dumps(answer), media="application/json")
        adapter = register(**options)
        prepared = adapter.prepare("verify_marriage", {"birth": birth}, "")
        found: Answer = adapter.fetch(prepared)
        return found

    return asked


def _rows(*rows: Any) -> dict[str, Any]:
    return {"code": "0", "data": list(rows)}


def _record(married: bool, **more: str) -> dict[str, Any]:
    couple = {"mother": {"id_number": MOTHER}, "father": {"id_number": FATHER}}
    return couple | {"married": married} | more


def test_it_is_a_read_that_is_told_apart_by_two_numbers() -> None:
    told = civil_affairs.VERIFY
    assert (told.effect, told.gives) == (False, "marriage-record")
    assert told.identity == ("birth/mother/id_number", "birth/father/id_number")


def test_civil_affairs_get_two_numbers_and_nothing_else(canned: Any, ask: Any) -> None:
    answer = ask({"code": "0", "data": ROW})
    sent = orjson.loads(canned.requests[0][1])
    assert sent == {"cert_num_man": FATHER, "cert_num_woman": MOTHER}
    shapes.validate("marriage-record", answer.record)
    assert answer.record == _record(True, registered_on="2019-05-20")
    assert answer.mapping_digest


def test_names_go_only_where_the_platform_demands_them(canned: Any, ask: Any) -> None:
    ask({"code": "0", "data": ROW}, names=True)
    sent = orjson.loads(canned.requests[0][1])
    assert (sent["name_man"], sent["name_woman"]) == ("张大直", "李小达")


def test_demanded_names_that_no_agreement_gives_are_told_and_nothing_is_sent(
    canned: Any, register: Any, birth: Any
) -> None:
    del birth["mother"]["name"]
    with pytest.raises(Invalid) as caught:
        register(names=True).prepare("verify_marriage", {"birth": birth}, "")
    assert caught.value.facts["path"] == "/birth/mother/name"
    assert canned.requests == []


def test_the_operation_says_that_its_question_carries_names() -> None:
    asks = civil_affairs.declared({"names": True})["verify_marriage"].asks
    assert asks == ("birth/mother/name", "birth/father/name")
    assert civil_affairs.declared({})["verify_marriage"].asks == ()


@pytest.mark.parametrize("absent", ["father", "mother"])
def test_without_both_parents_there_is_no_question(
    canned: Any, register: Any, birth: Any, absent: str
) -> None:
    del birth[absent]
    with pytest.raises(Invalid) as caught:
        register().prepare("verify_marriage", {"birth": birth}, "")
    assert caught.value.facts["path"] == f"/birth/{absent}/id_number"
    assert canned.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        _rows(),
        {"code": "0", "data": None},
        {"code": "404", "message": "查无登记"},
        _rows(ROW | {"op_type": "IB"}),
        _rows(ROW | {"op_type": "ICB", "op_date": ""}),
    ],
    ids=["empty", "null", "code", "divorced", "divorce-certificate"],
)
def test_no_such_marriage_is_an_answer(ask: Any, answer: Any) -> None:
    assert ask(answer).record == _record(False)


@pytest.mark.parametrize(
    ("acts", "record"),
    [
        ([("IA", "2019-05-20")], _record(True, registered_on="2019-05-20")),
        ([("IA", "")], _record(True)),
        ([("ICA", "2021-01-01")], _record(True)),
        (
            [("ICA", "2021-01-01"), ("IA", "20190520")],
            _record(True, registered_on="2019-05-20"),
        ),
        ([("IB", "2022-02-02"), ("IA", "2019-05-20")], _record(False)),
        ([("ID", "2022-02-02"), ("IA", "2019-05-20")], _record(False)),
        (
            [("IA", "2023-03-03"), ("IB", "2022-02-02"), ("IA", "2019-05-20")],
            _record(True, registered_on="2023-03-03"),
        ),
        (
            [("ICA", "2024-04-04"), ("IB", "2022-02-02"), ("IA", "2019-05-20")],
            _record(True),
        ),
    ],
)
def test_the_last_act_counts(ask: Any, acts: Any, record: Any) -> None:
    rows = [ROW | {"op_type": kind, "op_date": day} for kind, day in acts]
    assert ask(_rows(*rows)).record == record


@pytest.mark.parametrize(
    "acts",
    [
        [("IA", ""), ("IB", "2022-02-02")],
        [("IA", "2022-02-02"), ("IB", "2022-02-02")],
    ],
)
def test_where_the_order_cannot_be_told_nobody_is_married_or_not(ask: Any, acts: Any) -> None:
    rows = [ROW | {"op_type": kind, "op_date": day} for kind, day in acts]
    with pytest.raises(Unknown) as caught:
        ask(_rows(*rows))
    assert (caught.value.code, caught.value.facts) == ("civil.order-unknown", {"count": 2})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"cert_num_man": "110105194912310021"}, "/cert_num_man"),
        ({"cert_num_woman": ""}, "/cert_num_woman"),
        ({"cert_num_woman": FATHER, "cert_num_man": MOTHER}, "/cert_num_man"),
    ],
)
def test_an_answer_about_other_people_is_not_believed(ask: Any, changed: Any, field: str) -> None:
    for answer in (_rows(ROW | changed), _rows(ROW, ROW | changed)):
        with pytest.raises(Unknown) as caught:
            ask(answer)
        assert caught.value.code == "civil.answer-about-another"
        assert caught.value.facts == {"field": field}


def test_a_letter_in_the_number_is_the_same_in_either_case(ask: Any, birth: Any) -> None:
    birth["mother"]["id_number"] = "11010519491231002X"
    record = ask(_rows(ROW | {"cert_num_woman": "11010519491231002x"})).record
    assert record["mother"] == {"id_number": "11010519491231002X"}, "as it was asked for"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"code": "0"}, "civil.unreadable-answer"),
        ({"code": "0", "data": "无"}, "civil.unreadable-answer"),
        ({"code": "0", "data": ["无"]}, "civil.unreadable-answer"),
        ({"code": "0", "data": {}}, "civil.answer-about-another"),
        ({"code": "7"}, "coded.unclear"),
        ({}, "coded.unclear"),
        ([], "coded.unclear"),
        (_rows(ROW | {"op_type": "IC"}), "coded.not-understood"),
        (_rows(ROW | {"op_type": ""}), "coded.not-understood"),
        (_rows(ROW | {"op_date": "昨天"}), "coded.not-understood"),
    ],
)
def test_what_is_not_clear_is_unknown(ask: Any, answer: Any, code: str) -> None:
    with pytest.raises(Unknown) as caught:
        ask(answer)
    assert caught.value.code == code
    assert MOTHER not in repr(caught.value.facts)


@pytest.mark.parametrize(
    ("code", "leaf", "told"),
    [
        ("1001", Rejected, "coded.refused"),
        ("9001", Retriable, "coded.busy"),
        ("1002", Fatal, "coded.login-refused"),
    ],
)
def test_a_question_that_the_platform_does_not_take_is_told_as_what_it_is(
    ask: Any, code: str, leaf: type[ZhidaError], told: str
) -> None:
    with pytest.raises(leaf) as caught:
        ask({"code": code, "message": "李小达不在授权范围"})
    assert caught.value.code == told
    assert "李小达" not in repr(caught.value.facts)


def test_a_platform_that_says_only_yes_or_no_is_read_by_the_site_s_own_mapping(
    canned: Any, birth: Any, tmp_path: Path
) -> None:
    (tmp_path / "mappings").mkdir()
    text = """mapping: yes_no
title: 是否
from: [/result]
to: wire
fields:
  - {to: /act, from: /result, values: {"1": registered, "0": none}}
"""
    (tmp_path / "mappings/yes_no.yaml").write_text(text, "utf-8")
    place = type(canned.endpoint())(canned.address, "paasid", "token", site=tmp_path)
    own = {**OPTIONS, "record": "yes_no", "same": {}}
    adapter = civil_affairs.open_system(own, place)
    for result, married in (("1", True), ("0", False)):
        canned.answers.clear()
        canned.will_answer(
            orjson.dumps({"code": 0, "data": {"result": result}}), media="application/json"
        )
        prepared = adapter.prepare("verify_marriage", {"birth": birth}, "")
        assert adapter.fetch(prepared).record == _record(married)
    adapter.close()


def test_nothing_is_changed_there_and_there_is_nothing_else(register: Any, birth: Any) -> None:
    adapter = register()
    prepared = adapter.prepare("verify_marriage", {"birth": birth}, "")
    for act in (adapter.submit, adapter.probe):
        with pytest.raises(Fatal):
            act(prepared)
    with pytest.raises(Fatal) as caught:
        adapter.prepare("register_marriage", {"birth": birth}, "")
    assert caught.value.code == "civil.no-such-operation"


def test_the_national_platform_needs_its_secret_and_its_number() -> None:
    schema = jsonschema_rs.validator_for(civil_affairs.OPTIONS)
    national = {**OPTIONS, "gateway": "national"}
    assert not schema.is_valid(national)
    known = {"secret": {"call": "POST /secret", "rid": "r"}, "rid": "r-marriage"}
    assert schema.is_valid(national | known)
    alias, settings = civil_affairs.wire(national | known)
    assert (alias, settings["auth"]["kind"]) == ("rest", "sharing-platform")
    assert settings["auth"]["rids"] == {"POST /service/marriage": "r-marriage"}


def test_mappings_that_are_not_there_are_told_with_their_place(tmp_path: Path) -> None:
    found = civil_affairs.mistakes({**OPTIONS, "mapping": "nowhere"}, tmp_path)
    assert [(at, problem.code) for at, problem in found] == [
        ("/mapping", "mapping.no-such-mapping")
    ]
    assert civil_affairs.mistakes(OPTIONS, tmp_path) == []
