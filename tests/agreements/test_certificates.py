"""A birth record that its hospital did not sign, or not under a certificate that we trust."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crypto import certificates, keys
from crypto.errors import CryptoError
from exchange import canonical, document
from exchange.document import Origin
from exchange.errors import Fatal
from exchange.ports import Answer, Prepared
from exchange.store import ledger_rows
from sandbox.births import birth
from sandbox.pki import root_of

pytestmark = pytest.mark.guarantee("G8")


def _certificate(town: Any, key: keys.PublicKey, *, days: tuple[float, float], unit: str) -> bytes:
    root, root_key = root_of(town.district.directory, town.district.suite)
    now = datetime.now(UTC).replace(microsecond=0)
    start, end = (now + timedelta(days=n) for n in days)
    made = certificates.issue(unit, key, root, root_key, valid_from=start, valid_until=end)
    return made.pem


def _hospital_key(town: Any) -> keys.PublicKey:
    own = town.district.directory / "hospital" / "signer.crt"
    return certificates.load(own.read_bytes()).public_key


def _parked(town: Any, born: str) -> str:
    """The code of the parked item; the ledger knows of it too."""
    row = town.item(born, "birth")
    assert row.state == "parked"
    with town.hub.store.read() as connection:
        rows = ledger_rows.entries_of_case(connection, town.case(born).id)
    told = [canonical.loads(r.body) for r in rows if r.kind == "parked"]
    assert [t["code"] for t in told] == [row.code]
    return str(row.code)


def _nothing_came_of_it(
    town: Any, born: str, turn: Callable[[str], str], heard: Callable[[str], list[bytes]]
) -> None:
    before = len(heard("police"))
    for item in ("household", "insurance", "reply"):
        turn(item)
    assert len(heard("police")) == before
    assert town.registered(born) == []


@pytest.mark.parametrize(
    ("own_key", "days", "code"),
    [
        (True, (-0.9, -0.1), "certificate.not-valid"),
        (True, (10, 20), "certificate.not-valid"),
        (False, (-1, 20), "certificate.unknown"),
    ],
)
def test_a_certificate_that_is_out_of_date_or_for_another_key_stops_the_case(
    town: Any,
    rules: Any,
    born: str,
    turn: Callable[[str], str],
    heard: Callable[[str], list[bytes]],
    own_key: bool,
    days: tuple[float, float],
    code: str,
) -> None:
    key = _hospital_key(town) if own_key else keys.generate(town.district.suite).public
    rules.certificate(_certificate(town, key, days=days, unit="hospital"))
    assert turn("birth") == "parked"
    assert _parked(town, born) == code
    _nothing_came_of_it(town, born, turn, heard)


def test_a_certificate_of_a_ca_that_the_site_does_not_trust_opens_no_hub(
    town: Any, rules: Any
) -> None:
    own = keys.generate(town.district.suite)
    now = datetime.now(UTC).replace(microsecond=0)
    span = now - timedelta(days=1), now + timedelta(days=9)
    root = certificates.issue_ca("Somebody's root", own, *span, organization="示例根CA")
    forged = certificates.issue(
        "hospital", _hospital_key(town), root, own, valid_from=span[0], valid_until=span[1]
    )
    file = rules.folder.parent / "keys" / "hospital.crt"
    file.write_bytes(forged.pem)
    with pytest.raises(Fatal, match=r"site\.untrusted-certificate"):
        town.open_hub()


class Impostor:
    """The hospital's adapter, except for the document that it brings."""

    def __init__(self, real: Any, change: Callable[[str], str]) -> None:
        self._real, self._change = real, change
        self.operations = real.operations
        self.prepare, self.close = real.prepare, real.close

    def fetch(self, prepared: Prepared) -> Answer:
        answer: Answer = self._real.fetch(prepared)
        return replace(answer, signed=self._change(answer.signed))


@pytest.fixture
def impostor(town: Any, rules: Any) -> Iterator[Callable[[Callable[[str], str]], None]]:
    def put(change: Callable[[str], str]) -> None:
        hub = town.hub
        real = hub.adapter(hub.site.systems["his"])
        hub._adapters["his"] = Impostor(real, change)

    yield put


def _signed_by(town: Any, key: Any, token: str, **changed: str) -> str:
    """The same facts under another signature."""
    found = document.read(token, _hospital_key(town))
    return document.issue(
        found.record, replace(found.origin, **changed), key, now=datetime.now(UTC)
    )


