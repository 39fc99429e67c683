"""Attacks on chains whose authorities are on P-256: other curves and hashes, broken forms, and strangers."""

from datetime import timedelta
from types import SimpleNamespace

from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from crypto import certificates, der, keys, pem
from exchange.evidence_trust import Trust
from tests.crypto.p256_authority import (
    ES256_NAME,
    AuthorityKey,
    N,
    other_half,
    replaced,
    resigned,
    tlv,
)
from tests.exchange.evidence import conftest as kit
from tests.verifiers.forging import OID, Signed, attack, crl, handmade, true
from tests.verifiers.whole import Whole

AUTHORITY = ("key_cert_sign", "crl_sign")
SECRET, INTERMEDIATE = AuthorityKey(), AuthorityKey()
ROOT = (
    certificates.issue_ca("P-256 Root", SECRET, kit.FROM, kit.UNTIL, organization="示例根CA"),
    SECRET,
)
TRUST = Trust((ROOT[0],))


def whole(bench, dressed=None, root=ROOT, shown=()):
    """A bundle of which everything stands under the authority on P-256."""
    return Whole(bench, root, *shown, dressed=dressed)


def renamed(made, oid, parameters=b""):
    """The certificate or list with another algorithm named, inside and outside; signed by the root."""
    name = core.ObjectIdentifier(oid).dump()
    changed = replaced(made.der, tlv(0x30, ES256_NAME), tlv(0x30, name + parameters))
    return resigned(changed, lambda tbs: der.to_der(SECRET.sign(tbs)))


# --- what is right ------------------------------------------------------------------------------


@true
def under_an_authority_on_p256(bench):
    lists = bench.draw.choice(
        [(), (crl(ROOT),), (crl(ROOT, [certificates.Revocation("5", kit.FROM)]),)]
    )
    return bench.attempt(whole(bench).forged(), trust=Trust((ROOT[0],), lists))


@true
def between_authorities_of_other_algorithms(bench):
    """P-256 under SM2 or Ed25519, and over it."""
    key = AuthorityKey()
    upper = kit.issue("P-256 中级", key.public, bench.world.root, usages=AUTHORITY)
    lower_key = keys.generate(bench.draw.choice(["SM2-SM3", "Ed25519"]))
    lower = kit.issue("下级", lower_key.public, (upper, key), usages=AUTHORITY, path_length=0)
    made = Whole(bench, (lower, lower_key), upper, lower)
    return bench.attempt(made.forged())


@true
def the_other_half_of_a_signature(bench):
    """ECDSA takes n − s for s; which of both an authority wrote says nothing."""

    def turned(tbs):
        return der.to_der(other_half(SECRET.sign(tbs)))

    plain = crl(ROOT)
    lists = (plain, certificates.load_crl(resigned(plain.der, turned)))
    data = whole(bench, lambda made: resigned(made.der, turned)).forged()
    return bench.attempt(data, trust=Trust((ROOT[0],), lists))


# --- signatures ---------------------------------------------------------------------------------


@attack(2)
def a_signature_on_p256_in_another_encoding(bench):
    """BER, leading zeros, a negative number, more behind it: the numbers are right, the form is not."""

    def bent(tbs):
        plain = der.to_der(SECRET.sign(tbs))
        r, s = (plain[4 : 4 + plain[3]], plain[6 + plain[3] :])
        return bench.draw.choice([
            tlv(0x30, tlv(2, b"\0" + r) + tlv(2, s)), tlv(0x30, tlv(2, r) + tlv(2, b"\0" + s)),
            b"\x30\x81" + plain[1:], plain + b"\0", b"\x30\x80" + plain[2:] + b"\0\0",
            tlv(0x30, tlv(2, r) + tlv(2, s) + tlv(5, b"")), tlv(0x30, b"\2\x81" + plain[3:]),
            tlv(0x31, tlv(2, r) + tlv(2, s)), SECRET.sign(tbs),
        ])  # fmt: skip

    return bench.attempt(whole(bench, lambda made: resigned(made.der, bent)).forged(), trust=TRUST)


@attack(2)
def numbers_of_a_signature_out_of_range(bench):
    """Zero, n, s + n, negative: nothing but 1 … n − 1."""

    def bent(tbs):
        raw = SECRET.sign(tbs)
        r, s = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
        pair = bench.draw.choice(
            [(0, 0), (0, s), (r, 0), (N, s), (r, N), (r, s + N), (r + N, s), (-r, s), (r, -s), (r, s - N), (1, 1)]
        )  # fmt: skip
        return tlv(0x30, b"".join(core.Integer(number).dump() for number in pair))

    return bench.attempt(whole(bench, lambda made: resigned(made.der, bent)).forged(), trust=TRUST)


