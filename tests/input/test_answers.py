"""Systems that answer with an attack or with rubbish: no crash, no memory, no effect twice.

Each hub sweeps in a process of its own. What an answer leaves open (was it executed?) is found
out when the system speaks sense again; nothing is lost and nothing comes about twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from exchange.problems import describe
from sandbox.births import birth
from sandbox.port import LOGIN_PAGE

pytestmark = pytest.mark.guarantee("G10")

ENVELOPE = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>{}'
    "</soap:Body></soap:Envelope>"
)
DOCTYPE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "&x;">]>'
BOMB = (
    '<!DOCTYPE a [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)
XML = "text/xml; charset=utf-8"
JSON = "application/json"
MOST_KB = 512 * 1024


def _registered(inner: str) -> bytes:
    """An answer of the register with that string inside."""
    from xml.sax.saxutils import escape

    name = 'ns2:csdjResponse xmlns:ns2="http://birth.police.sandbox.zhida.example/"'
    told = f"<{name}><return>{escape(inner)}</return></ns2:csdjResponse>"
    return ENVELOPE.format(told).encode()


SOAP = {
    "DOCTYPE": (XML, (DOCTYPE + ENVELOPE.format("<a>&x;</a>")).encode()),
    "entity bomb": (XML, (BOMB + ENVELOPE.format("<a>&a9;</a>")).encode()),
    "login page": ("text/html", LOGIN_PAGE),
    "GBK that says it is UTF-8": (
        XML,
        ('<?xml version="1.0" encoding="UTF-8"?>' + ENVELOPE.format("<a>登记成功</a>")).encode(
            "gbk"
        ),
    ),
    "deep nesting": (XML, ENVELOPE.format("<a>" * 100_000 + "</a>" * 100_000).encode()),
    "50 MB": (XML, ENVELOPE.format("<a>" + "x" * 50_000_000 + "</a>").encode()),
    "50 MB packed": (f"gzip:{XML}", ENVELOPE.format("<a>" + "x" * 50_000_000 + "</a>").encode()),
    "not XML": (XML, b"\x00\xff<"),
    "nothing": (XML, b""),
    "another answer": (XML, ENVELOPE.format("<b xmlns='urn:x'>1</b>").encode()),
}
INNER = {
    "inner DOCTYPE": DOCTYPE + "<RECORDS><RECORD code='0'>&x;</RECORD></RECORDS>",
    "inner bomb": BOMB + "<RECORDS><RECORD code='0'><XM>&a9;</XM></RECORD></RECORDS>",
    "inner nesting": "<RECORDS>" + "<a>" * 50_000 + "</a>" * 50_000 + "</RECORDS>",
    "inner rubbish": "登记成功",
    "inner success without a number": "<RECORDS><RECORD code='0' sid='1'/></RECORDS>",
    "inner success about another": "<RECORDS><RECORD code='0' sid='1'><CSZMBH>X999999999"
    "</CSZMBH></RECORD></RECORDS>",
}
JSONS = {
    "deep nesting": (JSON, b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "deep list": (JSON, b"[" * 100_000),
    "a key twice": (JSON, b'{"infcode": 0, "infcode": -1, "output": {}}'),
    "not a number": (JSON, b'{"infcode": NaN}'),
    "half a character": (JSON, b'{"infcode": "0", "output": {"certno": "\\ud800"}}'),
    "GBK that says it is UTF-8": (
        "application/json; charset=utf-8",
        '{"infcode": -1, "err_msg": "重复参保"}'.encode("gbk"),
    ),
    "login page": ("text/html", LOGIN_PAGE),
    "50 MB": (JSON, b'{"a": "' + b"x" * 50_000_000 + b'"}'),
    "50 MB packed": (f"gzip:{JSON}", b'{"a": "' + b"x" * 50_000_000 + b'"}'),
    "an enormous number": (JSON, b'{"infcode": ' + b"9" * 100_000 + b"}"),
    "a list": (JSON, b'[{"infcode": 0}]'),
    "another person": (JSON, b'{"infcode": 0, "output": {"certno": "1", "insuinfo": "2"}}'),
}


class Later:
    """Each sweep an hour later than the one before, so that no circuit is still open."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 3600
        return self.seconds


@pytest.fixture(scope="module")
def later() -> Later:
    return Later()


