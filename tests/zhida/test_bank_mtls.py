"""A bank over mutual TLS: the whole way, who is turned away and where that stands, and a change of certificates by day."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from typer.testing import CliRunner

from crypto import keys
from exchange import times
from exchange.errors import Rejected
from exchange.store import ledger_rows
from sandbox import tls
from sandbox.bank_certificates import common_name
from sandbox.firms import BANKS
from sandbox.lender import Lender
from tests.zhida import bank_mtls, generated_client
from tests.zhida.bank_mtls import Place
from tests.zhida.generated_client import Generated
from zhida import serve_notes
from zhida.cli import app


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[..., Any]
) -> Iterator[Place]:
    with bank_mtls.opened(tmp_path_factory.mktemp("mtls"), open_town) as found:
        yield found


def entries(place: Place, kind: str) -> list[dict[str, Any]]:
    with place.financing.hub.store.read() as connection:
        rows = ledger_rows.entries_of(connection, kind)
    return [json.loads(row.body) for row in rows]


def letter(place: Place, number: str, bank: str = "bank-a") -> str:
    order = f"PO-{number}"
    place.financing.order(order)
    return place.financing.seller.letter(
        number, BANKS[bank], order, datasets=["order", "registry"], max_uses=100
    )


def asked(place: Place, bank: Lender, number: str) -> dict[str, Any]:
    """A request that is answered."""
    bank.hand_in(letter(place, f"L-{number}"))
    found = bank.ask(place.financing.request(number, f"L-{number}", f"PO-L-{number}"))
    assert found["status"] in (200, 202), found
    return found


# --- the whole way ---------------------------------------------------------------------------------


def test_from_the_letter_to_the_books_over_mutual_tls(place: Place) -> None:
    bank, today = place.lender(), place.financing.today
    first = asked(place, bank, "M1")
    assert place.financing.hub.archive.verify(first["signed"]).record == first["answer"]
    assert bank.look("M1")["answer"]["request"] == "M1"
    asked(place, bank, "M2")
    left = bank.send("POST", "/finance/requests/M2/withdrawal")
    assert (left["status"], left["state"]) == (200, "released")
    due = (times.civil_day(place.financing.hub.clock()) + timedelta(90)).isoformat()
    loan = {"number": "F1", "request": "M1", "paid_out_on": today, "amount_fen": 50_000_000}
    loan |= {"due_on": due, "account": {"tail": "0001"}}
    assert bank.send("POST", "/finance/loans", loan)["status"] == 201
    repaid = {"number": "1", "event": "repaid-in-part", "on": today, "amount_fen": 1}
    assert bank.send("POST", "/finance/loans/F1/events", repaid)["repaid_fen"] == 1
    assert bank.send("GET", "/finance/loans/F1")["state"] == "open"
    assert bank.send("GET", "/finance/events?after=0&limit=5")["status"] == 200
    too_early = bank.send("GET", f"/finance/reconciliation/{today}")
    assert (too_early["status"], too_early["code"]) == (404, "finance.reconciliation-day")
    used = {each["use"] for each in entries(place, serve_notes.USED)}
    assert used == {"tls", "signature"}


def test_a_client_that_a_public_generator_has_made_does_the_same(
    place: Place, tmp_path: Path
) -> None:
    document = generated_client.generate(tmp_path)
    key = keys.load_private(
        (place.folder / "bank-a/unit.key").read_bytes(),
        place.financing.district.secrets["ca"].encode(),
    )
    with closing(Generated(tmp_path, place.url, place.shown(), key)) as bank:
        walk(place, bank, generated_client.operations(document))


def walk(place: Place, bank: Generated, operations: set[str]) -> None:
    """From the letter to the loan, as far as the description goes."""
    models, told = bank.models, place.financing.request("G1", "L-G1", "PO-L-G1")
    token = letter(place, "L-G1")
    handed_in = bank.call("hand_in_letter", body=models.SignedLetter(letter=token))
    assert (handed_in.status_code, handed_in.parsed.state) == (201, models.LetterState.VALID)
    request = models.Request.from_dict(told)
    first = bank.call("submit_request", body=request, idempotency_key="generated-1")
    assert first.parsed.answer.request == "G1", first
    assert {row.state.value for row in first.parsed.answer.checks} <= {
        "pass",
        "not-due",
        "unknown",
        "not-authorised",
    }
    again = bank.call("read_result", "G1")
    assert place.financing.hub.archive.verify(again.parsed.signed).record["request"] == "G1"
    missing = bank.call("read_result", "G0")
    assert (missing.status_code, missing.parsed.code) == (404, "finance.no-request")
    if "lend" not in operations:
        left = bank.call("withdraw_request", "G1")
        assert left.parsed.state == models.ClaimState.RELEASED
        return
    due = (times.civil_day(place.financing.hub.clock()) + timedelta(90)).isoformat()
    loan = {"number": "GF1", "request": "G1", "paid_out_on": place.financing.today}
    loan |= {"amount_fen": 50_000_000, "due_on": due, "account": {"tail": "0001"}}
    lent = bank.call("lend", body=models.NewLoan.from_dict(loan))
    assert (lent.status_code, lent.parsed.number) == (201, "GF1")
    assert bank.call("look_at_loan", "GF1").parsed.amount_fen == 50_000_000
    assert bank.call("read_events", after=0, limit=5).status_code == 200


# --- who is turned away ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reason"),
    [("foreign", "local issuer"), ("expired", "has expired"), ("", "DID_NOT_RETURN")],
)
def test_who_shows_no_good_certificate_is_not_let_in_and_that_is_written_down(
    place: Place, until: Callable[..., None], name: str, reason: str
) -> None:
    """Of another CA, too old, none at all: TLS itself says so, and the ledger why."""
    before = len(entries(place, serve_notes.REFUSED))
    with requests.Session() as session:
        session.trust_env, session.verify = False, str(place.tls / "hub-ca.crt")
        if name:
            shown = place.shown(name=name)
            session.cert = (str(shown.cert), str(shown.key))
        with pytest.raises(requests.ConnectionError):
            session.get(f"{place.url}/finance/events", timeout=30)
    until(lambda: len(entries(place, serve_notes.REFUSED)) > before)
    told = entries(place, serve_notes.REFUSED)[-1]
    assert (told["client"], told["code"]) == ("", "")
    assert reason in told["reason"]


def test_a_hub_of_another_ca_is_not_spoken_with(place: Place) -> None:
    bank = place.lender()
    with requests.Session() as session:
        session.trust_env, session.verify = False, str(place.tls / "stranger.crt")
        with pytest.raises(requests.exceptions.SSLError, match="verify failed"):
            session.get(f"{bank.address}/health", timeout=30)


def test_a_good_certificate_that_is_nobody_s_opens_nothing(place: Place) -> None:
    found = place.lender(name="unknown").send("GET", "/finance/events")
    assert (found["status"], found["code"]) == (403, "serve.unknown-client")
    assert found["detail"] and found["detail_en"]
    told = entries(place, serve_notes.REFUSED)[-1]
    assert (told["client"], told["code"]) == ("another.example", "serve.unknown-client")


def test_another_bank_s_certificate_is_another_bank(place: Place) -> None:
    """What belongs to the first bank is not there for it; and the first bank's key does not sign for it."""
    asked(place, place.lender(), "M3")
    other = place.lender("bank-b")
    found = other.look("M3")
    assert (found["status"], found["code"]) == (404, "finance.no-request")
    refused = entries(place, "finance-refused")[-1]
    assert (refused["unit"], refused["code"]) == ("bank-b", "finance.no-request")
    mixed = Lender(
        *(place.folder, "bank-a", place.url, place.financing.district.secrets["ca"]),
        tls=place.shown("bank-b"),
    )
    signed = mixed.hand_in(letter(place, "L-mixed"))
    assert (signed["status"], signed["code"]) == (403, "serve.signature")
    told = entries(place, serve_notes.REFUSED)[-1]
    assert (told["client"], told["code"]) == ("bank-b", "serve.signature")


