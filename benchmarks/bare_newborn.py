"""The same three calls as a newborn's case makes, one after another, with nothing around them.

The bytes are those of a case that went before: the question to the hospital's signer, the string
for the police, the envelope for the insurance. No document is opened, cut down or signed, nothing
is kept, and nobody would know what to do if an answer did not come.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection

from connectors import tls
from exchange import canonical
from sandbox.births import Birth
from sandbox.district import District
from sandbox.insurance import PATH

_REGISTER = "/services/BirthRegister"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Call:
    """One POST, over a connection that stays open."""

    line: HTTPConnection
    path: str
    body: bytes
    content_type: str
    proof: bytes
    """What stands in a good answer."""

    def make(self) -> None:
        """Make it; ``RuntimeError`` if the answer is none that was hoped for."""
        headers = {"Content-Type": self.content_type, "SOAPAction": '""'}
        self.line.request("POST", self.path, self.body, headers)
        answer = self.line.getresponse()
        told = answer.read()
        if answer.status != 200 or self.proof not in told:
            raise RuntimeError(f"{self.path}: {answer.status}")


def calls(district: District, env: Mapping[str, str], known: Birth) -> list[Call]:
    """In the order in which a case makes them; ``known`` is the only birth dealt with so far."""
    question = {"kind": "birth-record", "identity": {"/certificate/number": known.form["cszmbh"]}}
    lines = [HTTPConnection("127.0.0.1", district.system(n).port) for n in ("police", "insurance")]
    string, envelope = _sent(district, "police", "csdj"), _sent(district, "insurance", "9101")
    return [
        Call(_signer(env), "/query", canonical.dumps(question), _JSON, b"document"),
        Call(lines[0], _REGISTER, string, "text/xml; charset=utf-8", b"GMSFHM"),
        Call(lines[1], f"{PATH}9101", envelope, _JSON, b"psn_no"),
    ]


def _sent(district: District, name: str, operation: str) -> bytes:
    """What the system got last for an operation, byte for byte."""
    rows = district.system(name).wire()
    asked = [r for r in rows if r["direction"] == "in" and r["operation"] == operation]
    body: bytes = asked[-1]["body"]
    return body


def _signer(env: Mapping[str, str]) -> HTTPSConnection:
    """A line to the hospital's signer, with the hub's certificate."""
    told = json.loads(env["AIRFLOW_CONN_HOSPITAL"])
    files = told["extra"]
    context = tls.client(
        ca=files["ca"], cert=files["cert"], key=files["key"], password=files["key_password"]
    )
    return HTTPSConnection(told["host"], told["port"], context=context)
