"""A bank's certificates: which are good, until when, and what was seen of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors.http_message import Request
from crypto import certificates
from exchange import limits, times
from exchange.errors import Rejected
from sandbox import pki
from tests.zhida import finance_town
from tests.zhida.finance_town import Place
from zhida import finance_certificates, key_book, proposals, site
from zhida.cli import app
from zhida.proposals import Wish
from zhida.serve_file import Client
from zhida.serve_notes import Notes
from zhida.site_operators import APPROVE, OPERATE
from zhida.watch import Watch

SERVE = """connection: door
clients:
  a: {title: 甲, unit: bank-a, common_name: a.example, may: [finance]}
  a2: {title: 甲新, unit: bank-a, common_name: a2.example, may: [finance]}
"""
CLIENT = Client("a", "甲", "bank-a", frozenset(), limits.rate("1 per second"), "a.example")
OTHER = Client("b", "乙", "bank-b", frozenset(), limits.rate("1 per second"), "b.example")
DAY = "2026-05-06T02:00:00.000000Z"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with finance_town.opened(tmp_path) as found:
        secret = pki.secrets_of(found.folder)["ca"]
        pki.add(found.folder, "Ed25519", "bank-a", secret)
        with (found.site / "units" / "bank-a.yaml").open("a", encoding="utf-8") as unit:
            unit.write("certificates: [../keys/bank-a.crt]\n")
        (found.site / "serve.yaml").write_text(SERVE, "utf-8")
        yield found


def watch(place: Place) -> Watch:
    return Watch(site.load(place.site), place.hub.store, place.clock)


def test_what_is_registered_and_what_was_seen(place: Place) -> None:
    told = certificates.load((place.site / "keys/bank-a.crt").read_bytes())
    place.clock.now = told.valid_from
    kid, until = told.public_key.kid, "2030-01-01T00:00:00.000000Z"
    notes = Notes(place.hub)
    notes.used(CLIENT, Request("GET", "/", {}, serial="0a", not_after=until), kid)
    notes.used(OTHER, Request("GET", "/", {}, serial="0b", not_after=until), "other-kid")
    notes.refused(CLIENT, "GET /", "serve.unsigned")
    notes.refused(OTHER, "GET /", "serve.right")
    found = finance_certificates.of_bank(watch(place), "bank-a")
    [key] = found["signing"]
    assert (key["kid"], key["state"], key["last_used"]) == (
        kid,
        "valid",
        times.stamp(place.clock()),
    )
    lines = {row["client"]: (row["serial"], row["valid_until"]) for row in found["connections"]}
    assert lines == {"a": ("0a", until), "a2": ("", "")}
    assert [(row["client"], row["code"]) for row in found["refused"]] == [("a", "serve.unsigned")]
    assert found["refused"][0]["remedy"]


@pytest.mark.parametrize(
    ("days", "state"), [(-1, "not-yet"), (1, "valid"), (720, "ending"), (800, "expired")]
)
def test_a_certificate_s_end_is_seen_in_time(place: Place, days: int, state: str) -> None:
    told = certificates.load((place.site / "keys/bank-a.crt").read_bytes())
    place.clock.now = told.valid_from
    place.clock.skip(days=days)
    [key] = finance_certificates.of_bank(watch(place), "bank-a")["signing"]
    assert key["state"] == state


def test_what_two_people_have_withdrawn_signs_no_more(place: Place) -> None:
    told = certificates.load((place.site / "keys/bank-a.crt").read_bytes())
    place.clock.now = told.valid_from
    place.clock.skip(days=1)
    _, hub = place.hubs(2)  # which knows of the certificate
    wish = Wish(key_book.WITHDRAW, "", told.public_key.kid, "银行来函：私钥泄露")
    proposal = proposals.propose(hub, place.operator("wang", OPERATE), wish).id
    proposals.approve(hub, place.operator("li", APPROVE), proposal)
    [key] = finance_certificates.of_bank(watch(place), "bank-a")["signing"]
    assert key["state"] == "withdrawn"


def test_only_a_bank_has_any(place: Place) -> None:
    with pytest.raises(Rejected, match=r"site\.no-unit"):
        finance_certificates.of_bank(watch(place), "bank-x")


def test_the_command_says_by_its_code_that_nobody_could_sign(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIDA_SITE", str(place.site))
    monkeypatch.setenv("ZHIDA_VAR", str(place.folder / "var"))
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD", place.secret)
    good = CliRunner().invoke(app, ["finance", "certificates", "bank-a"])
    assert good.exit_code == 0, good.output
    unit = place.site / "units" / "bank-a.yaml"
    unit.write_text(unit.read_text("utf-8").replace("certificates: [../keys/bank-a.crt]\n", ""))
    none = CliRunner().invoke(app, ["finance", "certificates", "bank-a"])
    assert (none.exit_code, "签名证书：无" in none.output) == (1, True)
