"""A premium at the tax office: paid to the fen and once, in process, refused, or asked after."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs
import orjson
import pytest

from adapters import _tax_options, tax
from adapters._generic_options import OPERATION
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown, ZhidaError
from exchange.ports import Answer, Endpoint
from mappings import shapes

KEY = "0123456789abcdef0123456789abcdef"
DATA = {
    "jylsh": KEY,
    "grbh": "32011700000000000001",
    "jfnd": "2026",
    "jfje": "400.00",
    "jfrxm": "李小达",
    "jfrzjhm": "320117199303120025",
}
ANSWERED = {n: DATA[n] for n in ("jylsh", "grbh", "jfnd", "jfje")}
PAID = ANSWERED | {"jfzt": "1", "sspzh": "V1", "jfrq": "2026-01-09 10:00:00", "sbyy": ""}


@pytest.fixture
def enrolment() -> dict[str, Any]:
    return {
        "person_number": DATA["grbh"],
        "citizen_id": "320117202601050015",
        "kind": "390",
        "place": "320117",
        "enrolled_on": "2026-01-08",
        "premium": {"year": 2026, "amount_fen": 40000},
    }


@pytest.fixture
def office(canned: Any) -> Iterator[Any]:
    opened: list[Any] = []

    def at(**options: Any) -> Any:
        told = canned.endpoint()
        place = Endpoint(told.address, "hub", "secret", site=told.site, clock=told.clock)
        opened.append(tax.open_system(options, place))
        return opened[-1]

    yield at
    for adapter in opened:
        adapter.close()


@pytest.fixture
def prepared(office: Any, enrolment: Any, declaration: Any) -> Any:
    inputs = {"enrolment": enrolment, "declaration": declaration}
    return office().prepare("pay_premium", inputs, KEY)


def _will_say(canned: Any, answer: Any, charset: str = "utf-8") -> None:
    canned.answers.clear()
    body = orjson.dumps(answer).decode().encode(charset)
    canned.will_answer(body, media=f"application/json;charset={charset}")


@pytest.fixture
def pay(canned: Any, office: Any, enrolment: Any, declaration: Any) -> Any:
    def paid(answer: Any, **options: Any) -> Answer:
        _will_say(canned, answer)
        adapter, inputs = office(**options), {"enrolment": enrolment, "declaration": declaration}
        found: Answer = adapter.submit(adapter.prepare("pay_premium", inputs, KEY))
        return found

    return paid


@pytest.fixture
def probe(canned: Any, office: Any, prepared: Any) -> Any:
    def asked(answer: Any, **options: Any) -> Answer | None:
        _will_say(canned, answer)
        found: Answer | None = office(**options).probe(prepared)
        return found

    return asked


def _ok(data: Any) -> dict[str, Any]:
    return {"code": "0000", "msg": "成功", "data": data}


def test_a_year_s_premium_of_a_person_is_one_thing_and_never_repeated_unasked() -> None:
    told = tax.PAY
    assert told.identity == ("enrolment/person_number",)
    assert told.occurrence == ("enrolment/premium/year",)
    assert (told.idempotence, told.irreversible) == ("probe", True)
    assert tax.declared({"settle_s": 90})["pay_premium"].settle == timedelta(seconds=90)


def test_the_office_gets_number_year_sum_and_payer_and_nothing_else(canned: Any, pay: Any) -> None:
    pay(_ok(PAID))
    path, body = canned.requests[0]
    form = dict(parse_qsl(body.decode("ascii")))
    assert path == "/sbf/jf"
    assert orjson.loads(form["data"]) == DATA
    assert set(form) == {"data", "appKey", "requestTime", "sign"}


def test_the_signature_covers_everything_that_is_sent(canned: Any, pay: Any) -> None:
    pay(_ok(PAID))
    form = dict(parse_qsl(canned.requests[0][1].decode("ascii")))
    assert (form["appKey"], form["requestTime"]) == ("hub", "20260108090000")
    sign = form.pop("sign")
    joined = "&".join(f"{name}={form[name]}" for name in sorted(form)) + "&key=secret"
    assert sign == hashlib.new("sm3", joined.encode()).hexdigest().upper()


@pytest.mark.parametrize("premium", [None, {"year": 2026, "amount_fen": 0}])
def test_where_nothing_is_due_nothing_is_sent(
    canned: Any, office: Any, enrolment: Any, declaration: Any, premium: Any
) -> None:
    del enrolment["premium"]
    enrolment |= {"premium": premium} if premium else {}
    with pytest.raises(Invalid) as caught:
        office().prepare("pay_premium", {"enrolment": enrolment, "declaration": declaration}, KEY)
    assert caught.value.code == "tax.no-premium"
    assert canned.requests == []


def test_who_pays_must_be_told_by_the_agreement(
    office: Any, enrolment: Any, declaration: Any
) -> None:
    declaration["applicant"] = {"phone": "13800000000"}
    with pytest.raises(Invalid) as caught:
        office().prepare("pay_premium", {"enrolment": enrolment, "declaration": declaration}, KEY)
    paths = [problem.facts["path"] for problem in caught.value.problems]
    assert paths == ["/declaration/applicant/name", "/declaration/applicant/id_number"]


@pytest.mark.parametrize(
    ("fen", "yuan"), [(1, "0.01"), (10, "0.10"), (40000, "400.00"), (99999999, "999999.99")]
)
def test_fen_become_yuan_with_two_places(
    canned: Any, office: Any, enrolment: Any, declaration: Any, fen: int, yuan: str
) -> None:
    enrolment["premium"]["amount_fen"] = fen
    adapter = office()
    inputs = {"enrolment": enrolment, "declaration": declaration}
    prepared = adapter.prepare("pay_premium", inputs, KEY)
    _will_say(canned, _ok(PAID | {"jfje": yuan}))
    assert adapter.submit(prepared).record["amount_fen"] == fen
    form = dict(parse_qsl(canned.requests[0][1].decode("ascii")))
    assert orjson.loads(form["data"])["jfje"] == yuan


@pytest.mark.parametrize("amount", ["400.00", "400", 400, 400.0])
def test_a_payment_is_a_document(pay: Any, probe: Any, amount: Any) -> None:
    for act in (pay, probe):
        answer = act(_ok(PAID | {"jfje": amount, "jfnd": 2026}))
        shapes.validate("premium-payment", answer.record)
        assert answer.record == {
            "person_number": DATA["grbh"],
            "year": 2026,
            "amount_fen": 40000,
            "voucher": "V1",
            "paid_on": "2026-01-09",
        }
        assert (answer.reference, answer.waiting) == ("V1", False)
        assert answer.mapping_digest


def test_a_payment_in_process_is_waited_for(pay: Any, probe: Any) -> None:
    for act in (pay, probe):
        answer = act(_ok(PAID | {"jfzt": 0, "sspzh": "", "jfrq": ""}))
        assert (answer.waiting, answer.record, answer.reference) == (True, None, "")


@pytest.mark.parametrize(
    ("code", "leaf", "told"),
    [
        ("1001", Rejected, "generic.refused"),
        ("2001", Unknown, "generic.told-unknown"),
        ("9001", Retriable, "generic.busy"),
        ("9901", Fatal, "generic.login-refused"),
        ("1404", Unknown, "generic.unclear"),
        ("7777", Unknown, "generic.unclear"),
    ],
)
def test_each_code_means_what_it_means_and_a_strange_one_nothing(
    pay: Any, code: str, leaf: type[ZhidaError], told: str
) -> None:
    with pytest.raises(leaf) as caught:
        pay({"code": code, "msg": "李小达账户余额不足"})
    assert caught.value.code == told
    assert "李小达" not in repr(caught.value.facts)
    if isinstance(caught.value, Rejected):
        assert caught.value.reason == "李小达账户余额不足"


def test_a_payment_that_failed_later_is_a_refusal_with_its_words(pay: Any, probe: Any) -> None:
    failed = _ok(PAID | {"jfzt": "2", "sspzh": "", "jfrq": "", "sbyy": "银行卡已挂失"})
    with pytest.raises(Rejected) as caught:
        probe(failed)
    assert caught.value.reason == "银行卡已挂失"
    with pytest.raises(Unknown):  # at once it is asked after first: it may be an earlier one's
        pay(failed)


@pytest.mark.parametrize(
    ("code", "leaf"), [("1001", Unknown), ("9001", Retriable), ("9901", Fatal), ("2001", Unknown)]
)
def test_who_refuses_the_question_has_said_nothing_of_the_money(
    probe: Any, code: str, leaf: type[ZhidaError]
) -> None:
    with pytest.raises(leaf):
        probe({"code": code, "msg": "x"})


def test_only_the_office_s_own_word_says_that_it_is_not_there(probe: Any) -> None:
    assert probe({"code": "1404", "msg": "查无此流水号"}) is None
    assert probe({"code": "9404"}, codes={"none": ["9404"]}) is None
    for nothing in ({"code": "0000"}, _ok(None), _ok({}), {}, []):
        with pytest.raises(Unknown):
            probe(nothing)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"jylsh": "k2"}, "generic.answer-about-another"),
        ({"grbh": "2"}, "generic.answer-about-another"),
        ({"jfnd": "2025"}, "generic.answer-about-another"),
        ({"grbh": None}, "generic.answer-about-another"),
        ({"jfje": "400.01"}, "tax.another-amount"),
        ({"jfje": "40000"}, "tax.another-amount"),
        ({"jfje": "399.999"}, "generic.answer-not-understood"),
        ({"jfje": ""}, "generic.answer-not-understood"),
        ({"jfrq": ""}, "generic.answer-not-understood"),
        ({"sspzh": ""}, "generic.answer-not-understood"),
        ({"jfzt": "5"}, "generic.unclear"),
    ],
)
def test_what_cannot_be_believed_leaves_the_payment_unknown(
    pay: Any, probe: Any, changed: Any, code: str
) -> None:
    for act in (pay, probe):
        with pytest.raises(Unknown) as caught:
            act(_ok(PAID | changed))
        assert caught.value.code == code


def test_an_office_of_gbk_is_read(canned: Any, office: Any, prepared: Any) -> None:
    _will_say(canned, {"code": "1001", "msg": "余额不足"}, "gbk")
    with pytest.raises(Rejected) as caught:
        office().submit(prepared)
    assert caught.value.reason == "余额不足"


def test_the_site_s_words_stand_for_the_plan_s(canned: Any, pay: Any) -> None:
    options = {
        "calls": {"pay": "POST /v2/pay"},
        "codes": {"done": ["200"]},
        "states": {"paid": ["SUCC"]},
    }
    answer = pay({"code": 200, "data": PAID | {"jfzt": "SUCC"}}, **options)
    assert answer.record["voucher"] == "V1"
    assert canned.requests[0][0] == "/v2/pay"


def test_the_books_are_read_page_by_page_in_all_states(canned: Any, office: Any) -> None:
    line = {"jylsh": KEY, "sspzh": "V1", "jfzt": "1", "jysj": "2026-01-08 09:30:00"}
    lines = [line, line | {"jfzt": "0", "sspzh": ""}, line | {"jfzt": "2"}]
    _will_say(canned, _ok({"zs": 3, "mx": lines}))
    since = datetime(2026, 1, 8, 1, 0, tzinfo=UTC)
    adapter = office()
    found = list(adapter.books("pay_premium", since, since + timedelta(hours=1)))
    assert [each.state for each in found] == ["applied", "waiting", "refused"]
    assert {each.effect_key for each in found} == {KEY}
    form = dict(parse_qsl(canned.requests[0][1].decode("ascii")))
    asked = {"kssj": "2026-01-08 09:00:00", "jssj": "2026-01-08 10:00:00", "yh": 1, "myts": 100}
    assert orjson.loads(form["data"]) == asked
    _will_say(canned, _ok({"zs": 2, "mx": [line | {"jfzt": "5"}]}))
    with pytest.raises(Retriable):
        list(adapter.books("pay_premium", since, since + timedelta(hours=1)))
    assert adapter.booked == {"pay_premium"}


def test_the_shipped_plan_is_one_that_the_generic_adapter_would_take() -> None:
    known = {"calls": {}, "codes": {}, "states": {}, "mapping": "m", "record": "r"}
    plan = _tax_options.plan(known)
    jsonschema_rs.validate(OPERATION, {"title": "缴费", **plan})
    assert "$" not in repr(plan)


def test_a_code_with_two_meanings_is_a_mistake(tmp_path: Path) -> None:
    told = {"codes": {"busy": ["0000"]}, "states": {"paid": ["0"]}, "mapping": "nowhere"}
    found = [(at, each.code) for at, each in tax.mistakes(told, tmp_path)]
    assert found == [
        ("/mapping", "mapping.no-such-mapping"),
        ("/codes", "tax.code-twice"),
        ("/states", "tax.code-twice"),
    ]
    assert tax.mistakes({}, tmp_path) == []


def test_without_a_secret_nothing_is_opened(canned: Any) -> None:
    with pytest.raises(Fatal) as caught:
        tax.open_system({}, Endpoint(canned.address, "hub"))
    assert caught.value.code == "rest.no-secret"


def test_there_is_one_thing_to_do(office: Any, prepared: Any) -> None:
    with pytest.raises(Fatal) as caught:
        office().prepare("refund_premium", {}, KEY)
    assert caught.value.code == "tax.no-such-operation"
    with pytest.raises(Fatal):
        office().fetch(prepared)
