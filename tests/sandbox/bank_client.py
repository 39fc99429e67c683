"""A bank's client that does what it has to, in ``requests``; each thing can be spoilt by replacing one method."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from crypto import certificates, jws, key_forms, pem, sd_jwt
from crypto.errors import CryptoError
from crypto.keys import PrivateKey, PublicKey

CHINA = timedelta(hours=8)
PATIENCE = 120.0


def plain_key(file: Path) -> PrivateKey:
    _, der = pem.unarmor(file.read_bytes())
    suite, private, public = key_forms.read_private_info(der)
    return PrivateKey(PublicKey(suite, public), private)


class Client:
    """It is given the kit's folder and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.told = json.loads((folder / "kit.json").read_text("utf-8"))
        self.folder, self.certificate, self.signing = folder, "certificate", "signing_key"
        self.hub_key = certificates.load((folder / "hub.crt").read_bytes()).public_key
        self.book: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.results: dict[str, dict[str, Any]] = {}

    # --- calls -----------------------------------------------------------------------------------

    def call(self, method: str, target: str, body: Any = None, *, key: str = "") -> Any:
        """One call; after 429 again when it is allowed."""
        data = b"" if body is None else json.dumps(body).encode()
        while True:
            headers = {"Content-Type": "application/json"}
            headers |= {"Idempotency-Key": key} if key else {}
            headers |= self.signature(method, target, data) if method != "GET" else {}
            found = self.sent(method, self.told["address"] + target, data, headers)
            if found.status_code != 429:
                return found
            self.pause(found)

    def sent(self, method: str, url: str, data: bytes, headers: dict[str, str]) -> Any:
        with requests.Session() as session:
            session.trust_env = False
            session.verify = self.trust()
            session.cert = tuple(str(self.folder / name) for name in self.told[self.certificate])
            return session.request(method, url, data=data, headers=headers, timeout=60)

    def trust(self) -> Any:
        return str(self.folder / self.told["trust"])

    def signature(self, method: str, target: str, data: bytes) -> dict[str, str]:
        key = self.key()
        header = {"typ": "zhida-request+jws", "htm": method, "htu": target, "iat": int(time.time())}
        first, _, last = jws.sign(data, key, header).split(".")
        return {"Zhida-Signature": f"{first}..{last}"}

    def key(self) -> PrivateKey:
        return plain_key(self.folder / self.told[self.signing])

    def pause(self, found: Any) -> None:
        time.sleep(float(found.headers["Retry-After"]))

    # --- what a bank does ------------------------------------------------------------------------

    def situations(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(
            (self.folder / "situations.json").read_text("utf-8")
        )
        return found

    def hand_in(self, letter: str) -> Any:
        return self.call("POST", "/finance/letters", {"letter": letter})

    def ask(self, request: dict[str, Any]) -> Any:
        """Until there is an answer: the same again if the line broke, the same number never for another thing."""
        key = str(uuid.uuid4())
        while True:
            try:
                found = self.call("POST", "/finance/requests", request, key=key)
            except requests.ConnectionError:
                continue
            if found.status_code == 409:
                return self.refused(request, found)
            self.note(found, f"readings|request|{key}")
            return found

    def refused(self, request: dict[str, Any], _: Any) -> Any:
        return self.ask({**request, "number": f"{request['number']}-b"})

    def note(self, found: Any, line: str) -> None:
        if found.status_code in (200, 202) and line not in self.book:
            self.book.append(line)

    def read(self, number: str) -> Any:
        key = str(uuid.uuid4())
        found = self.call("GET", f"/finance/requests/{number}", key=key)
        self.note(found, f"readings|read|{key}")
        return found

    def whole(self, number: str, found: Any) -> Any:
        while found.status_code == 202:
            self.pause(found)
            found = self.read(number)
        return found

    def facts(self, found: Any) -> dict[str, Any] | None:
        """What the hub has signed; None if it has not."""
        try:
            return dict(sd_jwt.verify(found.json()["signed"], self.hub_key).fields)
        except CryptoError:
            return None

    def decide(self, situation: dict[str, Any]) -> None:
        self.hand_in(situation["letter"])
        found = self.ask(situation["request"])
        number = found.json()["answer"]["request"]
        found = self.whole(number, found)
        facts = self.facts(found)
        if facts is None:
            facts = self.facts(self.read(number)) or {"/checks/0/state": "unverified"}
        states = {v for k, v in facts.items() if k.endswith("/state")}
        if states <= {"pass", "not-authorised", "not-due"}:
            self.lend(number)
        else:
            self.call("POST", f"/finance/requests/{number}/withdrawal")

    def lend(self, number: str) -> Any:
        today = self.today()
        due = (datetime.fromisoformat(today) + timedelta(90)).date().isoformat()
        told = {"number": f"FK-{number}", "request": number, "paid_out_on": today}
        told |= {"amount_fen": 50_000_000, "due_on": due, "account": {"tail": "0001"}}
        found = self.call("POST", "/finance/loans", told)
        if found.status_code == 201:
            self.book.append(f"loans|FK-{number}|50000000|{today}|{due}")
        return found

    def today(self) -> str:
        return (datetime.now(UTC) + CHINA).date().isoformat()

    def follow(self, count: int) -> None:
        """Events until there are so many; what is missing is asked for again."""
        end = time.monotonic() + PATIENCE
        while len(self.events) < count and time.monotonic() < end:
            page = self.call("GET", f"/finance/events?after={len(self.events)}").json()["events"]
            for each in page:
                if each["seq"] == len(self.events) + 1:
                    self.events.append(each)
            if not page:
                time.sleep(0.5)
        lines = [
            f"events|{e['seq']}|{e['event']['event']}|{e['event']['loan']}" for e in self.events
        ]
        self.book += lines

    def reconcile(self) -> None:
        target = f"/finance/reconciliation/{self.today()}"
        text = "".join(f"{each}\n" for each in sorted(self.book, key=str.encode))
        mine = hashlib.sha256(text.encode()).hexdigest()
        told = self.call("GET", target).json()
        if told["digests"]["all"] != mine:
            told = self.call("GET", f"{target}?rows=1").json()
        self.results["books"] = {"mine": mine, "theirs": told["digests"]["all"]}

    def visit_stranger(self) -> None:
        with contextlib.suppress(requests.RequestException):
            self.sent("GET", self.told["wrong_address"] + "/health", b"", {})

    def change_certificates(self) -> None:
        self.certificate, self.signing = "next_certificate", "next_signing_key"
        self.hand_in(self.situations()[0]["letter"])

    def run(self) -> None:
        self.visit_stranger()
        for each in self.situations():
            self.decide(each)
        self.change_certificates()
        self.follow(3)
        self.reconcile()
