"""What is signed is what the hospital's system said; what cannot be read is kept and answered."""

from __future__ import annotations

import contextlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crypto import keys, sd_jwt
from exchange import document
from exchange.document import Origin
from exchange.errors import Forbidden
from exchange.keyring import Keyring
from sandbox.hospital_message import message
from zhida import site
from zhida.trust import unit_certificates


def _told(facts: dict[str, Any]) -> dict[str, Any]:
    """A birth in the HIS's own books, as fields of a birth record: written here once more."""
    child, certificate, facility = facts["child"], facts["certificate"], facts["facility"]
    weeks, days = child["gestation"].split(".")
    born = child["born"]
    told = {
        "/certificate/number": certificate["number"],
        "/certificate/issued_on": f"{certificate['issued_on'][:4]}-{certificate['issued_on'][4:6]}-"
        f"{certificate['issued_on'][6:]}",
        "/certificate/issuer": certificate["issuer"],
        "/child/sex": {"M": "1", "F": "2"}[child["sex"]],
        "/child/birth_date": f"{born[:4]}-{born[4:6]}-{born[6:8]}",
        "/child/birth_time": f"{born[8:10]}:{born[10:12]}",
        "/child/order": int(child["order"]),
        "/child/multiple": child["multiple"] == "Y",
        "/child/birth_place/division": child["division"],
        "/child/birth_place/text": child["place"],
        "/child/weight_g": int(child["weight_g"]),
        "/child/length_mm": round(float(child["length_cm"]) * 10),
        "/child/gestation_days": int(weeks) * 7 + int(days),
        "/facility/name": facility["name"],
        "/facility/uscc": facility["uscc"],
    }
    for parent in ("mother", "father"):
        for name in ("name", "id_type", "id_number", "nationality", "ethnicity"):
            if parent in facts:
                told[f"/{parent}/{name}"] = facts[parent][name]
    return told


@pytest.mark.parametrize("charset", ["UNICODE UTF-8", "GB 18030-2000"])
def test_what_was_signed_is_what_the_hospital_s_books_say(hospital: Any, charset: str) -> None:
    born = hospital.birth()
    facts = born.facts | {"charset": charset}
    facts["mother"] |= {"name": "欧阳㛃𬀩·买|买^提&"}
    hospital.tell(facts)
    hospital.wait(hospital.all_acknowledged)
    booked = json.loads(hospital.books()[-1]["facts"])
    assert hospital.fields(born.form["cszmbh"]) == _told(booked)


def test_the_same_message_twice_is_one_document(hospital: Any) -> None:
    born = hospital.birth()
    er7 = message(born.facts, "TWICE")
    assert b"MSA|AA" in hospital.mllp(er7)
    first, count = hospital.ask(born.form["cszmbh"]), hospital.documents()
    for again in (er7, er7.replace(b"TWICE", b"AGAIN"), er7.replace(b"\r", b"\r\n")):
        assert b"MSA|AA" in hospital.mllp(again)
    assert hospital.documents() == count
    assert hospital.ask(born.form["cszmbh"]) == first


def test_the_same_message_at_once_on_many_connections_is_one_document(hospital: Any) -> None:
    er7, count = message(hospital.birth().facts, "RACE"), hospital.documents()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: hospital.mllp(er7), range(8)))
    assert all(b"MSA|AA" in answer for answer in answers)
    assert hospital.documents() == count + 1


def test_a_changed_message_is_a_new_document_that_supersedes_the_old(hospital: Any) -> None:
    born = hospital.birth()
    old = message(born.facts, "OLD")
    changed = born.facts | {"child": born.facts["child"] | {"weight_g": "3360"}}
    new = message(changed, "NEW")
    hospital.mllp(old)
    first = sd_jwt.verify(hospital.ask(born.form["cszmbh"]), hospital.key)
    hospital.mllp(new)
    second = sd_jwt.verify(hospital.ask(born.form["cszmbh"]), hospital.key)
    assert second.fields["/child/weight_g"] == 3360
    assert second.always["supersedes"] == first.always["jti"]
    assert "supersedes" not in first.always

    hospital.mllp(old)  # its acknowledgement was lost, so it comes once more
    assert sd_jwt.verify(hospital.ask(born.form["cszmbh"]), hospital.key).always == second.always


