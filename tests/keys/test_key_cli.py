"""The commands, as two people give them: a new key of the hub, and what becomes of the old one (G9)."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crypto import certificates, keys
from exchange import times
from tests.crypto.p256_authority import AuthorityKey, replaced
from tests.keys.key_office import DAY, KeyOffice
from zhida import doctor_keys, proposal_cli
from zhida.output import local

pytestmark = pytest.mark.guarantee("G9")


def zhida(office: KeyOffice, *words: str, who: str = "", code: int = 0, **more: str) -> Any:
    command = [sys.executable, "-m", "zhida", *words, "--json"]
    env = office.env(who) | more
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout) if done.stdout else done.stderr


def two(office: KeyOffice, *words: str) -> None:
    told = zhida(office, *words, "--reason", "年度换钥", who="wang")
    zhida(office, "proposal", "approve", told["proposal"][:12], who="li")


def test_a_new_key_from_the_request_to_the_day_on_which_the_old_one_is_withdrawn(
    office: KeyOffice, tmp_path: Path
) -> None:
    first = office.hub.signer.kid
    made = zhida(office, "key", "new", "--request", str(tmp_path / "hub.csr"))
    assert "BEGIN CERTIFICATE REQUEST" in (tmp_path / "hub.csr").read_text()
    pem = (office.var / f"signing/{made['kid']}.key").read_bytes()
    public = keys.load_private(pem, office.secret).public
    (tmp_path / "hub.crt").write_bytes(office.certificate("hub", public).pem)

    assert "key.which" in zhida(
        office, "key", "rotate", made["kid"], "--reason", "x", who="wang", code=65
    )
    two(office, "key", "import", str(tmp_path / "hub.crt"))
    two(office, "key", "rotate", made["kid"][:12])
    two(office, "key", "revoke", first[:12])
    listed = {row["kid"]: row for row in zhida(office, "key", "list")}
    assert listed[made["kid"]]["state"] == "signing"
    assert (listed[first]["state"], listed[first]["code"]) == ("withdrawn", "key.withdrawn")
    assert office.hub.signer.kid == made["kid"]  # in a hub that ran all the time
    told = zhida(office, "trust", "check")
    assert [row["ok"] for row in told] == [True] * len(told)
    assert zhida(office, "ledger", "verify")["problems"] == []


def test_the_second_person_sees_whose_certificate_it_is(office: KeyOffice, tmp_path: Path) -> None:
    found = office.certificate("hospital", office.hospital_key().public)
    (tmp_path / "new.crt").write_bytes(found.pem)
    words = ("key", "import", str(tmp_path / "new.crt"), "--reason", "年度换钥")
    made = zhida(office, *words, who="wang")
    [row] = zhida(office, "proposal", "list")
    until = times.stamp(found.valid_until)
    assert (row["unit"], row["kid"], row["until"]) == ("hospital", found.public_key.kid, until)
    shown = subprocess.run(
        [sys.executable, "-m", "zhida", "proposal", "show", made["proposal"][:12]],
        env=office.env(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for told in ("hospital", found.public_key.kid, local(until)):
        assert told in shown
    [plain] = [proposal_cli._plain(row)]
    assert plain["which"].splitlines()[2:] == [
        "证书主体 hospital",
        f"密钥标识 {found.public_key.kid}",
        f"有效期至 {local(until)}",
        "算法 Ed25519",
    ]


def test_the_lists_are_shown_with_how_long_they_will_do(office: KeyOffice) -> None:
    office.want_lists(budget_days=3)
    told = zhida(office, "trust", "check", code=1)
    assert next(row["code"] for row in told if not row["ok"]) == "cli.no-file"
    office.publish(office.crl())
    zhida(office, "trust", "check")
    (office.folder / "ca.crl").write_bytes(b"")
    zhida(office, "trust", "check", code=1)
    shown = zhida(office, "trust", "list")
    assert shown["budget_days"] == 3
    [row] = shown["lists"]
    assert (row["state"], row["code"]) == ("fresh", "revocation.not-genuine")
    span = times.instant(row["usable_until"]) - times.instant(row["next_update"])
    assert span == 3 * DAY
    assert {each["kind"] for each in shown["authorities"]} == {"anchor"}


def test_a_password_is_exchanged(office: KeyOffice) -> None:
    key = office.rotate()
    other = {"ZHIDA_KEY_PASSWORD": "n" * 40, "ZHIDA_KEY_PASSWORD_OTHER": office.secret.decode()}
    told = zhida(office, "key", "rewrap", "--reason", "换口令", who="wang", **other)
    assert told["buckets"] >= 1
    assert (told["signing"], told["site_key"]) == (1, "hub.key")
    pem = (office.var / f"signing/{key.kid}.key").read_bytes()
    assert keys.load_private(pem, b"n" * 40).kid == key.kid
    assert zhida(office, "trust", "check", **other)


def test_an_operator_whose_certificate_was_revoked_stops_nothing(office: KeyOffice) -> None:
    office.want_lists()
    held = certificates.load((office.folder / "site/keys/operators/wang.crt").read_bytes())
    office.publish(office.crl(held))
    assert office.look() == ""
    words = ("leg", "stop", "police", "--reason", "x")
    assert "certificate.revoked" in zhida(office, *words, who="wang", code=77)
    zhida(office, *words, who="li")


def test_a_certificate_without_an_end_breaks_no_view(office: KeyOffice, tmp_path: Path) -> None:
    """RFC 5280, 4.1.2.5: 99991231235959Z, which is in the year 10000 in China."""
    until = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    end = until - office.now
    far = office.certificate("hospital", office.hospital_key().public, end=end)
    (tmp_path / "far.crt").write_bytes(far.pem)
    two(office, "key", "import", str(tmp_path / "far.crt"))
    ends = {row["valid_until"] for row in zhida(office, "key", "list")}
    assert "9999-12-31T23:59:59.000000Z" in ends
    command = [sys.executable, "-m", "zhida"]
    for words in (("key", "list"), ("trust", "list"), ("trust", "check"), ("metrics",)):
        done = subprocess.run(
            [*command, *words], env=office.env(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert [line.state for line in doctor_keys.look(office.hub) if line.state == "bad"] == []


def test_an_authority_on_p256_is_trusted_by_two_people_who_see_its_algorithm(
    office: KeyOffice, tmp_path: Path
) -> None:
    """Then a unit's certificate and the list of that authority count, and a key of its kind for a unit does not."""
    key, dates = AuthorityKey(), (office.now - DAY, office.now + 300 * DAY)
    root = certificates.issue_ca("省CA", key, *dates)  # type: ignore[arg-type]
    (tmp_path / "ca.crt").write_bytes(root.pem)
    words = ("trust", "add", str(tmp_path / "ca.crt"), "--reason", "省CA换根")
    made = zhida(office, *words, who="wang")
    [row] = zhida(office, "proposal", "list")
    assert made["algorithm"] == row["algorithm"] == "P-256（ECDSA-SHA256）"
    zhida(office, "proposal", "approve", made["proposal"][:12], who="li")
    listed = {each["name"]: each["suite"] for each in zhida(office, "trust", "list")["authorities"]}
    assert listed["省CA"] == "ES256"
    told = {each["step"]: each["what"] for each in zhida(office, "trust", "check")}
    assert told["签发机构 省CA"] == "根，P-256（ECDSA-SHA256）"

    office.root, office.root_key = root, key  # type: ignore[assignment]
    signer = keys.generate("Ed25519")
    (tmp_path / "new.crt").write_bytes(office.certificate("hospital", signer.public).pem)
    two(office, "key", "import", str(tmp_path / "new.crt"))
    assert office.keep(office.signed(signer))
    der = replaced(
        office.certificate("hospital", signer.public).der,
        signer.public.to_der(),
        key.public.to_der(),
    )
    (tmp_path / "es256.crt").write_bytes(der)
    words = ("key", "import", str(tmp_path / "es256.crt"), "--reason", "x")
    assert "crypto.es256-not-for-documents" in zhida(office, *words, who="wang", code=65)
