"""Time stamps that say something else, are somebody else's, or are read in two ways (section 7.5)."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from crypto import certificates
from exchange.evidence_trust import Trust
from tests.exchange.evidence import conftest as kit
from tests.verifiers import stamping
from tests.verifiers.forging import attack, crl, stamp, true
from tests.verifiers.stamping import LEAF, MIDDLE, ROOT, Authority, Odd

STAMP = "ledger/head.tsr"
KINDS = (ec.SECP256R1, ec.SECP384R1, "rsa")
AT = kit.START + timedelta(minutes=4)


def honest(bench):
    return _honest(bench.draw.choice(KINDS), bench.draw.random() < 0.5)


@cache
def _honest(kind, has_middle):
    return Authority(kind=kind, middles=(MIDDLE,) if has_middle else ())


def stamped(bench, authority, odd=None, *, at=AT, kind=None):
    """A bundle with this stamp on its head; the hub seals whatever it is."""
    forger = bench.forger(kind)
    forger.members[STAMP] = stamping.stamp(authority, forger.members["ledger/head.jws"], at, odd)
    return sealed(forger)


def sealed(forger, **changed):
    return forger.seal(version=2, exported_at=stamp(kit.START + timedelta(minutes=8)), **changed)


def put(bench, data, authority, *lists, **changed):
    """Before a checker who knows this authority."""
    trust = Trust((bench.world.root[0],), lists, (authority.anchor,))
    return bench.attempt(data, trust=trust, **changed)


def bad(bench, odd, authority=None):
    authority = authority or honest(bench)
    return put(bench, stamped(bench, authority, odd), authority)


# --- true ------------------------------------------------------------------------------------------


@true
def with_a_stamp(bench):
    authority = honest(bench)
    odd = Odd(hash=bench.pick(stamping.HASHES), plain_rsa=bench.draw.random() < 0.5)
    return put(bench, stamped(bench, authority, odd), authority)


@true
def with_a_stamp_that_nobody_checks(bench):
    return bench.attempt(stamped(bench, Authority(owner="anybody")))


@true
def without_a_stamp_for_a_checker_who_knows_authorities(bench):
    return put(bench, bench.bundle(), honest(bench))


@true
def a_stamp_among_many_anchors(bench):
    authority = honest(bench)
    others = [Authority(owner=f"other {n}").anchor for n in range(3)]
    anchors = [authority.anchor, *others]
    bench.draw.shuffle(anchors)
    trust = Trust((bench.world.root[0],), (), tuple(anchors))
    return bench.attempt(stamped(bench, authority), trust=trust)


@true
def a_stamp_of_an_authority_whose_certificates_ended_later(bench):
    ends = AT + timedelta(minutes=bench.draw.randint(1, 30))
    leaf = replace(LEAF, valid_until=ends, usage=bench.draw.choice([None, ("content_commitment",)]))
    return bad(bench, None, Authority(leaf, middles=(replace(MIDDLE, valid_until=ends),)))


@true
def a_stamp_with_fractions_and_more(bench):
    info = {"gen_time": AT + timedelta(microseconds=bench.draw.randrange(10**6))}
    info |= {"accuracy": {"seconds": 1}, "ordering": True} if bench.draw.random() < 0.5 else {}
    return bad(bench, Odd(info=info))


# --- what it is over, and when ---------------------------------------------------------------------


@attack(2)
def a_stamp_over_another_head(bench):
    authority, forger = honest(bench), bench.forger()
    other = bench.draw.choice([bench.world.old_head.encode(), bench.draw.randbytes(40)])
    forger.members[STAMP] = stamping.stamp(authority, other, AT)
    return put(bench, sealed(forger), authority)


@attack(2)
def a_stamp_from_before_the_head(bench):
    at = kit.START - timedelta(minutes=bench.draw.randint(15, 10**5))
    return put(bench, stamped(bench, authority := honest(bench), at=at), authority)


@attack(2)
def a_stamp_from_after_the_export(bench):
    at = kit.START + timedelta(minutes=bench.draw.randint(20, 59))
    return put(bench, stamped(bench, authority := honest(bench), at=at), authority)


@attack(3)
def a_head_dated_back_by_a_revoked_key(bench):
    """Whoever stole the hub's key wrote a date of before its revocation; the stamp tells when it was."""
    authority = honest(bench)
    when = AT - timedelta(seconds=bench.draw.randint(1, 60))
    revoked = certificates.Revocation(bench.world.certificates["hub"].serial, when)
    lists = [crl(bench.world.root, [revoked])]
    forger = bench.forger("case")
    forger.members[STAMP] = stamping.stamp(authority, forger.members["ledger/head.jws"], AT)
    return put(bench, sealed_by(bench, forger), authority, *lists)


def sealed_by(bench, forger):
    """The seal is of before the revocation too, as far as it says."""
    del bench
    return forger.seal(version=2)


# --- whose it is -----------------------------------------------------------------------------------


@attack(5)
def a_stamp_of_an_unknown_authority(bench):
    other = Authority(root=replace(ROOT, name="other root"), owner="other")
    return put(bench, stamped(bench, other), honest(bench))


