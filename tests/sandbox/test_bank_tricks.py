"""What the kit does is done once, to whom it is meant for; what it forges only the signature tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crypto import keys, sd_jwt
from crypto.errors import BadSignature
from sandbox import bank_tricks
from sandbox.bank_record import EVENTS, REQUESTS, Record, Seen

LETTERS = {"L-lost": "lost", "L-forged": "forged", "L-clean": "clean"}


def post(letter: str, **more: object) -> Seen:
    return replace(Seen("POST", REQUESTS, {"number": letter[2:], "letter": letter}), **more)


def test_each_trick_is_played_once_and_on_nobody_else() -> None:
    record = Record(letters=LETTERS)
    assert bank_tricks.before(record, post("L-clean")) == ""
    assert bank_tricks.before(record, post("L-lost")) == "dropped"
    played = replace(record, seen=(post("L-lost", trick="dropped"),))
    assert bank_tricks.before(played, post("L-lost")) == ""


def test_a_result_that_is_read_belongs_to_its_posting() -> None:
    answer = {"answer": {"is_complete": True, "checks": []}}
    record = Record((post("L-forged", status=202, answer=answer),), letters=LETTERS)
    read = Seen("GET", f"{REQUESTS}/forged", status=200, answer=answer)
    assert bank_tricks.after(record, read) == "forged"
    partial = replace(read, answer={"answer": {"is_complete": False}})
    assert bank_tricks.after(record, partial) == ""
    assert bank_tricks.after(record, replace(read, target=f"{REQUESTS}/other")) == ""


def test_a_refusal_is_left_as_it_is() -> None:
    assert bank_tricks.after(Record(), Seen("GET", EVENTS, status=403, answer={})) == ""


@pytest.mark.parametrize("suite", ["Ed25519", "SM2-SM3"])
def test_only_the_signature_tells_a_forged_result(suite: str) -> None:
    key = keys.generate(suite)
    rows = [
        {"check": "order", "state": "pass"},
        {"check": "account", "state": "fail", "codes": ["R15"]},
    ]
    fields = {f"/checks/{n}/state": str(row["state"]) for n, row in enumerate(rows)}
    fields["/checks/1/codes/0"] = "R15"
    token = sd_jwt.issue(fields, {"iss": "hub"}, key)
    found = bank_tricks.forged({"answer": {"checks": rows}, "signed": token})
    assert {row["state"] for row in found["answer"]["checks"]} == {"pass"}
    seen = sd_jwt.peek(found["signed"])
    assert seen.fields == {"/checks/0/state": "pass", "/checks/1/state": "pass"}
    sd_jwt.verify(token, key.public)
    with pytest.raises(BadSignature):
        sd_jwt.verify(found["signed"], key.public)
    assert rows[1]["state"] == "fail"
