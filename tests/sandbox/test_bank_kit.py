"""The kit sees what a client does and says so: one that does everything, one that is wrong in each thing, and two others."""

from __future__ import annotations

import io
import json
import re
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

import pytest
import requests
from rich.console import Console

from crypto import keys
from sandbox import bank_kit, bank_kit_shown
from sandbox.bank_certificates import P12_PASSWORD
from sandbox.bank_hub import BankHub
from sandbox.bank_kit import Kit
from sandbox.bank_requirements import JUDGES
from sandbox.lender import Lender
from tests.peers import java_peer
from tests.sandbox.bank_client import Client

ROOT = Path(__file__).resolve().parents[2]
_RUN = re.compile(r"^<!-- run: tests/sandbox/test_bank_kit\.py -->\n```sh\n(.*?)^```", re.M | re.S)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BankHub]:
    with BankHub(tmp_path_factory.mktemp("kit")) as found:
        yield found


@pytest.fixture(scope="module")
def good(hub: BankHub) -> tuple[dict[str, str], Client]:
    """How a client that does everything stands; from then on there are events."""
    with Kit(hub.folder, hub=hub) as kit:
        assert set(states(kit).values()) == {"unseen"}
        client = Client(hub.folder / "bank-a")
        client.run()
        return states(kit), client


def states(kit: Kit) -> dict[str, str]:
    return {row["requirement"]: row["state"] for row in kit.report()}


def test_a_client_that_does_everything_meets_everything(
    good: tuple[dict[str, str], Client],
) -> None:
    found, client = good
    assert found == dict.fromkeys(JUDGES, "met")
    assert client.results["books"]["mine"] == client.results["books"]["theirs"]
    assert [each["seq"] for each in client.events] == [1, 2, 3]


# --- the tutorial ------------------------------------------------------------------------------------


