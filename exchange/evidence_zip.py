"""The container of evidence: a zip that has exactly one form for its members.

Stored, sorted, no dates, no attributes, no extra fields, no comments: the same members give the
same bytes everywhere, and whoever reads it writes it again and compares. So there is no byte in
it that could be changed, hidden or read in two ways. (PKWARE APPNOTE 6.3.3, sections 4.3 to 4.4.)
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from zlib import crc32

from exchange.errors import Invalid, Rejected

MOST_BYTES = 64 * 2**20
"""Of the whole container; members are stored, so they are never larger than it."""
MOST_MEMBERS = 20_000
_NAME = re.compile(rb"[A-Za-z0-9._/-]{1,200}")
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION = 10  # 1.0: stored, nothing else
_DATE = 0x0021  # 1980-01-01, the first that the format knows

_Members = Mapping[str, bytes]


def pack(members: _Members) -> bytes:
    """The one zip of these members; their names are ASCII."""
    return _pack(members, {name: crc32(body) for name, body in members.items()})


def unpack(data: bytes) -> dict[str, bytes]:
    """The members. ``Invalid`` unless it is a zip of this form, ``Rejected`` for a wrong check sum.

    >>> unpack(pack({"a": b"1", "b/c": b""}))
    {'a': b'1', 'b/c': b''}
    """
    if len(data) > MOST_BYTES:
        raise Invalid("evidence.too-large", limit=MOST_BYTES)
    members, sums = _walk(data)
    if _pack(members, sums) != data:
        raise Invalid("evidence.container")
    for name, body in members.items():
        if crc32(body) != sums[name]:
            raise Rejected("evidence.member-changed", member=name)
    return members


def _walk(data: bytes) -> tuple[dict[str, bytes], dict[str, int]]:
    """What the local headers say, one after the other; the rest is compared by the caller."""
    members: dict[str, bytes] = {}
    sums: dict[str, int] = {}
    at = 0
    while data.startswith(b"PK\x03\x04", at):
        if len(members) >= MOST_MEMBERS or len(data) < at + _LOCAL.size:
            raise Invalid("evidence.container")
        *_, check, _, size, length, _ = _LOCAL.unpack_from(data, at)
        start = at + _LOCAL.size + length
        name = _name(data[at + _LOCAL.size : start])
        at = start + size
        members[name], sums[name] = data[start:at], check
    return members, sums


def _name(raw: bytes) -> str:
    if not _NAME.fullmatch(raw):
        raise Invalid("evidence.container")
    return raw.decode("ascii")


def _pack(members: _Members, sums: Mapping[str, int]) -> bytes:
    body, directory = bytearray(), bytearray()
    for name in sorted(members):
        raw, size = name.encode("ascii"), len(members[name])
        same = (_VERSION, 0, 0, 0, _DATE, sums[name], size, size, len(raw), 0)
        where = len(body)
        directory += _CENTRAL.pack(b"PK\x01\x02", _VERSION, *same, 0, 0, 0, 0, where) + raw
        body += _LOCAL.pack(b"PK\x03\x04", *same) + raw + members[name]
    count = len(members)
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory) + end
