"""The container has one form: what reads as a zip everywhere, and leaves no byte free."""

import io
import struct
import subprocess
import zipfile
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid, Rejected
from exchange.evidence_zip import MOST_BYTES, pack, unpack

pytestmark = pytest.mark.guarantee("G5")

MEMBERS = {"a/b.json": b"{}", "b": b"", "c.txt": "出生".encode()}
NAMES = st.from_regex(r"[A-Za-z0-9._/-]{1,20}", fullmatch=True)


@given(st.dictionaries(NAMES, st.binary(max_size=60), max_size=6))
def test_what_is_packed_is_unpacked_and_the_order_of_members_makes_no_difference(members):
    data = pack(members)
    assert unpack(data) == members
    assert pack(dict(reversed(members.items()))) == data


def test_other_programs_read_it(tmp_path):
    (tmp_path / "x.zip").write_bytes(pack(MEMBERS))
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == MEMBERS
        assert {info.date_time[:3] for info in archive.infolist()} == {(1980, 1, 1)}
    command = ["python3", "-m", "zipfile", "-t", "x.zip"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).returncode == 0


def test_every_single_changed_byte_is_noticed():
    data = pack(MEMBERS)
    for place in range(len(data)):
        for bit in (1, 128):
            changed = bytearray(data)
            changed[place] ^= bit
            with pytest.raises((Invalid, Rejected)):
                unpack(bytes(changed))


def test_a_changed_member_is_not_authentic_and_a_changed_structure_is_malformed():
    data = pack(MEMBERS)
    with pytest.raises(Rejected) as told:
        unpack(data.replace(b"{}", b"[]"))
    assert (told.value.code, told.value.facts) == (
        "evidence.member-changed",
        {"member": "a/b.json"},
    )
    with pytest.raises(Invalid):
        unpack(data.replace(b"c.txt", b"d.txt", 1))


def made_by_zipfile(members, **options):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **options) as archive:
        for name, body in members:
            archive.writestr(zipfile.ZipInfo(name), body)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x05\x06",
        b"PK\x03\x04" + b"\xff" * 60,
        made_by_zipfile(MEMBERS.items()),
        made_by_zipfile(MEMBERS.items(), compression=zipfile.ZIP_DEFLATED),
        pack(MEMBERS) + b"trailing",
        b"leading" + pack(MEMBERS),
        pack({"a": b""})[:-22] + pack(MEMBERS),
    ],
)
def test_any_other_zip_is_malformed(data):
    with pytest.raises(Invalid, match=r"evidence\.container"):
        unpack(data)


def raw(members, order=None):
    """A zip in our form, but with names, repetitions and an order that pack would not write."""
    body, directory = b"", b""
    for name, content in members:
        same = struct.pack(
            "<5H3L2H", 10, 0, 0, 0, 33, crc32(content), len(content), len(content), len(name), 0
        )
        directory += b"PK\x01\x02" + struct.pack("<H", 10) + same
        directory += struct.pack("<3H2L", 0, 0, 0, 0, len(body)) + name
        body += b"PK\x03\x04" + same + name + content
    count = len(members)
    end = struct.pack("<4H2LH", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def test_the_hand_made_zip_is_right_where_nothing_is_wrong():
    assert unpack(raw([(b"a", b"1"), (b"b", b"2")])) == {"a": b"1", "b": b"2"}


@pytest.mark.parametrize(
    "members",
    [
        [(b"b", b"1"), (b"a", b"2")],
        [(b"a", b"1"), (b"a", b"1")],
        [(b"a", b"1"), (b"a", b"2")],
        [("出生".encode(), b"")],
        [(b"a\x1b", b"")],
        [(b"a" * 201, b"")],
        [(b"a b", b"")],
    ],
)
def test_unsorted_repeated_and_strange_names_are_malformed(members):
    with pytest.raises(Invalid, match=r"evidence\.container"):
        unpack(raw(members))


def test_a_huge_size_in_a_header_reads_no_memory():
    data = bytearray(pack({"a": b"1"}))
    data[18:26] = b"\xff" * 8
    with pytest.raises(Invalid):
        unpack(bytes(data))


def test_more_than_the_limit_is_refused_unread():
    with pytest.raises(Invalid, match=r"evidence\.too-large"):
        unpack(bytes(MOST_BYTES + 1))
