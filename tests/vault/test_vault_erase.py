"""Erased, and proven: by two people, after the archive, everywhere, and nothing is found (G6)."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from sqlalchemy import insert
from typer.testing import CliRunner

from crypto import jws
from exchange import audit, canonical
from exchange.errors import Fatal, Forbidden, Rejected
from exchange.ledger import Entry
from exchange.store import case_rows, ledger_rows, sealed_rows, trust_rows
from exchange.store.tables import matter_case
from tests.vault.conftest import KEPT, OVER, VaultOffice, record
from zhida import (
    backup,
    proposals,
    vault_archive,
    vault_book,
    vault_canaries,
    vault_erase,
    vault_recipient,
    vault_view,
)
from zhida.canary_scan import Place
from zhida.cli import app
from zhida.vault_book import ARCHIVE, ERASE, ERASE_ANYWAY

pytestmark = pytest.mark.guarantee("G6")
BOTH = pytest.mark.parametrize("office", ["sqlite", "postgresql"], indirect=True)
SEEN = vault_erase.Proof(
    "b", "保存期满", ("wang", "li"), True, 3, False, control=True, tried=3, opened_before=3,
    places=[Place("store", files=1)],
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "holds", "verdict"),
    [
        ({}, True, "已抹除，得到证明"),
        ({"control": False}, False, "没有得到证明"),
        ({"opened_before": 2}, False, "没有得到证明"),
        ({"opened_after": 1}, False, "没有得到证明"),
        ({"places": [Place("store", hits=["document"])]}, False, "没有得到证明"),
        ({"stayed": ["/backup/b.key"]}, False, "没有得到证明"),
        ({"places": [Place("store", unread=["a.gz", "b.gz"])]}, True, "2 处没有读"),
        ({"resumed": True, "control": False, "opened_before": 0}, True, "没能再查找"),
    ],
)
def test_a_proof_says_no_more_than_was_seen(
    changed: dict[str, Any], holds: bool, verdict: str
) -> None:
    told = replace(SEEN, **changed).told()
    assert told["holds"] is holds
    [(_, said)] = [line for line in vault_view._lines(told) if line[0] == "结论"]
    assert verdict in said


@pytest.fixture(scope="session")
def archive_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive's key and certificate; the hub has only the latter."""
    folder, key = tmp_path_factory.mktemp("archive"), rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "溧水区示例档案馆")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    dates = built.not_valid_before(now).not_valid_after(now + timedelta(days=900))
    pem = serialization.Encoding.PEM
    made = dates.sign(key, hashes.SHA256()).public_bytes(pem)
    (folder / "archive.crt").write_bytes(made)
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "archive.key").write_bytes(key.private_bytes(pem, *plain))
    return folder


def archived(office: VaultOffice, archive: Path, to: Path) -> dict[str, Any]:
    name = vault_recipient.hand_in(office.hub, archive / "archive.crt")
    office.two(ARCHIVE, f"{OVER}/{name}")
    return vault_archive.export(office.hub, office.person("wang"), OVER, to)


def erased(office: VaultOffice, *look: Path, action: str = ERASE) -> vault_erase.Proof:
    office.two(action, OVER)
    return vault_erase.run(office.hub, office.person("wang"), OVER, look)


