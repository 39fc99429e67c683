"""A restore is somebody's: signed by an operator, with a reason, beside the epoch (G12)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from crypto import certificates
from exchange.errors import Forbidden
from exchange.store import ledger_rows
from tests.keys.key_office import HOUR, KeyOffice
from zhida import backup, operators
from zhida import restore as restoring
from zhida.cli import app
from zhida.restore_lost import Place
from zhida.restore_order import RESTORED

pytestmark = pytest.mark.guarantee("G12")


def entries(office: KeyOffice, kind: str) -> list[dict[str, Any]]:
    with office.hub.store.read() as connection:
        return [json.loads(row.body) for row in ledger_rows.entries_of(connection, kind)]


def place(office: KeyOffice) -> Place:
    return Place(office.hub.site, office.var, office.secret, lambda: office.now)


def test_who_had_it_put_back_and_why_is_signed_beside_the_epoch(
    office: KeyOffice, tmp_path: Path
) -> None:
    backup.make(office.hub, tmp_path / "backup")
    office.hub.close()
    office.now += HOUR
    done = restoring.restore(place(office), tmp_path / "backup", office.order(), replace=True)
    office.hub = office.open_hub()
    [told] = entries(office, RESTORED)
    assert (told["ref"], told["operator"], told["signed"]) == (done.epoch, "wang", True)
    said = operators.verify(office.hub.site, told["token"], role="operate")
    target = {
        "epoch": done.epoch,
        "size": done.size,
        "backup_at": told["backup_at"],
        "signed": True,
    }
    assert (said.action, said.reason, dict(said.target)) == (RESTORED, "磁盘损坏", target)


@pytest.mark.parametrize(
    ("who", "reason", "code"),
    [
        ("", "磁盘损坏", "operator"),
        ("wang", "", "operator.reason-missing"),
        ("wang", "电话 13900000001", "operator.reason-personal"),
        ("zhao", "磁盘损坏", "operator.no-role"),
    ],
)
def test_nobody_and_no_reason_put_nothing_back(
    office: KeyOffice, tmp_path: Path, who: str, reason: str, code: str
) -> None:
    file = office.folder / "site/operators/zhao.yaml"
    file.write_text(file.read_text("utf-8").replace("[operate]", "[approve]"), "utf-8")
    backup.make(office.hub, tmp_path / "backup")
    office.hub.close()
    words = ["restore", str(tmp_path / "backup"), "--replace", "--reason", reason]
    done = CliRunner().invoke(app, words, env=office.env(who))
    assert done.exit_code != 0
    assert code in str(getattr(done.exception, "code", done.exception))
    office.hub = office.open_hub()
    assert entries(office, RESTORED) == entries(office, "epoch") == []


@pytest.mark.parametrize(("since", "gone"), [(False, True), (True, False), (True, True)])
def test_a_person_whose_certificate_was_revoked_puts_nothing_back(
    office: KeyOffice, tmp_path: Path, since: bool, gone: bool
) -> None:
    """Whether the backup knows it, or only the store that is to be replaced, or only the file of lists seen."""
    office.want_lists()
    held = certificates.load((office.folder / "site/keys/operators/wang.crt").read_bytes())
    if since:
        backup.make(office.hub, tmp_path / "backup")
    office.publish(office.crl(held))
    assert office.look() == ""
    if not since:
        backup.make(office.hub, tmp_path / "backup")
    order = office.order()
    office.hub.close()
    if gone:
        for file in office.var.glob("store.db*"):
            file.unlink()
    with pytest.raises(Forbidden) as found:
        restoring.restore(place(office), tmp_path / "backup", order, replace=True)
    assert found.value.code == "certificate.revoked"
    assert not list(office.var.glob("*restoring*"))
    office.hub = office.open_hub()


@pytest.mark.parametrize("damage", ["zeroed", "cut", "garbage"])
def test_a_store_that_can_not_be_read_any_more_is_set_aside_and_replaced(
    office: KeyOffice, tmp_path: Path, damage: str
) -> None:
    backup.make(office.hub, tmp_path / "backup")
    order = office.order()
    office.hub.close()
    file = office.var / "store.db"
    whole = file.read_bytes()
    spoilt = {
        "zeroed": whole[:100] + bytes(len(whole) - 100),
        "cut": whole[: len(whole) // 2 + 7],
        "garbage": b"x" * len(whole),
    }[damage]
    file.write_bytes(spoilt)
    done = restoring.restore(place(office), tmp_path / "backup", order, replace=True)
    assert Path(done.replaced).read_bytes() == spoilt
    office.hub = office.open_hub()
    assert len(entries(office, RESTORED)) == 1