def test_what_happens_all_day_is_written_down_once(place: Place) -> None:
    before = len(entries(place, serve_notes.REFUSED))
    for _ in range(5):
        place.lender(name="unknown").send("GET", "/finance/events")
    assert len(entries(place, serve_notes.REFUSED)) <= before + 1
    for _ in range(3):
        place.lender().send("GET", "/finance/events")
    uses = [each["ref"] for each in entries(place, serve_notes.USED)]
    assert len(uses) == len(set(uses))


# --- a change of certificates ----------------------------------------------------------------------


class Traffic(threading.Thread):
    """A bank that asks without a pause; ``lender`` may become another one meanwhile."""

    def __init__(self, lender: Lender, token: str) -> None:
        super().__init__()
        self.lender, self._token, self.over = lender, token, threading.Event()
        self.answers: list[Any] = []

    def run(self) -> None:
        while not self.over.is_set():
            lender = self.lender
            try:
                self.answers.append(lender.hand_in(self._token)["status"])
            except requests.RequestException as error:
                self.answers.append(repr(error))

    def go_on(self) -> None:
        """Until some more has been answered."""
        count, end = len(self.answers) + 5, time.monotonic() + 30
        while len(self.answers) < count and time.monotonic() < end:
            time.sleep(0.01)


def issue(folder: Path, issuer: tls.Authority, name: str) -> None:
    """The bank's next certificate, by another CA."""
    key = ec.generate_private_key(ec.SECP256R1())
    found = tls.leaf(issuer, common_name("bank-a"), key.public_key())
    (folder / f"{name}.crt").write_bytes(tls.pem(found))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / f"{name}.key").write_bytes(plain)


