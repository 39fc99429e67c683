"""What clerks type: every bad form ends with code, path and remedy, every odd one as it was typed."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from exchange import canonical
from exchange.problems import describe
from exchange.store import case_rows, document_rows
from sandbox.births import birth

pytestmark = pytest.mark.guarantee("G10")


def _invalid(town: Any, request: int) -> list[dict[str, Any]]:
    """The problems of the kept invalid message; its raw bytes open and hold the form."""
    with town.hub.store.read() as connection:
        rows = [r for r in document_rows.list_invalid(connection) if r.key == str(request)]
    assert rows, "the form is not among the invalid messages"
    problems: list[dict[str, Any]] = canonical.loads(rows[0].problems.encode())
    raw = town.hub.vault.unseal(rows[0].raw, about=rows[0].id)
    assert str(request).encode() in raw
    for problem in problems:
        what, remedy = describe(problem["code"], problem)
        assert what != problem["code"]
        assert remedy
    return problems


BAD = {
    "unknown ethnicity": ({"xsemz": "火星族"}, "mapping.unknown-code", "/xsemz"),
    "ethnicity number": ({"xsemz": "57"}, "mapping.unknown-code", "/xsemz"),
    "no certificate": ({"cszmbh": ""}, "mapping.missing", "/cszmbh"),
    "blank certificate": ({"cszmbh": "\u3000 "}, "mapping.missing", "/cszmbh"),
    "certificate too short": ({"cszmbh": "X32011700"}, "identifier.wrong-length", "/cszmbh"),
    "letters": ({"sbrsfz": "32011719960214abcd"}, "identifier.", "/sbrsfz"),
    "name with a replacement": ({"xsexm": "张\ufffd"}, "", "/xsexm"),
    "impossible day": ({"sqrq": "2026-02-30"}, "mapping.not-a-date", "/sqrq"),
    "formula for a phone": ({"sbrlxdh": "=1+2"}, "shape.wrong-format", "/applicant/phone"),
    "other relation": ({"sbrgx": "外婆"}, "mapping.unlisted-value", "/sbrgx"),
    "no consent": ({"tysq": "0"}, "intake.no-consent", "/consent"),
    "very long name": ({"xsexm": "长" * 201}, "shape.", "/child/name"),
}


def test_each_bad_form_is_kept_with_code_path_and_remedy_and_the_good_ones_go_on(
    town: Any,
) -> None:
    sent: dict[str, int] = {}
    for number, (name, (changed, _, _)) in enumerate(BAD.items(), 1):
        form = birth(number).form | changed
        sent[name] = town.clerk.fill_in(form)
    certificate = town.bear(100)
    wrong = birth(101).form
    last = wrong["sbrsfz"][-1]
    digit = town.clerk.fill_in(
        wrong | {"sbrsfz": wrong["sbrsfz"][:-1] + ("1" if last != "1" else "2")}
    )
    found = town.take_in()
    assert found.states == {"invalid": len(BAD) + 1, "opened": 1}
    for name, (_, code, path) in BAD.items():
        told = [(p["code"], p.get("path")) for p in _invalid(town, sent[name])]
        assert any(c.startswith(code) and p == path for c, p in told), (name, told)
    problems = _invalid(town, digit)
    assert [(p["code"], p["path"]) for p in problems] == [
        ("identifier.wrong-check-digit", "/sbrsfz")
    ]
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


def test_the_command_line_tells_the_invalid_messages_with_their_remedies(town: Any) -> None:
    request = town.clerk.fill_in(birth(102).form | {"xsemz": "火星族"})
    town.take_in()
    with town.worker("-m", "zhida", "invalid", "list", "--json") as process:
        out, _ = process.communicate(timeout=60)
    told = [row for row in json.loads(out) if row["key"] == str(request)]
    assert [row["code"] for row in told] == ["mapping.unknown-code"]
    assert told[0]["remedy"]
    assert "/xsemz" in told[0]["what"]
    assert "火星" not in out


def test_a_form_that_was_sent_back_and_mended_counts(town: Any) -> None:
    """The request keeps its number, so the hub must not take it for the old one."""
    from sandbox.clerk import Person

    certificate = birth(103).form["cszmbh"]
    town.district.birth(birth(103).facts)
    request = town.clerk.fill_in(birth(103).form | {"xsemz": "火星族"})
    assert town.take_in().states == {"invalid": 1}
    assert Person(town.district.system("oa").address, 900).submit(request, act="reject")
    town.take_in()
    assert town.clerk.submit(request, {"xsemz": "汉族"})
    assert town.take_in().states == {"opened": 1}
    assert town.take_in().states == {}
    town.forms[certificate] = [request]
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


def test_a_form_that_was_mended_before_the_hub_looked_again_counts(town: Any) -> None:
    """The hub never saw the form leave its to-do; only the time at which it came back tells."""
    from sandbox.clerk import Person

    certificate = birth(105).form["cszmbh"]
    town.district.birth(birth(105).facts)
    request = town.clerk.fill_in(birth(105).form | {"xsemz": "火星族"})
    assert town.take_in().states == {"invalid": 1}
    _next_second()
    assert Person(town.district.system("oa").address, 900).submit(request, act="reject")
    assert town.clerk.submit(request, {"xsemz": "汉族"})
    assert town.take_in().states == {"opened": 1}
    assert town.take_in().states == {}
    town.forms[certificate] = [request]
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


def _next_second() -> None:
    """The OA tells times to the second; no person sends a form back within the one it came in."""
    time.sleep(1.0 - time.time() % 1 + 0.01)


def test_full_width_digits_are_read_as_the_numbers_that_they_are(town: Any) -> None:
    wide = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
    form = birth(104).form
    town.district.birth(birth(104).facts)
    changed = {name: form[name].translate(wide) for name in ("cszmbh", "sbrsfz")}
    request = town.clerk.fill_in(form | changed)
    assert town.take_in().states == {"opened": 1}
    town.forms[form["cszmbh"]] = [request]
    town.finish(form["cszmbh"])
    assert town.registered(form["cszmbh"])[0]["cszmbh"] == form["cszmbh"]
    assert town.enrolled(form["cszmbh"])[0]["grd_certno"] == form["sbrsfz"]


NAMES = [
    "'; DROP TABLE registrations;--",
    '" OR "1"="1',
    "<b>&amp;]]></xm><xm>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'f'>]>",
    "=cmd|'/C calc'!A0",
    "%s%n{0}${jndi:ldap://a}",
    "..\\..\\/etc/passwd",
    "阿布都·热合曼'",
    "A\u0301 e\u0301",
]


def test_metacharacters_in_a_name_are_characters(town: Any) -> None:
    certificates = {}
    for number, name in enumerate(NAMES, 110):
        town.district.birth(birth(number).facts)
        certificates[town.declare(number, xsexm=name)] = name
    assert town.take_in().states.total() == len(NAMES)
    town.finish(*(c for c in certificates if _has_case(town, c)))
    for certificate, name in certificates.items():
        if not _has_case(town, certificate):
            assert _invalid(town, town.forms[certificate][0])
        elif town.states(certificate)["household"] == "applied":
            assert [row["xm"] for row in town.registered(certificate)] == [name]
            assert [row["psn_name"] for row in town.enrolled(certificate)] == [name]
        else:
            assert town.states(certificate)["household"] == "invalid", name
            assert town.registered(certificate) == []
    arrived = {row["xm"] for row in town.police.books()}
    assert {"'; DROP TABLE registrations;--", "=cmd|'/C calc'!A0", "阿布都·热合曼'"} <= arrived


def _has_case(town: Any, certificate: str) -> bool:
    try:
        return bool(town.case(certificate))
    except AssertionError:
        return False


def test_a_name_that_the_police_cannot_write_ends_invalid_and_the_clerk_is_told(town: Any) -> None:
    """𬀩 is in GB 18030 and in no GBK."""
    town.district.birth(birth(130).facts)
    certificate = town.declare(130, xsexm="王𬀩")
    other = town.bear(131)
    town.take_in()
    town.finish(certificate, other)
    assert town.states(certificate) == {
        "birth": "applied",
        "household": "invalid",
        "insurance": "blocked",
        "reply": "applied",
    }
    row = town.item(certificate, "household")
    facts = canonical.loads(row.facts.encode())
    what, remedy = describe(row.code, facts)
    assert row.code == "mapping.cannot-encode"
    assert facts["path"] == "/declaration/child/name"
    assert "/declaration/child/name" in what
    assert remedy
    assert town.calls(certificate) == 0
    form = town.form(certificate)
    assert form["@node"] == "办结"
    assert (form["jghk"], form["jgyb"]) == ("未办理", "未办理")
    assert "出生登记：数据有误，未发送" in form["jgsm"]
    assert what[:12] in form["jgsm"]
    assert "𬀩" not in form["jgsm"]
    with town.hub.store.read() as connection:
        documents = case_rows.documents(connection, town.case(certificate).id)
        kept = document_rows.get(connection, documents["declaration"])
    assert kept is not None
    sealed = town.hub.vault.unseal(kept.raw, about=f"{kept.id}/raw")
    assert "王𬀩".encode() in base64.b64decode(canonical.loads(sealed)["raw"])
    assert town.effects(other) == (1, 1, 1)


LONG = ("xsexm", "sbrxm", "sbrlxdh", "jgsm", "jghk", "jgyb")
"""54 MB together; one text of more than 10 MB the OA's own reader refuses."""


def test_a_form_of_fifty_megabytes_is_told_and_the_others_go_on(town: Any) -> None:
    big = town.clerk.fill_in(birth(140).form | dict.fromkeys(LONG, "x" * 9_000_000))
    certificate = town.bear(141)
    found = town.take_in()
    assert found.states == {"invalid": 1, "opened": 1}
    assert found.sick is None
    with town.hub.store.read() as connection:
        rows = [r for r in document_rows.list_invalid(connection) if r.key == str(big)]
    problem = canonical.loads(rows[0].problems.encode())[0]
    assert (problem["code"], problem["path"]) == ("oa.form-not-received", "/")
    assert problem["reason"] == "wire.answer-too-big"
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.take_in().states == {}