@attack(2)
def a_signature_on_p256_by_another(bench):
    """By a stranger on the same curve, of another hash, or of another content."""
    other, weak = AuthorityKey(), AuthorityKey(hashes.SHA384)
    weak.key = SECRET.key
    sign = bench.draw.choice(
        [other.sign, weak.sign, lambda tbs: SECRET.sign(tbs + b"\0"), lambda tbs: bench.flip(SECRET.sign(tbs))]
    )  # fmt: skip
    dressed = lambda made: resigned(made.der, lambda tbs: der.to_der(sign(tbs)))  # noqa: E731
    return bench.attempt(whole(bench, dressed).forged(), trust=TRUST)


@attack(2)
def an_algorithm_that_is_not_the_issuers(bench):
    """P-256's name over a signature by the authority's SM2 or Ed25519 key."""
    root = bench.world.root

    pretended = SimpleNamespace(suite="ES256", sign=root[1].sign)

    def dressed(made):
        named = lambda tbs: tbs["signature"].__setitem__("algorithm", "1.2.840.10045.4.3.2")  # noqa: E731
        return handmade(made, pretended, named)

    return bench.attempt(Whole(bench, root, dressed=dressed).forged())


@attack(2)
def the_name_of_a_suite_over_a_signature_on_p256(bench):
    oid = OID[bench.draw.choice(sorted(OID))]
    return bench.attempt(whole(bench, lambda made: renamed(made, oid)).forged(), trust=TRUST)


# --- other algorithms -----------------------------------------------------------------------------


@attack(4)
def a_weaker_or_another_hash(bench):
    """ecdsa-with-SHA1, -SHA224, -SHA384, -SHA512: there is no way down, nor to another one."""
    oid = bench.draw.choice(["1.2.840.10045.4.1", *(f"1.2.840.10045.4.3.{n}" for n in (1, 3, 4))])
    return bench.attempt(whole(bench, lambda made: renamed(made, oid)).forged(), trust=TRUST)


@attack(4)
def ecdsa_with_parameters(bench):
    dressed = lambda made: renamed(made, "1.2.840.10045.4.3.2", b"\5\0")  # noqa: E731
    return bench.attempt(whole(bench, dressed).forged(), trust=TRUST)


class Raw:
    """A certificate that need not be one."""

    def __init__(self, data):
        self.der, self.pem = data, pem.armor("CERTIFICATE", data)


@attack(5)
def an_anchor_of_another_kind(bench):
    """Another curve, RSA, or signed with SHA-384: a checker cannot use such a file."""
    curve, hashed = bench.draw.choice(
        [(ec.SECP384R1, hashes.SHA384), (ec.SECP384R1, hashes.SHA256), (ec.SECP256K1, hashes.SHA256),
         (ec.SECP256R1, hashes.SHA384), (None, hashes.SHA256)]
    )  # fmt: skip
    private = ec.generate_private_key(curve()) if curve else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Root")])
    made = x509.CertificateBuilder(name, name, private.public_key(), 5, kit.FROM, kit.UNTIL)
    made = made.add_extension(x509.BasicConstraints(True, None), critical=True)
    other = Raw(made.sign(private, hashed()).public_bytes(Encoding.DER))
    return bench.attempt(whole(bench).forged(), trust=Trust((ROOT[0], other)))


def with_intermediate(bench, old, new):
    """One more authority's certificate, changed and then signed by the root as it should be."""
    made = kit.issue("P-256 中级", INTERMEDIATE.public, ROOT, usages=AUTHORITY)
    changed = resigned(replaced(made.der, old, new), lambda tbs: der.to_der(SECRET.sign(tbs)))
    assert changed.count(old) < made.der.count(old)
    return bench.attempt(whole(bench, shown=(Raw(changed),)).forged(), trust=TRUST)


@attack(4)
def an_intermediate_on_another_curve(bench):
    """Issued by the good authority: the key is what nobody takes."""
    curve = bench.draw.choice([ec.SECP384R1, ec.SECP256K1, ec.SECP521R1, ec.BrainpoolP256R1])
    other = ec.generate_private_key(curve()).public_key()
    info = other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return with_intermediate(bench, INTERMEDIATE.public.to_der(), info)


@attack(4)
def a_key_that_is_no_point_of_p256(bench):
    """Infinity, zero, compressed, beside the curve, another curve's point under this one's name."""
    x, y = INTERMEDIATE.public.raw[:32], INTERMEDIATE.public.raw[32:]
    point = bench.draw.choice(
        [b"\0", b"", b"\4" + bytes(64), b"\2" + x, b"\3" + x, b"\4" + y + x, b"\4" + x + bench.flip(y), b"\6" + x + y,
         b"\4" + b"\xff" * 64, b"\4" + x, b"\4" + keys.generate("SM2-SM3").public.raw]
    )  # fmt: skip
    return with_intermediate(bench, tlv(0x03, b"\0\4" + x + y), tlv(0x03, b"\0" + point))