@pytest.fixture
def attacked(sweeper: Any, later: Later) -> Iterator[Callable[[str], dict[str, str]]]:
    """One sweep over a system's hostile answers: the sick items. Checks memory and log."""
    used: set[str] = set()

    def sweep(system: str) -> dict[str, str]:
        used.add(system)
        told = sweeper(system).sweep(later())
        assert told["peak"] < MOST_KB
        for code in told["sick"].values():
            what, remedy = describe(code, {})
            assert what != code
            assert remedy
        found: dict[str, str] = told["sick"]
        return found

    yield sweep
    for system in used:
        log = sweeper(system).log.read_text("utf-8")
        assert "Traceback" not in log


def _until_done(town: Any, sweep: Callable[[], Any], *certificates: str) -> None:
    for _ in range(8):
        sweep()
        if all(town.is_over(certificate) for certificate in certificates):
            return
    raise AssertionError({c: town.states(c) for c in certificates})


def _by_name(answers: dict[str, Any]) -> Any:
    return pytest.mark.parametrize("answer", answers.values(), ids=answers)


def test_hostile_answers_of_the_police_leave_one_row_each(
    town: Any, hostile: Any, attacked: Callable[[str], dict[str, str]]
) -> None:
    hostile.passing = lambda body: False
    hostile.reaches = False
    answers = {**SOAP, **{name: (XML, _registered(inner)) for name, inner in INNER.items()}}
    certificates: list[str] = []
    for number, (name, answer) in enumerate(answers.items(), 200):
        hostile.answer = answer
        hostile.reaches = number % 2 == 0  # registered, but we hear only the attack
        certificates.append(town.bear(number))
        sick = attacked("police")
        assert "household" in sick, name
        assert town.item(certificates[-1], "household").state in ("unknown", "ready"), name
        assert town.enrolled(certificates[-1]) == []
    hostile.heal()
    _until_done(town, lambda: attacked("police"), *certificates)
    for certificate in certificates:
        assert town.effects(certificate) == (1, 1, 1)


def test_hostile_answers_of_the_insurance_leave_one_row_each(
    town: Any, hostile: Any, attacked: Callable[[str], dict[str, str]]
) -> None:
    hostile.passing = lambda body: False
    certificates: list[str] = []
    for number, (name, answer) in enumerate(JSONS.items(), 300):
        hostile.answer = answer
        # A gateway's login page means that the request never came through (connectors.rest).
        hostile.reaches = number % 2 == 0 and name != "login page"
        certificates.append(town.bear(number))
        sick = attacked("insurance")
        assert "insurance" in sick, name
        assert town.item(certificates[-1], "insurance").state in ("unknown", "ready"), name
        assert len(town.registered(certificates[-1])) == 1
    hostile.heal()
    _until_done(town, lambda: attacked("insurance"), *certificates)
    for certificate in certificates:
        assert town.effects(certificate) == (1, 1, 1)


def test_hostile_lists_of_the_oa_make_its_leg_sick_and_lose_no_form(
    town: Any, hostile: Any, attacked: Callable[[str], dict[str, str]]
) -> None:
    hostile.passing = lambda body: False
    hostile.reaches = False
    certificate = town.bear(400)
    for name, answer in SOAP.items():
        hostile.answer = answer
        assert "intake" in attacked("oa"), name
    hostile.heal()
    _until_done(town, lambda: attacked("oa"), certificate)
    assert town.effects(certificate) == (1, 1, 1)


@pytest.mark.parametrize("name", ["DOCTYPE", "entity bomb", "deep nesting", "50 MB", "not XML"])
def test_a_hostile_form_is_an_invalid_message_and_the_good_ones_go_on(
    town: Any, hostile: Any, attacked: Callable[[str], dict[str, str]], name: str
) -> None:
    from exchange import canonical
    from exchange.store import document_rows

    number = 410 + list(SOAP).index(name)
    bad = str(town.clerk.fill_in(birth(number + 20).form))
    certificate = town.bear(number)
    hostile.answer, hostile.reaches = SOAP[name], False
    hostile.passing = lambda body: f">{bad}<".encode() not in body
    _until_done(town, lambda: attacked("oa"), certificate)
    assert town.effects(certificate) == (1, 1, 1)
    with town.hub.store.read() as connection:
        rows = [r for r in document_rows.list_invalid(connection) if r.key == bad]
    assert len(rows) == 1
    problem = canonical.loads(rows[0].problems.encode())[0]
    assert (problem["code"], problem["path"]) == ("oa.form-not-received", "/")
    what, remedy = describe(problem["code"], problem)
    assert bad in what
    assert remedy