def test_the_tutorial_s_bank_does_what_its_page_says(
    hub: BankHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """docs/tutorial-bank.md: its program is run in this process, its commands are those of the page."""
    page = (ROOT / "docs/tutorial-bank.md").read_text("utf-8")
    [program] = re.findall(r"^```python\n(.*?)^```", page, re.M | re.S)
    code = compile(program, "bank.py", "exec")
    (tmp_path / "var").mkdir()
    (tmp_path / "var/bank-kit").symlink_to(hub.folder)
    monkeypatch.chdir(tmp_path)
    with Kit(hub.folder, hub=hub, run="-page") as kit:
        for words in re.findall(r"python bank\.py ([a-z ]+[a-z])", "".join(_RUN.findall(page))):
            monkeypatch.setattr("sys.argv", ["bank.py", *words.split()])
            exec(code, {"__name__": "__main__"})
        found = states(kit)
    told = capsys.readouterr().out
    for text in (
        "签名不对：不采信，不放款",
        "不通过 回款账户已锁定",
        "线路断了，原样再发",
        '"paid_out"',
    ):
        assert text in told, told
    met = {name for name, state in found.items() if state == "met"}
    assert met >= {"letter", "signed", "repeat", "partial", "patience", "busy", "verified"}
    assert {found[name] for name in ("conflict", "stranger", "changed")} == {"unseen"}


# --- one wrong thing each ---------------------------------------------------------------------------


class Bad(Client):
    """Does one thing wrong, by the name of the requirement."""

    def of(self, name: str) -> dict[str, Any]:
        (found,) = [each for each in self.situations() if each["situation"] == name]
        return found

    def begin(self, name: str) -> Any:
        self.hand_in(self.of(name)["letter"])
        return self.ask(self.of(name)["request"])

    def letter(self) -> None:
        assert (
            self.hand_in(self.of("clean")["letter"][:-8] + "AAAAAAAA").json()["code"]
            == "finance.signature"
        )

    def signed(self) -> None:
        self.signature = lambda *_: {}  # type: ignore[method-assign]
        assert self.hand_in(self.of("clean")["letter"]).json()["code"] == "serve.unsigned"

    def repeat(self) -> None:
        self.hand_in(self.of("lost")["letter"])
        for number in range(2):
            try:
                self.call("POST", "/finance/requests", self.of("lost")["request"], key=f"k{number}")
            except requests.ConnectionError:
                continue

    def partial(self) -> None:
        assert self.begin("slow").status_code == 202
        self.lend(self.of("slow")["request"]["number"])

    def patience(self) -> None:
        self.begin("slow")
        self.read(self.of("slow")["request"]["number"])

    def busy(self) -> None:
        self.pause = lambda _: None  # type: ignore[method-assign]
        self.begin("busy")

    def conflict(self) -> None:
        def refused(request: dict[str, Any], _: Any) -> Any:
            return self.ask({**request, "amount_fen": request["amount_fen"] - 1})

        self.refused = refused  # type: ignore[method-assign]
        self.begin("conflict")

    def verified(self) -> None:
        number = self.of("forged")["request"]["number"]
        found = self.whole(number, self.begin("forged")).json()
        assert {row["state"] for row in found["answer"]["checks"]} == {"pass"}
        assert self.lend(found["answer"]["request"]).status_code == 201

    def pages(self) -> None:
        self.call("GET", "/finance/events?after=5")

    def gap(self) -> None:
        first = self.call("GET", "/finance/events?after=0").json()
        self.call("GET", f"/finance/events?after={first['next']}")

    def books(self) -> None:
        self.call("GET", f"/finance/reconciliation/{self.today()}")

    def stranger(self) -> None:
        context = ssl._create_unverified_context()
        port = int(self.told["wrong_address"].rpartition(":")[2])
        line = HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
        with pytest.raises((OSError, ssl.SSLError, ConnectionError)):
            line.request("GET", "/health")
            line.getresponse().read()

    def renewed(self) -> None:
        """It knows the certificate itself, and not who issues it."""
        port = int(self.told["address"].rpartition(":")[2])
        leaf = self.folder.parent / "mutual" / "hub.crt"
        context = ssl.create_default_context(cafile=str(leaf))
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
        context.load_cert_chain(*(self.folder / name for name in self.told["certificate"]))

        def ask() -> int:
            line = HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
            line.request("GET", "/health")
            return line.getresponse().status

        assert [ask() for _ in range(8)] == [200] * 8
        with pytest.raises(ssl.SSLError):
            ask()

    def changed(self) -> None:
        """Its new key is not the one that was registered."""
        self.change_certificates()
        assert self.hand_in(self.of("clean")["letter"]).status_code == 201
        key = keys.generate("SM2-SM3")
        self.key = lambda: key  # type: ignore[method-assign]
        assert self.hand_in(self.of("clean")["letter"]).json()["code"] == "serve.signature"


def told(kit: Kit, name: str) -> dict[str, Any]:
    """How it stands; a handshake that fails is seen by its client first."""
    end = time.monotonic() + 10
    while True:
        [row] = [each for each in kit.report() if each["requirement"] == name]
        if row["state"] != "unseen" or time.monotonic() > end:
            return row
        time.sleep(0.02)


@pytest.mark.parametrize("name", JUDGES)
def test_what_a_client_does_wrong_is_told_with_the_remedy(
    hub: BankHub, good: tuple[dict[str, str], Client], name: str
) -> None:
    with Kit(hub.folder, hub=hub, run=f"-{name}") as kit:
        getattr(Bad(hub.folder / "bank-a"), name)()
        row = told(kit, name)
    assert row["state"] == "broken", row
    assert row["remedy"] and row["broken"]


# --- two clients that were not written for it --------------------------------------------------------


def test_the_sandbox_s_lender_asks_well_and_does_not_repeat(hub: BankHub) -> None:
    with Kit(hub.folder, hub=hub, run="-lender") as kit:
        secret = hub.district.secrets["ca"]
        bank = Lender(hub.folder, "bank-a", kit.told()["address"], secret, tls=hub.tls("bank-a"))
        for each in kit.situations[:2]:
            bank.hand_in(each.letter)
            if each.name == "lost":
                with pytest.raises(requests.ConnectionError):
                    bank.ask(each.request)
            else:
                assert bank.ask(each.request)["status"] in (200, 202)
        found = states(kit)
    assert {name for name, state in found.items() if state == "met"} >= {"letter", "signed"}
    assert found["repeat"] == "broken"
    assert found["books"] == found["changed"] == "unseen"


@pytest.mark.peer("BouncyCastle")
def test_the_java_sample_signs_and_repeats(
    hub: BankHub, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("java")
    java = java_peer.Java(ROOT / "docs" / "samples" / "java", ["bcprov"], folder)
    java.compile("-Werror")
    place = hub.folder / "bank-a"
    trust = ["-file", str(place / "hub-ca.crt"), "-keystore", "trust.p12", "-storetype", "PKCS12"]
    java.tool(
        "keytool", "-importcert", "-noprompt", "-alias", "hub", *trust, "-storepass", P12_PASSWORD
    )
    with Kit(hub.folder, hub=hub, run="-java") as kit:
        for each in kit.situations[:2]:
            (folder / "letter.jws").write_text(each.letter, "utf-8")
            (folder / "request.json").write_text(json.dumps(dict(each.request)), "utf-8")
            stores = {"keyStore": place / "client.p12", "trustStore": folder / "trust.p12"}
            options = [f"-Djavax.net.ssl.{name}={path}" for name, path in stores.items()]
            options += [f"-Djavax.net.ssl.{name}Password={P12_PASSWORD}" for name in stores]
            command = ["java", *options, "-Dfile.encoding=UTF-8", "-cp", java.path, "ZhidaBank"]
            words = [kit.told()["address"], str(place / "sign.key"), "letter.jws", "request.json"]
            subprocess.run(
                [*command, *words, str(each.request["number"])],
                cwd=folder,
                check=True,
                capture_output=True,
                timeout=120,
            )
        found = states(kit)
    assert {found[name] for name in ("letter", "signed", "repeat")} == {"met"}
    assert found["changed"] == "unseen"


def test_nobody_is_too_quiet_before_the_district_stands(hub: BankHub) -> None:
    kit = Kit(hub.folder, hub=hub, run="-quiet")
    kit.last_call = 0.0
    with kit:
        assert kit.last_call > 0


# --- the command -----------------------------------------------------------------------------------


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x")
    assert bank_kit.main(["--dir", str(tmp_path)]) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_command_reports_at_the_end(
    hub: BankHub,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Here over the district that stands; it ends when nobody has called for a while."""
    of_hub = hub.folder / "bank-a" / "kit.json"
    of_hub.unlink(missing_ok=True)
    monkeypatch.setattr(bank_kit, "Kit", lambda _: Kit(hub.folder, hub=hub, run="-command"))

    def call() -> None:
        while not of_hub.is_file():
            time.sleep(0.02)
        time.sleep(0.2)
        client = Client(hub.folder / "bank-a")
        client.visit_stranger()
        client.hand_in(client.situations()[0]["letter"])

    caller = threading.Thread(target=call)
    caller.start()
    code = bank_kit.main(["--dir", str(tmp_path / "kit"), "--json", "--quiet", "2"])
    caller.join()
    found = {row["requirement"]: row for row in json.loads(capsys.readouterr().out)}
    assert code == 3
    assert found["letter"]["state"] == found["stranger"]["state"] == "met"
    assert found["books"]["todo"]
    told = json.loads((tmp_path / "kit" / "report.json").read_text("utf-8"))
    assert told["calls"][0]["status"] == 201
    assert "自测报告" in "".join(shown(bank_kit_shown.table(list(found.values()))))


def shown(table: Any) -> str:
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(table)
    return console.export_text()
