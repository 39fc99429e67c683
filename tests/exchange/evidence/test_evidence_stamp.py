"""A bundle bears the earliest stamp that covers all of it, and anyone checks it (G5, G9)."""

import base64
import shutil
import subprocess
from datetime import timedelta

import pytest

from crypto import pem
from exchange import evidence_trust, times
from exchange.errors import Forbidden
from exchange.evidence_report import clock, markdown, remarks
from exchange.evidence_result import exit_code
from exchange.evidence_trust import Trust
from exchange.evidence_verify import verify
from exchange.evidence_zip import unpack
from exchange.ledger import Entry
from exchange.store import ledger_rows, outside_rows
from exchange.store.outside_rows import STAMP, OutsideRow
from tests.verifiers import stamping
from tests.verifiers.stamping import MIDDLE, Authority

pytestmark = pytest.mark.guarantee("G5")
OWN_CLOCK = "时间：本单位时钟"


@pytest.fixture(scope="module")
def authority():
    return Authority(middles=(MIDDLE,))


def stamped(world, authority, size, *, odd=None):
    """As the hub keeps it: over its own head of this size."""
    at = world.clock() + timedelta(minutes=1)
    with world.store.write() as connection:
        head = ledger_rows.head_of(connection, size)
        seal = base64.b64encode(stamping.stamp(authority, head.encode(), at, odd)).decode()
        row = OutsideRow("time-stamp", size, STAMP, head, seal, at=times.stamp(at), since="")
        outside_rows.put(connection, row)
    return at


def sizes(world):
    with world.store.read() as connection:
        return [head.size for head in ledger_rows.heads(connection)]


def checker(world, *authorities):
    anchors = tuple(each.anchor for each in authorities)
    return world.checker(trust=Trust((world.root[0],), (), anchors))


def test_the_earliest_stamp_over_the_whole_case(make_world, authority, tmp_path):
    world = make_world("SM2-SM3")
    last = max(event.seq for event in verify(world.bundle, world.checker()).events)
    covering = [size for size in sizes(world) if size > last]
    stamped(world, authority, [size for size in sizes(world) if size <= last][-1])
    at = stamped(world, authority, covering[0])
    world.ledger.commit(lambda _: [Entry("test", "later")])
    stamped(world, authority, sizes(world)[-1])
    data = world.exporter().export(world.case)
    checked = verify(data, checker(world, authority))
    assert (checked.head.size, checked.stamp.at) == (covering[0], at.replace(microsecond=0))
    assert checked.stamp.authority == "时间戳"
    assert OWN_CLOCK in clock(checked)
    assert "时间戳机构“时间戳”于" in markdown(checked, "")
    assert checked.to_json()["stamp"]["policy"] == "1.2.156.999.1"
    members = unpack(data)
    for name in ("head.tsr", "head.jws"):
        (tmp_path / name).write_bytes(members[f"ledger/{name}"])
    (tmp_path / "root.crt").write_bytes(pem.armor("CERTIFICATE", authority.anchor))
    command = ["ts", "-verify", "-in", "head.tsr", "-data", "head.jws", "-CAfile", "root.crt"]
    openssl = shutil.which("openssl")
    done = subprocess.run([openssl, *command], cwd=tmp_path, capture_output=True, check=False)
    assert b"Verification: OK" in done.stdout


def test_a_head_that_the_checker_kept_comes_first(make_world, authority):
    """An earlier stamped head would not go on from it."""
    world = make_world()
    last = max(event.seq for event in verify(world.bundle, world.checker()).events)
    stamped(world, authority, next(size for size in sizes(world) if size > last))
    data = world.exporter().export(world.case, older=world.head())
    checked = verify(data, checker(world, authority))
    assert (checked.stamp, checked.head.size) == (None, sizes(world)[-1])
    assert "evidence.no-stamp" in [each.code for each in checked.remarks]
    stamped(world, authority, sizes(world)[-1])
    data = world.exporter().export(world.case, older=world.head())
    assert verify(data, checker(world, authority)).stamp is not None


def test_who_brings_no_stamp_anchor_is_told_so(make_world, authority):
    world = make_world()
    stamped(world, authority, sizes(world)[-1])
    checked = verify(world.exporter().export(world.case), world.checker())
    assert checked.stamp is None
    assert (
        clock(checked)
        == f"{OWN_CLOCK}（中枢与签名单位的系统时钟，北京时间显示），没有经核验的第三方时间戳"
    )
    assert any("没有给出时间戳机构的根证书" in each for each in remarks(checked))
    plain = verify(world.bundle, world.checker())
    assert any("没有第三方时间戳" in each for each in remarks(plain))


def test_another_anchor_vouches_for_nothing(make_world, authority):
    world = make_world()
    stamped(world, authority, sizes(world)[-1])
    other = Authority(root=stamping.Wish("别的根", ca=True, usage=("key_cert_sign",)), owner="o")
    with pytest.raises(Forbidden) as told:
        verify(world.exporter().export(world.case), checker(world, other))
    assert (told.value.code, exit_code(told.value)) == ("evidence.stamp-untrusted", 5)


def test_a_stamp_of_a_form_that_bundles_do_not_hold_stays_beside_them(make_world, authority):
    world = make_world()
    extra = {"unsigned_attrs": [{"type": "1.2.156.999.3", "values": [stamping.core.Integer(1)]}]}
    stamped(world, authority, sizes(world)[-1], odd=stamping.Odd(signed_info=extra))
    data = world.exporter().export(world.case)
    assert "ledger/head.tsr" not in unpack(data)
    verify(data, checker(world, authority))


def test_a_row_over_another_head_is_not_believed(make_world, authority):
    """Somebody has put it into the database."""
    world = make_world()
    row = OutsideRow("time-stamp", sizes(world)[-1], STAMP, world.old_head, "", at="", since="")
    with world.store.write() as connection:
        outside_rows.put(connection, row)
    assert "ledger/head.tsr" not in unpack(world.exporter().export(world.case))


def test_stamp_anchors_are_a_folder_of_their_own(tmp_path, sm2, authority):
    trust, stamps = tmp_path / "trust", tmp_path / "tsa"
    trust.mkdir()
    (trust / "root.crt").write_bytes(sm2.root[0].pem)
    stamps.mkdir()
    with pytest.raises(Forbidden, match=r"evidence\.no-stamp-anchor") as told:
        evidence_trust.load(trust, stamps)
    assert exit_code(told.value) == 5
    (stamps / "a.crt").write_bytes(authority.anchor)
    (stamps / "b.pem").write_bytes(pem.armor("CERTIFICATE", authority.anchor))
    (stamps / "note.txt").write_text("何时取得")
    assert evidence_trust.load(trust, stamps).stamp_anchors == (authority.anchor,) * 2
    (stamps / "c.crt").write_bytes(authority.given[-1])
    with pytest.raises(Forbidden, match=r"evidence\.trust-file"):
        evidence_trust.load(trust, stamps)
