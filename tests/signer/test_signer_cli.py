"""The signer's commands, as the unit's own engineer gives them; its log, and somebody who changed it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from crypto import keys
from exchange.errors import Fatal, ZhidaError
from zhida import signer, signer_key
from zhida.cli import app
from zhida.signer_settings import SignerHome

pytestmark = pytest.mark.guarantee("G7")


@pytest.fixture
def home(hospital: Any, tmp_path: Path) -> Path:
    """A copy of a signer's folder, with something in its log."""
    if not hospital.ledger("signed"):
        hospital.tell(hospital.birth().facts)
        hospital.wait(hospital.all_acknowledged)
        hospital.post(b"{}", "/sign")
    shutil.copytree(hospital.district.directory / "tls", tmp_path / "tls")
    return Path(shutil.copytree(hospital.home, tmp_path / "home"))


def call(*words: str, password: str = "", code: str = "") -> Any:
    env = {"ZHIDA_SIGNER_PASSWORD": password, "COLUMNS": "200"}
    done = CliRunner().invoke(app, ["signer", *words], env=env)
    if code:
        assert isinstance(done.exception, ZhidaError)
        assert done.exception.code == code
        return None
    return done


def test_a_new_home_needs_only_its_certificates(tmp_path: Path) -> None:
    home, words = tmp_path / "home", ("--unit", "hospital", "--title", "溧水区示例妇幼保健院")
    call("new", "--home", str(home), *words, code="site.no-variable")
    done = call("new", "--home", str(home), *words, "--json", password="p")
    made = json.loads(done.stdout)
    key = keys.load_private((home / made["key"]).read_bytes(), b"p")
    assert key.kid == made["kid"]
    assert b"CERTIFICATE REQUEST" in (home / made["request"]).read_bytes()
    assert {stat.S_IMODE(each.stat().st_mode) for each in home.iterdir()} == {0o600}
    assert SignerHome.read(home).told["unit"] == "hospital"
    call("new", "--home", str(home), *words, password="p", code="cli.exists")
    call(
        "new", "--home", str(tmp_path), *words, "--suite", "RSA", password="p", code="signer.suite"
    )


def test_everything_is_checked_and_each_fault_is_told(hospital: Any, home: Path) -> None:
    password = hospital.district.secrets["signer"]

    def codes() -> list[str]:
        rows = json.loads(call("check", "--home", str(home), "--json", password=password).stdout)
        return [row["code"] for row in rows if not row["ok"]]

    assert codes() == []
    shown = call("check", "--home", str(home), password=password).stdout
    assert "试签成功" in shown
    assert "条，完整" in shown
    told = json.loads((home / "signer.json").read_text())
    faults = {
        "signer.settings": {"unit": 7},
        "signer.other-unit": {"unit": "oa"},
        "signer.no-file": {"certificate": "none.crt"},
        "signer.key": {"certificate": "signer.json"},
        "wire.tls-file": {"https": told["https"] | {"key": "none.key"}},
    }
    for code, change in faults.items():
        (home / "signer.json").write_text(json.dumps(told | change))
        assert code in codes()
    other = keys.generate(hospital.key.suite).to_pem(password.encode(), iterations=1000)
    (home / "other.key").write_bytes(other)
    (home / "signer.json").write_text(json.dumps(told | {"key": "other.key"}))
    assert codes() == ["signer.other-key"]


def test_the_log_is_shown_and_verified(hospital: Any, home: Path, tmp_path: Path) -> None:
    shown = call("log", "show", "--home", str(home)).stdout
    assert "签名" in shown
    assert "other question（第 1 次）" in shown
    newest = json.loads(call("log", "show", "--home", str(home), "--most", "1", "--json").stdout)
    assert [row["kind"] for row in newest] == ["refused"]
    (tmp_path / "head").write_text(call("log", "head", "--home", str(home)).stdout)
    words = ("log", "verify", "--home", str(home), "--head", str(tmp_path / "head"))
    assert "完整" in call(*words).stdout


def test_who_takes_a_refusal_out_of_the_log_is_found_out(home: Path) -> None:
    with sqlite3.connect(home / "signer.sqlite") as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            database.execute(f"DROP TRIGGER {name}")
        body = database.execute("SELECT body FROM ledger_entry WHERE kind = 'refused'").fetchone()
        changed = body[0].replace(b"sandbox hub", b"sandbox oa!")
        database.execute("UPDATE ledger_entry SET body = ? WHERE kind = 'refused'", (changed,))
    database.close()
    done = call("log", "verify", "--home", str(home), "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["problems"]


def test_a_log_that_was_rolled_back_does_not_go_on_from_a_head_kept_elsewhere(
    hospital: Any, home: Path, tmp_path: Path
) -> None:
    hospital.post(b"{}", "/sign")
    hospital.ask("X1")
    later = Path(shutil.copytree(hospital.home, tmp_path / "later"))
    (tmp_path / "head").write_text(call("log", "head", "--home", str(later)).stdout)
    done = call("log", "verify", "--home", str(home), "--head", str(tmp_path / "head"), "--json")
    assert done.exit_code == 1


def test_a_signature_server_signs_what_the_unit_reads(hospital: Any, home: Path) -> None:
    """The same home, its key behind a command: the log goes on, verified by the same certificate."""
    if hospital.key.suite != "SM2-SM3":
        pytest.skip("a signature server signs with SM2")
    password = hospital.district.secrets["signer"].encode()
    told = json.loads((home / "signer.json").read_text())
    clear = ["openssl", "pkeyutl", "-sign", "-inkey", str(home / told.pop("key"))]
    command = [*clear, "-passin", f"pass:{password.decode()}"]
    told["signature_server"] = {"key_id": "1", "command": command}
    (home / "signer.json").write_text(json.dumps(told))
    desk = signer.open_desk(home, SignerHome.read(home).told, password)
    desk.refused("me", "question", "other")
    desk.close()
    assert call("log", "verify", "--home", str(home)).exit_code == 0
    told["key"] = "unit.key"
    (home / "signer.json").write_text(json.dumps(told))
    with pytest.raises(Fatal, match=r"signer\.settings"):  # one or the other
        SignerHome.read(home)
    own = signer_key.certificates_of(home, told)[0]
    assert own.public_key == hospital.key