def test_the_document_says_who_speaks_and_for_whom(hospital: Any) -> None:
    born = hospital.birth()
    hospital.mllp(message(born.facts, "WHO"))
    always = sd_jwt.verify(hospital.ask(born.form["cszmbh"]), hospital.key).always
    assert (always["iss"], always["provider"], always["custody"]) == (
        "hospital",
        "hospital",
        "unit",
    )
    assert (always["kind"], always["source"]) == ("birth-record", "his")
    assert always["raw_digest"]
    assert always["mapping_digest"]


@pytest.mark.guarantee("G8")
def test_the_hub_cannot_make_a_document_that_counts_as_the_hospital_s(hospital: Any) -> None:
    folder = hospital.district.directory / "site"
    told = site.load(folder)
    secret = hospital.district.secrets["hub"].encode()
    own = keys.load_private((folder / "keys" / "hub.key").read_bytes(), secret)
    born = hospital.birth()
    hospital.mllp(message(born.facts, "REAL"))
    real = document.read(hospital.ask(born.form["cszmbh"]), hospital.key)
    origin: Origin = replace(real.origin, supersedes=real.id)
    forged = document.issue(real.record, origin, own, now=datetime.now(UTC))
    ring = Keyring(unit_certificates(told))
    peeked = sd_jwt.peek(forged)
    with pytest.raises(Forbidden, match=r"certificate\.unknown"):
        ring.find("hospital", peeked.kid, datetime.now(UTC))
    assert ring.find("hospital", sd_jwt.peek(real.token).kid, datetime.now(UTC)) == hospital.key


# --- what cannot be understood -------------------------------------------------------------------


def _spoilt(er7: bytes) -> list[tuple[bytes, str, str, str]]:
    """Message, acknowledgement, code, path."""
    segments = {line.split(b"|")[0]: line for line in er7.split(b"\r") if line}
    mother = next(line for line in er7.split(b"\r") if b"MTH^" in line)
    number = mother.split(b"|")[33].split(b"^")[0]
    digit = b"1" if number[-1:] != b"1" else b"2"
    return [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "AR", "hospital.not-hl7", "MSH"),
        (b"\x00\x01\x02" * 99, "AR", "hospital.not-hl7", "MSH"),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "AR", "hospital.not-hl7", "MSH"),
        (er7.replace(segments[b"PID"] + b"\r", b""), "AE", "hospital.missing-segment", "PID"),
        (er7.replace(segments[b"ZCS"] + b"\r", b""), "AE", "hospital.missing-segment", "ZCS"),
        (er7.replace(mother + b"\r", b""), "AE", "hospital.missing-segment", "NK1(MTH)"),
        (
            er7.replace(number, number[:-1] + digit),
            "AE",
            "shape.wrong-format",
            "/mother/id_number",
        ),
        (
            er7.replace(mother, mother[:-2] + b"60"),
            "AE",
            "mapping.unknown-code",
            "NK1(MTH)-35",
        ),
        (er7.replace(b"UNICODE UTF-8", b"KLINGON"), "AE", "hospital.unknown-charset", "MSH-18"),
        (er7.replace("李".encode(), "李".encode("gbk")), "AE", "hospital.undecodable", "MSH-18"),
        (er7.replace(b"|320117\r", b"|320103\r"), "AE", "mapping.code-not-in-force", "ZCS-5"),
    ]


