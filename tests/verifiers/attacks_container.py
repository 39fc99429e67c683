"""Attacks on the container and on which members there are: no key is needed for most of them."""

import io
import json
import struct
import zipfile
from zlib import crc32

from exchange import canonical
from exchange.evidence_zip import pack, unpack
from tests.verifiers.forging import attack

LOCAL = "<4s5H3L2H"
CENTRAL = "<4s6H3L5H2L"


def zipped(entries):
    """Our form of zip, with any names, order, repetition and false headers.

    ``entries``: name, body, and what replaces fields of the local and of the central header.
    """
    body, directory = b"", b""
    for name, content, local, central in entries:
        size, check = len(content), crc32(content)
        head = [b"PK\3\4", 10, 0, 0, 0, 33, check, size, size, len(name), 0]
        line = [b"PK\1\2", 10, *head[1:], 0, 0, 0, 0, len(body)]
        for at, value in local.items():
            head[at] = value
        for at, value in central.items():
            line[at] = value
        directory += struct.pack(CENTRAL, *line) + name
        body += struct.pack(LOCAL, *head) + name + content
    end = struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, *[len(entries)] * 2, len(directory), len(body), 0
    )
    return body + directory + end


def plain(bench):
    return [[name.encode(), body, {}, {}] for name, body in sorted(unpack(bench.bundle()).items())]


@attack(2, 4)
def byte_flipped_anywhere(bench):
    return bench.attempt(bench.flip(bench.bundle()))


@attack(4)
def cut_off(bench):
    data = bench.bundle()
    return bench.attempt(data[: bench.draw.randrange(len(data))])


@attack(4)
def something_after_it(bench):
    return bench.attempt(bench.bundle() + bench.draw.randbytes(bench.draw.randint(1, 40)))


@attack(4)
def something_before_it(bench):
    return bench.attempt(
        bench.draw.choice([b"#!/bin/sh\n", b"\0", bench.bundle("unit")]) + bench.bundle()
    )


@attack(4)
def something_between_members(bench):
    entries = plain(bench)
    data = zipped(entries)
    at = data.index(b"PK\3\4", bench.draw.randrange(1, len(data) // 2))
    return bench.attempt(data[:at] + bench.draw.randbytes(8) + data[at:])


@attack(4)
def two_members_of_one_name(bench):
    entries = plain(bench)
    at = bench.draw.randrange(len(entries))
    twin = list(entries[at])
    if bench.draw.random() < 0.5:
        twin[1] = bench.flip(twin[1])
    entries.insert(at + bench.draw.randint(0, 1), twin)
    return bench.attempt(zipped(entries))


@attack(4)
def members_in_another_order(bench):
    entries = plain(bench)
    at = bench.draw.randrange(len(entries) - 1)
    entries[at], entries[at + 1] = entries[at + 1], entries[at]
    return bench.attempt(zipped(entries))


@attack(4)
def local_and_central_header_differ(bench):
    entries = plain(bench)
    entry, where = bench.draw.choice(entries), bench.draw.choice((2, 3))
    fields = range(1, 11) if where == 2 else range(1, 17)
    entry[where] = {bench.draw.choice(fields): bench.draw.randint(34, 60000)}
    return bench.attempt(zipped(entries))


@attack(2)
def check_sum_of_another_member(bench):
    entries = plain(bench)
    entry = bench.draw.choice(entries)
    wrong = crc32(entry[1]) ^ (1 << bench.draw.randrange(32))
    entry[2], entry[3] = {6: wrong}, {7: wrong}
    return bench.attempt(zipped(entries))


@attack(4)
def flags_methods_and_attributes(bench):
    entries = plain(bench)
    entry = bench.draw.choice(entries)
    local, central = bench.draw.choice(
        [(2, 3), (3, 4), (4, 5), (5, 6), (1, 2), (None, 14), (None, 15)]
    )
    value = bench.draw.choice([1, 8, 0x0800, 45])
    entry[2], entry[3] = {local: value} if local else {}, {central: value}
    return bench.attempt(zipped(entries))


@attack(4)
def written_by_another_program(bench):
    file = io.BytesIO()
    method = bench.draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, body in sorted(unpack(bench.bundle()).items()):
            archive.writestr(zipfile.ZipInfo(name), body, compress_type=method)
    return bench.attempt(file.getvalue())


@attack(4)
def a_comment(bench):
    data = bench.bundle()
    return bench.attempt(data[:-2] + struct.pack("<H", 4) + b"note")


@attack(4)
def zip64(bench):
    data = bench.bundle()
    directory, end = data[:-22], data[-22:]
    _, _, _, _, count, size, offset, _ = struct.unpack("<4s4H2LH", end)
    big = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, offset)
    where = struct.pack("<4sLQL", b"PK\6\7", 0, len(directory), 1)
    if bench.draw.random() < 0.5:
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)
    return bench.attempt(directory + big + where + end)