def test_certificates_of_both_are_exchanged_while_requests_run_and_none_is_refused(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old only → both → new only: the bank's connection (another CA), its signing key, and the hub's own."""
    authority, token = tls.authority("next banks CA"), letter(place, "L-drill")
    issue(place.folder / "bank-a", authority, "moved")
    old, new = place.lender(), place.lender(name="moved", signs="unit-next")
    half = place.lender(signs="unit-next")
    both = tls.pem(authority.certificate)
    first_ca = (place.tls / "banks-ca.crt").read_bytes()
    assert half.hand_in(token)["code"] == "serve.signature"
    with pytest.raises(requests.ConnectionError):
        new.hand_in(token)
    traffic = Traffic(old, token)
    traffic.start()
    try:
        traffic.go_on()
        place.register("bank-a", "bank-a-next")  # overlap: the keys, the CAs, the hub's own
        (place.tls / "clients.crt").write_bytes(first_ca + both)
        for kind in ("crt", "key"):  # for a moment they are no pair: what was before stays
            shutil.copyfile(place.tls / f"hub-renewed.{kind}", place.tls / f"door.{kind}")
            traffic.go_on()
        traffic.lender = new
        traffic.go_on()
        assert half.hand_in(token)["status"] == old.hand_in(token)["status"] == 201
        place.register("bank-a-next")  # from now on the new ones alone
        (place.tls / "clients.crt").write_bytes(both)
        traffic.go_on()
    finally:
        traffic.over.set()
        traffic.join()
    assert set(traffic.answers) == {201}
    assert len(traffic.answers) >= 20
    with pytest.raises(requests.ConnectionError):
        old.hand_in(token)
    refused = place.lender(name="moved").hand_in(token)
    assert (refused["status"], refused["code"]) == (403, "serve.signature")
    assert "登记" in refused["detail"]
    told_of_it(place, monkeypatch)


def told_of_it(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """``zhida finance certificates``: what is registered, what was used, who was refused."""
    for name, value in place.financing.town.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "200")
    done = CliRunner().invoke(app, ["finance", "certificates", "bank-a", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    [key] = told["signing"]
    assert (key["state"], key["last_used"] > key["valid_from"]) == ("valid", True)
    lines = {row["serial"] for row in told["connections"] if row["last_used"]}
    assert len(lines) == 2
    assert {row["code"] for row in told["refused"]} >= {"serve.signature", ""}
    text = CliRunner().invoke(app, ["finance", "certificates", "bank-a"])
    assert "最近使用" in text.stdout and "怎么办" in text.stdout
    wrong = CliRunner().invoke(app, ["finance", "certificates", "bank-aa"])
    assert isinstance(wrong.exception, Rejected)
    assert (wrong.exception.code, wrong.exception.facts["nearest"]) == ("site.no-unit", "bank-a")


def test_a_file_that_is_broken_leaves_what_was_good(place: Place) -> None:
    (place.tls / "clients.crt").write_bytes((place.tls / "banks-ca.crt").read_bytes())
    place.register("bank-a")
    bank, token = place.lender(), letter(place, "L-broken")
    assert bank.hand_in(token)["status"] == 201
    unit = place.folder / "site" / "units" / "bank-a.yaml"
    good = unit.read_text("utf-8")
    unit.write_text(good.replace("certificates: [", "certificates: [[["), "utf-8")
    assert bank.hand_in(token)["status"] == 201
    unit.write_text(good.replace("bank-a.crt", "bank-b.crt"), "utf-8")  # another unit's
    assert bank.hand_in(token)["status"] == 201
    unit.write_text(re_certified(good), "utf-8")
    assert bank.hand_in(token)["code"] == "serve.signature"
    unit.write_text(good, "utf-8")
    assert bank.hand_in(token)["status"] == 201


def re_certified(text: str) -> str:
    return text.replace("bank-a.crt", "bank-a-next.crt")


def test_a_client_that_is_struck_out_is_nobody(place: Place) -> None:
    file = place.folder / "site" / "serve.yaml"
    good = file.read_text("utf-8")
    file.write_text(good.replace(common_name("bank-a"), "gone.example"), "utf-8")
    assert place.lender().send("GET", "/finance/events")["code"] == "serve.unknown-client"
    file.write_text(good, "utf-8")
    assert place.lender().send("GET", "/finance/events")["status"] == 200


# --- a day later (last: the hub's clock is put forward) -------------------------------------------


def test_the_day_s_books_over_mutual_tls(place: Place) -> None:
    day = place.financing.today
    place.financing.town.clock.skip(2 * 24 * 3600)
    told = place.lender().send("GET", f"/finance/reconciliation/{day}?rows=1")
    assert told["status"] == 200
    assert any(row.startswith("loans|F1|") for row in told["rows"])