@pytest.mark.guarantee("G10")
def test_what_cannot_be_read_is_answered_with_code_and_path_and_kept(hospital: Any) -> None:
    born = hospital.birth()
    er7 = message(born.facts, "SPOILT")
    names = [born.facts["mother"]["name"], born.facts["mother"]["id_number"]]
    for spoilt, ack, code, path in _spoilt(er7):
        before = len(hospital.invalid())
        answer = hospital.mllp(spoilt)
        text = answer.decode("utf-8")
        assert f"MSA|{ack}|" in text, (code, text)
        assert code in text, text
        assert path in text, text
        assert not any(name in text for name in names)
        assert "ERR|" in text
        kept = hospital.invalid()
        assert len(kept) == before + 1
        problems, raw = next(each for each in kept if each[1] == spoilt)
        assert (code, path) in [(p["code"], p["path"]) for p in problems]
        assert raw == spoilt
    assert hospital.ask(born.form["cszmbh"]) == ""
    assert "Traceback" not in hospital.log()


@pytest.mark.guarantee("G10")
def test_a_refused_message_that_is_repeated_for_days_is_kept_once(hospital: Any) -> None:
    er7 = message(hospital.birth().facts, "DAYS").replace(b"|156|", b"|XXX|")
    answers = {hospital.mllp(er7).split(b"MSA|")[1] for _ in range(5)}
    assert len(answers) == 1
    assert sum(raw == er7 for _, raw in hospital.invalid()) == 1
    entries = [e for e in hospital.ledger("invalid") if len(e["problems"]) > 1]
    assert all("李" not in str(entry) for entry in entries)


@pytest.mark.guarantee("G10")
def test_a_message_that_was_mended_is_signed(hospital: Any) -> None:
    born = hospital.birth()
    wrong = born.facts | {"mother": born.facts["mother"] | {"ethnicity": "60"}}
    assert b"MSA|AE" in hospital.mllp(message(wrong, "M1"))
    assert b"MSA|AA" in hospital.mllp(message(born.facts, "M2"))
    assert hospital.fields(born.form["cszmbh"])["/mother/ethnicity"] == "01"


@pytest.mark.guarantee("G10")
def test_a_bad_message_does_not_hold_up_the_others(hospital: Any) -> None:
    wrong, right = hospital.birth(), hospital.birth()
    wrong.facts["mother"]["id_number"] = "1" * 18
    hospital.tell(wrong.facts)
    hospital.tell(right.facts)
    hospital.wait(lambda: bool(hospital.ask(right.form["cszmbh"])))
    row = next(r for r in hospital.books() if r["certificate"] == wrong.form["cszmbh"])
    assert row["ack"] == "AE"
    assert row["ack_text"] == "shape.wrong-format /mother/id_number"
    assert hospital.ask(wrong.form["cszmbh"]) == ""


@pytest.mark.guarantee("G10")
def test_fifty_megabytes_end_in_a_refusal_and_cost_no_memory(hospital: Any) -> None:
    long = message(hospital.birth().facts, "LONG") + b"NTE|1||" + b"x" * 900_000
    assert hospital.send(long) == {"ack": "AA", "text": ""}
    longer = message(hospital.birth().facts, "LONGER") + b"NTE|1||" + b"x" * 1_000_000
    answer = hospital.mllp(longer).decode()
    assert "MSA|AE|LONGER|hospital.too-long" in answer
    assert any(raw == longer for _, raw in hospital.invalid())
    assert _flooded(hospital) in (b"", b"MSA|AR|FLOOD")
    assert _peak_kb(hospital.district.signer.pid) < 512 * 1024


def _flooded(hospital: Any) -> bytes:
    """What a message of 50 MB that never ends is answered, if the answer outlives the reset."""
    with hospital.connect("mllp", hospital.context("his")) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(b"\x0b" + message(hospital.birth().facts, "FLOOD"))
            for _ in range(50):
                connection.sendall(b"x" * 1_000_000)
        with contextlib.suppress(OSError):
            return bytes(connection.recv(65_536).split(b"\r")[1][:12])
    return b""


def _peak_kb(pid: int) -> int:
    """VmHWM of a process (proc(5)): the most memory that it ever held."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])


def test_the_signer_s_own_ledger_verifies(hospital: Any) -> None:
    found = hospital.audit()
    assert found.problems == []
    assert found.entries == sum(
        len(hospital.ledger(kind)) for kind in ("signed", "read", "invalid")
    )
    assert hospital.documents() == len(hospital.ledger("signed"))