@attack(4)
def a_bomb(bench):
    """Sizes that are not there, and a member that would unpack to a thousand times its size."""
    if bench.draw.random() < 0.5:
        entries = plain(bench)
        entry = bench.draw.choice(entries)
        size = bench.draw.choice([2**32 - 1, 2**31, len(entry[1]) + 1])
        entry[2], entry[3] = {7: size, 8: size}, {8: size, 9: size}
        return bench.attempt(zipped(entries))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ledger/entries/000000000001.json", b" " * 2_000_000)
    return bench.attempt(file.getvalue())


@attack(4)
def a_name_that_leads_out(bench):
    members = unpack(bench.bundle())
    name = bench.draw.choice(
        ["../x.crt", "/etc/passwd", "documents/../manifest.json", "certificates//x.crt", "con",
         "documents/" + "0" * 64 + ".sd-jwt/", "x" * 200]
    )  # fmt: skip
    return bench.attempt(pack(members | {name: b"x"}))


@attack(4)
def a_name_of_strange_characters(bench):
    entries = plain(bench)
    strange = bench.draw.choice(
        [b"a\\b", b"a\0b", b"a b", "出生".encode(), b"\xff", b"x" * 201, b"a\n"]
    )
    entries = sorted([*entries, [strange, b"x", {}, {}]])
    return bench.attempt(zipped(entries))


@attack(4)
def a_name_in_capitals(bench):
    members = unpack(bench.bundle())
    name = bench.pick(members)
    members[name.upper()] = members.pop(name)
    return bench.attempt(pack(members))


@attack(2, 4)
def member_dropped(bench):
    members = unpack(bench.bundle())
    del members[bench.pick(members)]
    return bench.attempt(pack(members))


@attack(2, 4)
def member_dropped_with_its_line(bench):
    """The manifest is put right, but the seal is the old one."""
    members = unpack(bench.bundle())
    told = json.loads(members["manifest.json"])
    name = bench.pick(told["members"])
    del members[name], told["members"][name]
    members["manifest.json"] = canonical.dumps(told)
    return bench.attempt(pack(members))


@attack(2)
def members_swapped(bench):
    members = unpack(bench.bundle())
    first, second = bench.draw.sample(sorted(json.loads(members["manifest.json"])["members"]), 2)
    members[first], members[second] = members[second], members[first]
    return bench.attempt(pack(members))


@attack(2)
def member_added(bench):
    members = unpack(bench.bundle())
    extra = bench.draw.randbytes(32).hex()
    name = bench.draw.choice([f"documents/{extra}.sd-jwt", f"transfers/{extra[:32]}.sd-jwt"])
    return bench.attempt(pack(members | {name: members["ledger/head.jws"]}))


@attack(2, 4)
def byte_of_a_member_changed(bench):
    members = unpack(bench.bundle())
    name = bench.pick(members)
    return bench.attempt(pack(members | {name: bench.flip(members[name])}))


@attack(2, 4)
def byte_of_a_member_changed_and_sealed_by_the_hub(bench):
    forger = bench.forger()
    name = bench.pick([name for name in forger.members if not name.startswith("manifest")])
    forger.members[name] = bench.flip(forger.members[name], 7)
    return bench.attempt(forger.seal())


@attack(2)
def the_seal_of_another_bundle(bench):
    """Manifest and seal of the unit's bundle before the members of the whole case."""
    members, other = unpack(bench.bundle("case")), unpack(bench.bundle("unit"))
    taken = bench.draw.choice(
        [("manifest.jws",), ("manifest.json", "manifest.jws"), ("manifest.json",)]
    )
    return bench.attempt(pack(members | {name: other[name] for name in taken}))


@attack(4)
def a_member_that_must_be_there_is_not(bench):
    forger = bench.forger()
    name = bench.draw.choice(["ledger/head.jws", "ledger/proofs.json", "entries", "manifest.jws"])
    if name == "entries":
        for each in forger.names("ledger/entries/"):
            del forger.members[each]
        return bench.attempt(forger.seal())
    data = forger.seal()
    members = unpack(data)
    del members[name]
    return bench.attempt(pack(members))