@attack(2)
def a_stamp_of_an_authority_with_the_same_names(bench):
    return put(bench, stamped(bench, Authority(owner="forger")), Authority())


@attack(2)
def a_stamp_signed_with_another_key(bench):
    authority = honest(bench)
    thief = Authority(kind=authority.kind, middles=authority.middles, owner="thief")
    odd = Odd(given=authority.given, signer=authority.given[-1])
    return put(bench, stamped(bench, thief, odd), authority)


@attack(2)
def a_stamp_by_who_may_not_stamp(bench):
    leaf = bench.draw.choice(
        [
            replace(LEAF, purposes=()),
            replace(LEAF, critical=False),
            replace(LEAF, purposes=(ExtendedKeyUsageOID.CODE_SIGNING,)),
            replace(LEAF, purposes=(*stamping.STAMPING, ExtendedKeyUsageOID.CLIENT_AUTH)),
            replace(LEAF, usage=("key_agreement",)),
            replace(LEAF, ca=True, usage=("digital_signature", "key_cert_sign")),
            replace(LEAF, strange=True),
        ]
    )
    return bad(bench, None, Authority(leaf))


@attack(2)
def a_stamp_under_who_may_not_issue(bench):
    middle = bench.draw.choice(
        [
            replace(MIDDLE, usage=("digital_signature",)),
            replace(MIDDLE, usage=None),
            replace(MIDDLE, strange=True),
            replace(MIDDLE, valid_until=AT - timedelta(seconds=1)),
            replace(MIDDLE, valid_from=AT + timedelta(seconds=1)),
        ]
    )
    return bad(bench, None, Authority(middles=(middle,)))


@attack(5)
def a_stamp_over_a_middle_that_is_no_ca(bench):
    """By names nothing leads upwards but over CAs."""
    return bad(bench, None, Authority(middles=(replace(MIDDLE, ca=False),)))


@attack(2)
def a_stamp_over_too_many(bench):
    root = replace(ROOT, path_length=0)
    return bad(bench, None, Authority(root=root, middles=(MIDDLE,)))


@attack(2)
def a_stamp_by_a_certificate_that_had_ended(bench):
    moved = timedelta(seconds=bench.draw.randint(1, 10**6))
    leaf = bench.draw.choice(
        [replace(LEAF, valid_until=AT - moved), replace(LEAF, valid_from=AT + moved)]
    )
    return bad(bench, None, Authority(leaf))


@attack(2)
def a_stamp_under_a_root_that_had_ended(bench):
    return bad(bench, None, Authority(root=replace(ROOT, valid_until=AT - timedelta(days=1))))


@attack(2)
def a_stamp_without_its_signers_certificate(bench):
    other = Authority(replace(LEAF, serial=8), owner="other")
    authority = Authority()
    return bad(bench, Odd(given=other.given, signer=authority.given[-1]), authority)


@attack(2)
def a_stamp_with_its_signers_name_twice(bench):
    """Two certificates of one name and number: which one is it?"""
    authority = Authority()
    twin = Authority(replace(LEAF, purposes=()), kind=authority.kind)
    given = [*authority.given, *twin.given]
    bench.draw.shuffle(given)
    return bad(bench, Odd(given=given, signer=authority.given[-1]), authority)


@attack(2)
def a_stamp_bound_to_another_certificate(bench):
    return bad(bench, Odd(bound=hashlib.sha256(bench.draw.randbytes(9)).digest()))


# --- what was signed -------------------------------------------------------------------------------


@attack(2)
def a_stamp_changed_after_its_signature(bench):
    """Another time, and nothing else."""

    def later(content):
        return content.replace(b"20260302010400Z", b"202603020%d0500Z" % bench.draw.randint(1, 9))

    return bad(bench, Odd(after=later))


@attack(2)
def a_stamp_whose_attributes_say_another_digest(bench):
    def change(told):
        return [told[0], {**told[1], "values": [bench.draw.randbytes(32)]}, told[2]]

    return bad(bench, Odd(attributes=change))


@attack(2)
def a_stamp_whose_attributes_say_another_content(bench):
    def change(told):
        return [{**told[0], "values": ["1.2.840.113549.1.7.1"]}, *told[1:]]

    return bad(bench, Odd(attributes=change))


@attack(2)
def a_stamp_with_a_broken_signature(bench):
    return bad(bench, Odd(signed_info={"signature": bench.draw.randbytes(71)}))


@attack(2, 4, alike=False)
def a_bit_of_what_the_authority_signed(bench):
    """In its statement, sealed again by a hub that is in it."""
    authority, forger = honest(bench), bench.forger()
    whole = bytearray(stamping.stamp(authority, forger.members["ledger/head.jws"], AT))
    place = whole.index(b"20260302010400Z") - bench.draw.randint(-14, 50)
    whole[place] ^= 1 << bench.draw.randrange(8)
    forger.members[STAMP] = bytes(whole)
    return put(bench, sealed(forger), authority)