@attack(4)
def a_certificate_with_more_than_its_form_has(bench):
    """A third member beside the key; a path that is shorter than none."""
    info, basic = INTERMEDIATE.public.to_der(), b"\x01\x01\xff"
    length = tlv(2, bench.draw.choice([b"\xff", b"\x80", b"\xff\x00"]))
    old, new = bench.draw.choice(
        [(info, tlv(0x30, members(info) + b"\5\0")), (extension(basic), extension(basic + length))]
    )
    return with_intermediate(bench, old, new)


def extension(content):
    """The value of an extension that is a SEQUENCE."""
    return tlv(0x04, tlv(0x30, content))


def members(sequence):
    """What stands in a short SEQUENCE."""
    return sequence[2:]


# --- what is signed with it ---------------------------------------------------------------------


@attack(4)
def a_signer_on_p256(bench):
    """Whoever is no authority signs with a suite: a unit's certificate with such a key is malformed."""

    def dressed(made):
        other = replaced(made.der, made.public_key.to_der(), INTERMEDIATE.public.to_der())
        return resigned(other, lambda tbs: der.to_der(SECRET.sign(tbs)))

    return bench.attempt(whole(bench, dressed).forged(), trust=TRUST)


@attack(4)
def a_token_signed_on_p256(bench):
    """``ES256`` is no algorithm of heads, seals and documents, whoever's key it is."""
    forger = bench.forger("case")
    key = bench.draw.choice([INTERMEDIATE, SECRET])
    header = {"alg": "ES256", "kid": bench.draw.choice([key.kid, bench.world.keys["hub"].kid])}
    parts = Signed(forger.members["ledger/head.jws"].decode())
    forger.members["ledger/head.jws"] = parts.again(key, **header).encode()
    return bench.attempt(forger.seal())


# --- authorities and their lists -------------------------------------------------------------------


@attack(5)
def forged_as_a_whole_under_another_authority_on_p256(bench):
    return bench.attempt(whole(bench, root=twin("P-256 Other")).forged(), trust=TRUST)


def twin(name="P-256 Root"):
    key = AuthorityKey()
    return certificates.issue_ca(name, key, kit.FROM, kit.UNTIL, organization="示例根CA"), key


@attack(2)
def a_list_on_p256_by_another_key(bench):
    """Of the authority's name; alone, or beside its own."""
    lists = [crl(twin()), *bench.draw.choice([[], [crl(ROOT)]])]
    bench.draw.shuffle(lists)
    return bench.attempt(whole(bench).forged(), trust=Trust((ROOT[0],), tuple(lists)))


@attack(2)
def a_list_on_p256_with_a_broken_signature(bench):
    """Changed afterwards, of another encoding, or with numbers out of range."""
    plain = crl(ROOT)

    def bent(tbs):
        raw = SECRET.sign(tbs)
        return bench.draw.choice(
            [der.to_der(raw) + b"\0", raw, der.to_der(bytes(64)), der.to_der(SECRET.sign(tbs[:-1]))]
        )

    bad = certificates.load_crl(resigned(plain.der, bent))
    return bench.attempt(whole(bench).forged(), trust=Trust((ROOT[0],), (bad,)))


@attack(5)
def a_list_of_a_weaker_hash(bench):
    """A checker cannot use it, and must not pass over it: it may revoke somebody."""
    oid = bench.draw.choice(["1.2.840.10045.4.1", "1.2.840.10045.4.3.3", "1.2.840.113549.1.1.11"])
    lists = (RawList(renamed(crl(ROOT), oid)), *bench.draw.choice([(), (crl(ROOT),)]))
    return bench.attempt(whole(bench).forged(), trust=Trust((ROOT[0],), lists))


class RawList:
    """A revocation list that need not be one."""

    def __init__(self, data):
        self.der, self.pem = data, pem.armor("X509 CRL", data)


@attack(3)
def revoked_by_an_authority_on_p256(bench):
    """The unit, or the authority between."""
    key = AuthorityKey()
    between = kit.issue("P-256 中级", key.public, ROOT, usages=AUTHORITY)
    made = whole(bench, root=(between, key), shown=(between,))
    when = kit.START - timedelta(seconds=bench.draw.randint(1, 10**6))
    entry = certificates.Revocation(between.serial, when)
    return bench.attempt(made.forged(), trust=Trust((ROOT[0],), (crl(ROOT, [entry]),)))
