"""A document is signed once and disclosed piece by piece, and nothing else passes for it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from crypto import keys, sd_jwt
from exchange import document, times
from exchange.document import Document, Origin
from exchange.errors import Invalid, Rejected

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
RECORD = {"certificate": {"number": "X320117001"}, "child": {"sex": "1", "weight_g": 3350},
          "names": ["知", "达"]}  # fmt: skip
BIRTH = Origin(
    "birth-record", "hospital", "hospital", "unit", "his", NOW, "ab" * 32, "cd" * 32, "older"
)
SUITES = ("Ed25519", "SM2-SM3")


@pytest.fixture(scope="module", params=SUITES)
def key(request: pytest.FixtureRequest) -> keys.PrivateKey:
    return keys.generate(request.param)


def issued(key: keys.PrivateKey, record: Any = RECORD, origin: Origin = BIRTH) -> Document:
    return document.read(document.issue(record, origin, key, now=NOW), key.public)


def refused(token: str, key: keys.PrivateKey) -> str:
    with pytest.raises(Rejected) as error:
        document.read(token, key.public)
    return error.value.code


def claims(key: keys.PrivateKey, fields: Any = None, **changes: Any) -> str:
    """A token that the issuer signed, saying whatever we like."""
    always = {
        "jti": "d1",
        "iss": "hospital",
        "iat": times.stamp(NOW),
        "kind": "birth-record",
        "provider": "hospital",
        "custody": "unit",
        "source": "his",
        "as_of": times.stamp(NOW),
    }
    told = {name: value for name, value in (always | changes).items() if value is not None}
    return sd_jwt.issue({"/a": "x"} if fields is None else fields, told, key)


def test_what_is_signed_is_read_back(key: keys.PrivateKey) -> None:
    found = issued(key)
    assert (found.record, found.origin, found.hidden) == (RECORD, BIRTH, 0)
    assert len(found.id) == 32


def test_the_visible_part_says_nothing_about_the_person(key: keys.PrivateKey) -> None:
    peeked = sd_jwt.peek(document.disclose(issued(key), ()))
    assert peeked.fields == {}
    visible = str(peeked.always)
    assert not any(value in visible for value in ("X320117001", "知", "/child"))
    assert not re.search(r"\b3350\b", visible)  # digests may have the digits in them


def test_two_documents_of_the_same_record_share_nothing_but_what_is_visible(
    key: keys.PrivateKey,
) -> None:
    one, two = issued(key), issued(key)
    assert one.id != two.id
    assert not set(one.token.split("~")[1:-1]) & set(two.token.split("~")[1:-1])
    assert document.digest(one.token) != document.digest(two.token)


def test_disclosing_less_keeps_the_signature_and_tells_how_much_is_hidden(
    key: keys.PrivateKey,
) -> None:
    full = issued(key)
    shown = document.read(document.disclose(full, ["/child/sex", "/names/1"]), key.public)
    assert shown.record == {"child": {"sex": "1"}, "names": ["达"]}
    assert (shown.hidden, shown.id, shown.origin) == (3, full.id, full.origin)
    assert document.digest(shown.token) == document.digest(full.token)


def test_every_choice_of_fields_can_be_shown(key: keys.PrivateKey) -> None:
    full = issued(key)
    paths = sorted(full.fields)
    for bits in range(2 ** len(paths)):
        chosen = {path for place, path in enumerate(paths) if bits >> place & 1}
        shown = document.read(document.disclose(full, chosen), key.public)
        assert set(shown.fields) == chosen
        assert shown.hidden == len(paths) - len(chosen)


def test_a_field_moved_from_another_document_is_refused(key: keys.PrivateKey) -> None:
    one, two = issued(key), issued(key, RECORD | {"child": {"sex": "2"}})
    foreign = next(part for part in two.token.split("~")[1:-1] if part not in one.token)
    own = document.disclose(one, ["/certificate/number"])
    assert refused(f"{own}{foreign}~", key) == "document.not-authentic"


def test_a_changed_byte_anywhere_is_refused(key: keys.PrivateKey) -> None:
    token = issued(key).token
    for place in range(0, len(token), 7):
        other = "A" if token[place] != "A" else "B"
        changed = token[:place] + other + token[place + 1 :]
        try:
            found = document.read(changed, key.public)
        except Rejected:
            continue
        assert found.fields == issued(key).fields  # unused bits of a last character at most


def test_another_units_signature_is_refused(key: keys.PrivateKey) -> None:
    other = keys.generate(key.suite)
    assert refused(issued(key).token, other) == "document.not-authentic"


@pytest.mark.parametrize("token", ["", "~", "a.b.c~", "张小直", "e30.e30.~x~"])
def test_what_is_no_document_is_refused(key: keys.PrivateKey, token: str) -> None:
    assert refused(token, key) == "document.not-authentic"


@pytest.mark.parametrize(
    "changes",
    [
        {"jti": None},
        {"iss": None},
        {"kind": None},
        {"provider": None},
        {"custody": None},
        {"source": None},
        {"as_of": None},
        {"as_of": "2026-03-02"},
        {"as_of": 7},
        {"jti": 7},
        {"kind": ["birth-record"]},
        {"custody": "nobody"},
        {"custody": True},
        {"iss": "tax"},  # a unit speaks for itself only
        {"fields": {"/a": "x", "/a/b": "y"}},
        {"fields": {"no-pointer": "x"}},
        {"fields": {"/x" * 100: "x"}},
    ],
)
def test_signed_nonsense_is_refused(key: keys.PrivateKey, changes: dict[str, Any]) -> None:
    assert document.read(claims(key), key.public).id == "d1"
    assert refused(claims(key, **changes), key) == "document.claims"


@pytest.mark.parametrize("name", ["raw_digest", "mapping_digest", "supersedes"])
def test_a_claim_that_is_no_text_is_not_passed_over(key: keys.PrivateKey, name: str) -> None:
    assert refused(claims(key, **{name: 5}), key) == "document.claims"


def test_the_hub_speaks_as_read_for_any_unit(key: keys.PrivateKey) -> None:
    found = document.read(claims(key, iss="hub", custody="hub"), key.public)
    assert (found.origin.issuer, found.origin.provider) == ("hub", "hospital")


@pytest.mark.parametrize(
    "record",
    [
        {"a": 1.5},
        {"a": None},
        {"a": 2**63},
        {"a": "\ud800"},
        {"list": list("x" * 513)},
        {"0": "x"},
    ],
)
def test_what_cannot_be_signed_is_invalid(key: keys.PrivateKey, record: Any) -> None:
    with pytest.raises(Invalid):
        document.issue(record, BIRTH, key, now=NOW)


def test_five_hundred_and_twelve_leaves_are_one_document(key: keys.PrivateKey) -> None:
    record = {"list": [str(n) for n in range(512)]}
    assert issued(key, record).record == record


def test_an_answer_cannot_be_guessed_from_its_digest() -> None:
    digests = {document.raw_digest(b"yes", bytes([salt]) * 16) for salt in range(3)}
    assert len(digests) == 3
    assert document.raw_digest(b"yes", b"\0" * 16) in digests