@BOTH
def test_from_the_archive_to_the_proof(
    office: VaultOffice, archive_office: Path, tmp_path: Path
) -> None:
    documents = [office.put(number) for number in range(6)]
    other = office.put(50, KEPT)
    backup.make(office.hub, tmp_path / "copies" / "backup")
    backup.copy_keys(office.var / "keys", tmp_path / "copies" / "keys")
    archived(office, archive_office, tmp_path / "out")
    (tmp_path / "temporary" / "other").write_bytes(b"of somebody else")
    found = erased(office, tmp_path / "copies")
    assert found.holds
    assert found.values >= 12  # a name and a number of each
    assert found.control
    assert (found.tried, found.opened_before, found.opened_after) == (12, 12, 0)
    assert found.copies == [str(tmp_path / "copies" / "keys" / f"{OVER}.key")]
    assert {place.what.split()[0] for place in found.places} >= {
        "store",
        "data",
        "temporary",
        "named",
    }
    assert all(place.bytes for place in found.places)
    for each in documents:
        with pytest.raises(Fatal, match=r"vault\.bucket-gone"):
            office.hub.archive.get(each.id)
    assert office.hub.archive.get(other.id).record == record(50)
    told = vault_view.proof(office.hub, OVER)
    assert told is not None
    assert (told["holds"], told["people"], told["archived"]) == (True, ["wang", "li"], True)
    states = {each["bucket"]: each["state"] for each in vault_view.buckets(office.hub)}
    assert states == {OVER: "erased", KEPT: "kept"}
    checked = audit.verify(office.hub.store, office.hub.signer.public, office.hub.site.name)
    assert checked.problems == []