def _clinic(town: Any, rules: Any) -> keys.PrivateKey:
    """Another unit of the same site, with a good certificate of its own."""
    key = keys.generate(town.district.suite)
    folder = rules.folder.parent
    pem = _certificate(town, key.public, days=(-1, 9), unit="clinic")
    (folder / "keys" / "clinic.crt").write_bytes(pem)
    text = "unit: clinic\ntitle: 示例诊所\ncertificates: [../keys/clinic.crt]\n"
    (folder / "units" / "clinic.yaml").write_text(text, "utf-8")
    rules.reopen()
    return key


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"issuer": "clinic", "provider": "clinic"}, "document.wrong"),
        ({"issuer": "hospital"}, "certificate.unknown"),
        ({"issuer": "clinic"}, "document.claims"),
        ({"issuer": "clinic", "custody": "hub"}, "document.wrong"),
    ],
)
def test_another_trusted_unit_cannot_speak_for_the_hospital(
    town: Any,
    rules: Any,
    born: str,
    turn: Callable[[str], str],
    heard: Callable[[str], list[bytes]],
    impostor: Any,
    told: dict[str, str],
    code: str,
) -> None:
    clinic = _clinic(town, rules)
    impostor(lambda token: _signed_by(town, clinic, token, **told))
    assert turn("birth") == "parked"
    assert _parked(town, born) == code
    _nothing_came_of_it(town, born, turn, heard)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({}, "certificate.unknown"),
        ({"issuer": "hub"}, "document.claims"),
        ({"issuer": "hub", "custody": "hub"}, "document.wrong"),
    ],
)
def test_the_hub_itself_cannot_speak_for_the_hospital(
    town: Any,
    born: str,
    turn: Callable[[str], str],
    heard: Callable[[str], list[bytes]],
    impostor: Any,
    told: dict[str, str],
    code: str,
) -> None:
    impostor(lambda token: _signed_by(town, town.hub.signer, token, **told))
    assert turn("birth") == "parked"
    assert _parked(town, born) == code
    _nothing_came_of_it(town, born, turn, heard)


def _flipped(token: str) -> str:
    head, body, rest = token.split(".", 2)
    place = len(body) // 2
    return ".".join(
        [head, body[:place] + ("A" if body[place] != "A" else "B") + body[place + 1 :], rest]
    )


def _another_name(token: str) -> str:
    """A disclosure exchanged for one of our own making."""
    import base64
    import json

    own = base64.urlsafe_b64encode(json.dumps(["c2FsdA", "/mother/name", "张三"]).encode()).decode()
    parts = token.split("~")
    return "~".join([parts[0], own.rstrip("="), *parts[2:]])


@pytest.mark.parametrize(
    "change", [_flipped, _another_name, lambda t: t.split("~")[0], lambda t: "x" * 99]
)
def test_a_document_that_was_changed_on_the_way_stops_the_case(
    town: Any,
    born: str,
    turn: Callable[[str], str],
    heard: Callable[[str], list[bytes]],
    impostor: Any,
    change: Callable[[str], str],
) -> None:
    impostor(change)
    assert turn("birth") == "parked"
    assert _parked(town, born).startswith("document.")
    _nothing_came_of_it(town, born, turn, heard)


def test_a_good_document_about_another_birth_stops_the_case(
    town: Any,
    numbers: Callable[[], int],
    born: str,
    turn: Callable[[str], str],
    heard: Callable[[str], list[bytes]],
    impostor: Any,
) -> None:
    other = birth(numbers())
    town.district.birth(other.facts)
    asked = town.hub.adapter(town.hub.site.systems["his"])
    needs = {"declaration": {"certificate": {"number": other.form["cszmbh"]}}}
    signed = asked.fetch(asked.prepare("birth_record", needs, "")).signed
    impostor(lambda _: signed)
    assert turn("birth") == "parked"
    assert _parked(town, born) == "document.wrong"
    assert (
        canonical.loads(town.item(born, "birth").facts.encode())["field"] == "/certificate/number"
    )
    _nothing_came_of_it(town, born, turn, heard)


def test_the_hub_has_no_key_of_the_hospital(town: Any) -> None:
    """Neither the key's file nor its password is in what the hub is given."""
    env = town.district.env
    secret = town.district.secrets["signer"]
    assert all(secret not in value for value in env.values())
    pem = (town.district.directory / "hospital" / "signer.key").read_bytes()
    with pytest.raises(CryptoError, match=r"wrong-password|malformed-key"):
        keys.load_private(pem, env["ZHIDA_KEY_PASSWORD"].encode())
    for file in (town.district.directory / "site").rglob("*"):
        if file.is_file() and b"PRIVATE KEY" in file.read_bytes():
            assert file.name == "hub.key"


def test_an_origin_is_what_the_impostors_changed() -> None:
    """The cases above rest on these names."""
    assert {"issuer", "provider", "custody"} <= set(Origin.__dataclass_fields__)
