"""Stamps whose form is another, or could be read in two ways (section 7.5)."""

from dataclasses import replace

from asn1crypto import core

from exchange.evidence_trust import Trust
from tests.exchange.evidence import conftest as kit
from tests.verifiers import stamping
from tests.verifiers.attacks_stamp import AT, KINDS, STAMP, bad, honest, put, sealed, stamped
from tests.verifiers.forging import attack
from tests.verifiers.stamping import LEAF, Authority, Odd


@attack(4)
def a_stamp_that_was_refused(bench):
    return bad(bench, Odd(status=bench.draw.choice(["rejection", "granted_with_mods", "waiting"])))


@attack(4)
def a_stamp_of_another_hash(bench):
    return bad(bench, Odd(imprint=bench.draw.choice(["sha512", "sha1"])))


@attack(4)
def a_stamp_signed_by_an_old_hash(bench):
    name = {"algorithm": "sha1"}
    return bad(bench, Odd(signed_info={"digest_algorithm": name}))


@attack(4)
def a_stamp_of_two_hashes(bench):
    authority = Authority(kind=bench.draw.choice(KINDS))
    other = {"algorithm": "sha512_rsa" if authority.kind == "rsa" else "sha512_ecdsa"}
    return bad(bench, Odd(signed_info={"signature_algorithm": other}), authority)


@attack(4)
def a_stamp_without_certificates(bench):
    authority = Authority()
    return bad(bench, Odd(given=[], signer=authority.given[-1]), authority)


@attack(4)
def a_stamp_with_too_many_certificates(bench):
    authority = Authority()
    more = [Authority(replace(LEAF, serial=20 + n), owner=f"x{n}").given[-1] for n in range(6)]
    return bad(bench, Odd(given=[*authority.given, *more], signer=authority.given[-1]), authority)


@attack(4)
def a_stamp_whose_attributes_are_not_all_there(bench):
    def change(told):
        gone = bench.draw.randrange(3)
        return [each for place, each in enumerate(told) if place != gone]

    return bad(bench, Odd(attributes=change))


@attack(4)
def a_stamp_with_an_attribute_twice(bench):
    return bad(bench, Odd(attributes=lambda told: [*told, bench.draw.choice(told)]))


@attack(4)
def a_stamp_with_unsigned_attributes(bench):
    extra = [{"type": "1.2.156.999.3", "values": [core.Integer(bench.draw.randrange(9))]}]
    return bad(bench, Odd(signed_info={"unsigned_attrs": extra}))


@attack(4)
def a_stamp_of_another_version(bench):
    return bad(bench, Odd(signed_info={"version": "v3"}))


@attack(4)
def a_stamp_that_is_none(bench):
    authority, forger = honest(bench), bench.forger()
    whole = stamping.stamp(authority, forger.members["ledger/head.jws"], AT)
    forger.members[STAMP] = bench.draw.choice(
        [b"", b"\x30\x00", b"\x05\x00", whole[:-1], whole + b"\x00", bench.draw.randbytes(80),
         b"\x30\x80" + whole[4:] + b"\x00\x00", b"\x30\x83\x00" + whole[2:], whole[9:],
         b"\x30\x84\x00\x01\x11\x70" + bytes(70_000), b"\x30\x02" * 40 + b"\x05\x00"]
    )  # fmt: skip
    return put(bench, sealed(forger), authority)


@attack(4)
def a_stamp_in_a_bundle_of_version_one(bench):
    authority, forger = honest(bench), bench.forger()
    forger.members[STAMP] = stamping.stamp(authority, forger.members["ledger/head.jws"], AT)
    return put(bench, forger.seal(), authority)


@attack(4)
def version_two_without_a_stamp(bench):
    return put(bench, bench.forger().seal(version=2), honest(bench))


@attack(2)
def a_stamp_taken_out(bench):
    """Not by the hub: its seal names it."""
    authority = honest(bench)
    forger = kit.Forger(bench.world, stamped(bench, authority))
    del forger.members[STAMP]
    return put(bench, kit.pack(forger.members), authority)


@attack(2)
def a_stamp_exchanged(bench):
    authority = honest(bench)
    forger = kit.Forger(bench.world, stamped(bench, authority))
    forger.members[STAMP] = stamping.stamp(authority, b"something else", AT)
    return put(bench, kit.pack(forger.members), authority)


@attack(5)
def a_stamp_anchor_that_is_none(bench):
    """The checker's own file: a certificate of no CA, or no certificate."""
    data = stamped(bench, authority := honest(bench))
    wrong = bench.draw.choice(
        [authority.given[-1], b"\x30\x03\x02\x01\x01", bench.world.root[0].der[:-3]]
    )
    trust = Trust((bench.world.root[0],), (), (authority.anchor, wrong))
    return bench.attempt(data, trust=trust)