def test_the_archive_opens_with_openssl_and_has_every_body(
    office: VaultOffice, archive_office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault_archive, "VOLUME", 8000)
    documents = {office.put(number).id: office.hub for number in range(6)}
    manifest = archived(office, archive_office, tmp_path / "out")
    assert len(manifest["volumes"]) > 1
    bodies: dict[str, bytes] = {}
    for volume in manifest["volumes"]:
        file = tmp_path / "out" / volume["file"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == volume["sha256"]
        assert b"320117" not in file.read_bytes()
        command = ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", str(file)]
        command += ["-inkey", str(archive_office / "archive.key")]
        plain = subprocess.run(command, capture_output=True, check=True).stdout
        packed = zipfile.ZipFile(io.BytesIO(plain))
        for row in csv.DictReader(io.StringIO(packed.read("list.csv").decode())):
            bodies[row["file"]] = packed.read(row["file"])
            assert hashlib.sha256(bodies[row["file"]]).hexdigest() == row["sha256"]
    assert len(bodies) == manifest["bodies"] == 12
    for identifier, hub in documents.items():
        token = bodies[f"documents/{identifier}.sd-jwt"].decode()
        assert token == hub.archive.get(identifier).token
    signed = (tmp_path / "out" / "manifest.jws").read_text()
    _, payload = jws.verify(signed, office.hub.signer.public)
    assert payload == (tmp_path / "out" / "manifest.json").read_bytes()
    with office.hub.store.read() as connection:
        [row] = ledger_rows.entries_of(connection, vault_book.ARCHIVED, OVER)
    assert canonical.loads(row.body)["manifest"] == hashlib.sha256(payload).hexdigest()


def test_what_came_after_the_archive_is_not_erased_with_it(
    office: VaultOffice, archive_office: Path, tmp_path: Path
) -> None:
    office.put(1)
    archived(office, archive_office, tmp_path / "out")
    office.put(2)
    with pytest.raises(Rejected, match=r"vault\.archive-stale"):
        erased(office)
    assert office.hub.vault.has(OVER)


def test_an_archive_that_is_made_anew_voids_the_proposal(
    office: VaultOffice, archive_office: Path, tmp_path: Path
) -> None:
    office.put(1)
    archived(office, archive_office, tmp_path / "one")
    waiting = office.propose(ERASE, OVER)
    archived(office, archive_office, tmp_path / "two")
    with pytest.raises(Rejected, match=r"proposal\.stale"):
        office.approve(waiting)


def test_nothing_is_done_that_two_people_have_not_decided(
    office: VaultOffice, archive_office: Path, tmp_path: Path
) -> None:
    office.put(1)
    wang = office.person("wang")
    with pytest.raises(Rejected, match=r"vault\.not-decided"):
        vault_erase.run(office.hub, wang, OVER, [])
    with pytest.raises(Rejected, match=r"vault\.not-decided"):
        vault_archive.export(office.hub, wang, OVER, tmp_path / "out")
    with pytest.raises(Rejected, match=r"vault\.no-archive"):
        office.propose(ERASE, OVER)
    waiting = office.propose(ERASE_ANYWAY, OVER)
    with pytest.raises(Forbidden, match=r"proposal\.same-person"):
        proposals.approve(office.hub, office.person("wang", "approve"), waiting)
    with pytest.raises(Rejected, match=r"vault\.not-decided"):  # a proposal is no decision
        vault_erase.run(office.hub, wang, OVER, [])
    assert office.hub.vault.has(OVER)


def test_an_entry_that_somebody_wrote_is_no_decision(office: VaultOffice) -> None:
    office.put(1)
    details = {
        "action": ERASE_ANYWAY,
        "item": OVER,
        "reason": "x",
        "since": "",
        "tokens": ["a", "b"],
    }
    office.hub.ledger.commit(lambda _: [Entry(vault_book.KIND, OVER, details=details)])
    with pytest.raises(Rejected, match=r"vault\.not-decided"):
        vault_erase.run(office.hub, office.person("wang"), OVER, [])


@pytest.mark.parametrize(
    ("bucket", "code"),
    [
        (KEPT, "vault.not-over"),
        ("newborn-2020-01", "vault.no-bucket"),
        ("signer", "vault.not-over"),
    ],
)
def test_a_bucket_that_is_not_over_stays(office: VaultOffice, bucket: str, code: str) -> None:
    office.put(1, KEPT)
    office.put(2, "signer")
    with pytest.raises(Rejected, match=code):
        office.propose(ERASE_ANYWAY, bucket)


def test_a_bucket_of_cases_that_are_not_over_stays(office: VaultOffice) -> None:
    found = office.put(1)
    case = {"id": "c", "matter": "newborn", "identity": "i", "opened_at": "", "closed_at": ""}
    with office.hub.store.write() as connection:
        connection.execute(insert(matter_case).values(case | {"state": "open", "definition": ""}))
        case_rows.add_document(connection, "c", "birth", found.id)
    with pytest.raises(Rejected, match=r"vault\.open-cases"):
        office.propose(ERASE_ANYWAY, OVER)


def test_large_files_are_in_no_archive(
    office: VaultOffice, archive_office: Path, tmp_path: Path
) -> None:
    office.put(1)
    archived(office, archive_office, tmp_path / "out")
    with office.hub.files.writing(OVER, "ab" * 16, 3, mark="m"):
        pass
    with pytest.raises(Rejected, match=r"vault\.files-left"):
        office.propose(ERASE, OVER)
    assert office.hub.vault.has(OVER)
    assert [row["files"] for row in vault_view.buckets(office.hub)] == [1]


@pytest.mark.parametrize("where", ["log", "key"])
def test_a_leak_is_found_and_told_without_the_value(
    office: VaultOffice, tmp_path: Path, where: str
) -> None:
    office.put(1)
    (tmp_path / "logs").mkdir()
    leaked = record(1)["mother"]["id_number"].encode("utf-16-le")
    leaked = leaked if where == "log" else office.hub.vault.wrapped(OVER)
    (tmp_path / "logs" / "old.log").write_bytes(b"..." + leaked)
    found = erased(office, tmp_path / "logs", action=ERASE_ANYWAY)
    assert not found.holds
    assert [place.hits for place in found.places if place.hits] == [
        [str(tmp_path / "logs/old.log")]
    ]
    assert record(1)["mother"]["id_number"] not in json.dumps(found.told())


def test_what_lies_behind_a_link_is_not_passed_over_in_silence(
    office: VaultOffice, tmp_path: Path
) -> None:
    """``current`` leads to another disk, as backup programs make it; there lie the key and a value."""
    office.put(1)
    disk, look = tmp_path / "disk" / "2029", tmp_path / "backup"
    disk.mkdir(parents=True)
    look.mkdir()
    shutil.copy(office.var / "keys" / f"{OVER}.key", disk)
    (disk / "old.log").write_text(record(1)["mother"]["id_number"])
    (look / "current").symlink_to(disk)
    found = erased(office, look, action=ERASE_ANYWAY)
    [place] = [each for each in found.places if each.what.startswith("named")]
    assert place.unread == [str(look / "current")]
    [_, places] = vault_view.sections(found.told())
    assert places.rows[-1]["unread"] == f"1\n{look / 'current'}"
    assert ("结论", "已抹除，得到证明") not in vault_view._lines(found.told())


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_a_link_does_not_lead_to_another_buckets_key(
    office: VaultOffice, tmp_path: Path, link: Callable[[Path, Path], None]
) -> None:
    office.put(1)
    other, look = office.put(50, KEPT), tmp_path / "backup"
    (look / "old").mkdir(parents=True)
    shutil.copy(office.var / "keys" / f"{OVER}.key", look / "old")
    link(look / f"{OVER}.key", office.var / "keys" / f"{KEPT}.key")
    found = erased(office, look, action=ERASE_ANYWAY)
    assert office.open_hub().archive.get(other.id).record == record(50)
    assert found.copies == [str(look / "old" / f"{OVER}.key")]
    assert (found.stayed, found.holds) == ([str(look / f"{OVER}.key")], False)


def test_a_table_with_a_value_in_clear_is_found(office: VaultOffice) -> None:
    office.put(1)
    with office.hub.store.write() as connection:
        trust_rows.put_certificate(connection, "x", record(1)["mother"]["name"])
    found = erased(office, action=ERASE_ANYWAY)
    assert "certificate" in next(p for p in found.places if p.what == "store").hits


def test_a_value_is_chosen_only_if_it_tells_of_somebody(office: VaultOffice) -> None:
    office.put(3)
    with office.hub.store.read() as connection:
        bodies = list(sealed_rows.bodies(connection, OVER))
    values = set(vault_canaries._values(office.hub, bodies))
    assert {record(3)["mother"]["name"], record(3)["mother"]["id_number"]} <= values
    assert not values & {"01", "溧水区示例妇幼保健院", "birth-record"}


def _killed_half_way(office: VaultOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(vault_erase, "_proven", kill)
        vault_erase.run(office.hub, office.person("wang"), OVER, [])


def test_killed_after_the_key_went_it_is_run_again_and_says_what_it_lacks(
    office: VaultOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put(1)
    office.two(ERASE_ANYWAY, OVER)
    _killed_half_way(office, monkeypatch)
    assert not office.hub.vault.has(OVER)
    found = vault_erase.run(office.hub, office.person("li", "operate"), OVER, [])
    assert (found.resumed, found.holds, found.opened_after, found.tried) == (True, True, 0, 2)


def test_a_failed_proof_stays_one_however_often_it_is_run(
    office: VaultOffice, tmp_path: Path
) -> None:
    office.put(1)
    logs, late = tmp_path / "logs", tmp_path / "late"
    logs.mkdir()
    late.mkdir()
    (logs / "old.log").write_text(record(1)["mother"]["id_number"])
    shutil.copy(office.var / "keys" / f"{OVER}.key", late)
    first = erased(office, logs, action=ERASE_ANYWAY)
    assert (first.holds, first.hits) == (False, 1)
    (logs / "old.log").unlink()
    seq = (vault_view.proof(office.hub, OVER) or {})["seq"]
    for _ in range(2):
        again = vault_erase.run(office.hub, office.person("li", "operate"), OVER, [late])
        assert (again.holds, again.hits, again.resumed, again.searched) == (False, 1, False, seq)
        assert again.copies == [str(late / f"{OVER}.key")]
    told = vault_view.proof(office.hub, OVER)
    assert told is not None
    assert [(each["hits"], each["holds"]) for each in told["earlier"]] == [(1, False)] * 2
    lines = vault_view._lines(told)
    assert ("结论", "没有得到证明：见下表") in lines
    assert f"账本第 {seq} 条所查" in dict(lines)["已知内容"]
    before = [said for what, said in lines if what == "先前的证明"]
    assert all(str(logs / "old.log") in said for said in before)
    assert len(before) == 2
    [row] = [each for each in vault_view.buckets(office.hub) if each["bucket"] == OVER]
    assert row["state"] == "unproven"


def test_a_link_that_is_gone_is_held_against_no_proof(office: VaultOffice, tmp_path: Path) -> None:
    office.put(1)
    link = tmp_path / "backup" / f"{OVER}.key"
    link.parent.mkdir()
    link.symlink_to(tmp_path / "elsewhere")
    assert not erased(office, link.parent, action=ERASE_ANYWAY).holds
    person = office.person("li", "operate")
    assert not vault_erase.run(office.hub, person, OVER, []).holds
    link.unlink()
    again = vault_erase.run(office.hub, person, OVER, [])
    assert (again.holds, again.values, again.stayed) == (True, 3, [])


def test_a_key_that_came_back_and_went_again_does_not_wash_a_failed_proof(
    office: VaultOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was killed the second time, so nothing was looked for."""
    office.put(1)
    key, log = office.var / "keys" / f"{OVER}.key", tmp_path / "log"
    log.write_text(record(1)["mother"]["id_number"])
    shutil.copy(key, tmp_path / "away")
    assert not erased(office, log, action=ERASE_ANYWAY).holds
    shutil.copy(tmp_path / "away", key)
    _killed_half_way(office, monkeypatch)
    again = vault_erase.run(office.hub, office.person("wang"), OVER, [])
    assert (again.holds, again.hits) == (False, 1)


def test_the_commands_as_two_people_give_them(
    office: VaultOffice, archive_office: Path, tmp_path: Path
) -> None:
    office.put(1)

    def zhida(*words: str, who: str = "wang", code: str = "") -> Any:
        done = CliRunner().invoke(app, [*words, "--json"], env=office.env(who))
        if code:
            assert getattr(done.exception, "code", "") == code
            return None
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    crt = str(archive_office / "archive.crt")
    made = zhida("vault", "archive", OVER, "--for", crt, "--reason", "移交档案馆")
    [row] = zhida("proposal", "list")  # for whom, before the second person says yes
    assert row["unit"] == "CN=溧水区示例档案馆"
    assert row["kid"].startswith("RSA-2048")
    assert row["until"] > row["proposed_at"]
    zhida("proposal", "approve", made["proposal"][:12], who="li")
    zhida("vault", "export", OVER, "--to", str(tmp_path / "out"))
    zhida("vault", "proof", OVER, code="vault.no-proof")
    made = zhida("vault", "erase", OVER, "--reason", "保存期限已满")
    zhida("proposal", "approve", made["proposal"][:12], who="li")
    shutil.copytree(office.var / "keys", tmp_path / "copies")
    told = zhida("vault", "destroy", OVER, "--look", str(tmp_path / "copies"))
    assert told["holds"]
    assert len(told["copies"]) == 1
    again = zhida("vault", "proof", OVER, "--out", str(tmp_path / "proof.docx"))
    assert again == told
    assert (tmp_path / "proof.docx").stat().st_size > 10_000
    [row] = [each for each in zhida("vault", "list") if each["bucket"] == OVER]
    assert (row["state"], row["key"]) == ("erased", False)
    assert row["archived"] < row["erased"]


def test_another_certificate_than_an_rsa_one_is_refused(
    office: VaultOffice, tmp_path: Path
) -> None:
    with pytest.raises(Rejected, match=r"vault\.recipient"):
        vault_recipient.hand_in(office.hub, office.folder / "site/keys/hub.crt")
    (tmp_path / "no.crt").write_bytes(b"-----no")
    with pytest.raises(Rejected, match=r"key\.not-certificate"):
        vault_recipient.hand_in(office.hub, tmp_path / "no.crt")
