from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from crypto import certificates, keys, pem
from crypto.errors import CryptoError, Malformed, Unsupported
from tests.crypto.p256_authority import AuthorityKey, replaced, tlv

START = datetime(2026, 1, 1, tzinfo=UTC)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "别人的根")])


def foreign(public, signer, algorithm, *extensions):
    builder = x509.CertificateBuilder(NAME, NAME, public, 5, START, START + timedelta(days=9))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    made = builder.sign(signer, algorithm)
    return made.public_bytes(Encoding.DER)


def test_pem_and_der_give_the_same_certificate(chain):
    assert certificates.load(chain.unit.pem) == chain.unit
    assert certificates.load(chain.unit.pem.decode()) == chain.unit
    assert certificates.load(chain.unit.der) == chain.unit


def test_a_certificate_of_another_maker_is_read():
    key = ed25519.Ed25519PrivateKey.generate()
    basic = (x509.BasicConstraints(ca=True, path_length=3), True)
    read = certificates.load(foreign(key.public_key(), key, None, basic))
    assert (read.common_name, read.organization, read.serial) == ("别人的根", "", "5")
    assert (read.authority, read.path_length, read.usages) == (True, 3, frozenset())
    assert read.public_key == keys.PublicKey("Ed25519", key.public_key().public_bytes_raw())
    read.signed.check(read.public_key)


def test_of_several_names_none_is_the_holders():
    key = ed25519.Ed25519PrivateKey.generate()
    pairs = [x509.NameAttribute(NameOID.COMMON_NAME, name) for name in ("hub", "bank")]
    builder = x509.CertificateBuilder(
        x509.Name(pairs), x509.Name(pairs), key.public_key(), 5, START, START + timedelta(days=9)
    )
    read = certificates.load(builder.sign(key, None).public_bytes(Encoding.DER))
    assert (read.common_name, read.organization) == ("", "")


def test_unknown_critical_extensions_are_kept_for_the_verifier():
    key = ed25519.Ed25519PrivateKey.generate()
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0")
    for critical in (True, False):
        read = certificates.load(foreign(key.public_key(), key, None, (unknown, critical)))
        assert read.unknown_critical == (("1.2.3.4",) if critical else ())


CA = (x509.BasicConstraints(ca=True, path_length=None), True)


def test_other_keys_and_signatures_are_not_supported():
    """Not even of an authority: no other curve, no other hash, no RSA."""
    own, p256 = ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
    p384, k256 = (ec.generate_private_key(curve()) for curve in (ec.SECP384R1, ec.SECP256K1))
    rsa_key = rsa.generate_private_key(65537, 2048)
    keys_of = [(other.public_key(), own, None) for other in (p384, k256, rsa_key)]
    signed = [(own.public_key(), p256, hashed()) for hashed in (hashes.SHA384, hashes.SHA512)]
    signed += [(own.public_key(), other, hashes.SHA256()) for other in (rsa_key,)]
    for public, signer, algorithm in [*keys_of, *signed]:
        with pytest.raises(Unsupported) as caught:
            certificates.load(foreign(public, signer, algorithm, CA))
        assert caught.value.code in ("crypto.unsupported-key", "crypto.unsupported-signature")


def test_the_certificate_of_an_authority_on_p256_is_read():
    key = ec.generate_private_key(ec.SECP256R1())
    read = certificates.load(foreign(key.public_key(), key, hashes.SHA256(), CA))
    assert (read.public_key.suite, read.signed.suite, read.authority) == ("ES256", "ES256", True)
    read.signed.check(read.public_key)


def test_whoever_is_no_authority_has_no_key_on_p256():
    key, own = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
    for public, extensions in ((key, ()), (key, ((x509.BasicConstraints(False, None), True),))):
        with pytest.raises(Unsupported) as caught:
            certificates.load(foreign(public.public_key(), own, None, *extensions))
        assert caught.value.code == "crypto.es256-not-for-documents"
    signed = foreign(own.public_key(), key, hashes.SHA256())  # by an authority on it: well
    assert certificates.load(signed).public_key.suite == "Ed25519"


def test_a_weak_hash_is_not_supported():
    """SHA-1: no library signs it any more, so the name of the algorithm is put in."""
    key = ec.generate_private_key(ec.SECP256R1())
    der = foreign(key.public_key(), key, hashes.SHA256(), CA)
    sha256, sha1 = bytes.fromhex("06082a8648ce3d040302"), bytes.fromhex("06072a8648ce3d0401")
    loaded = asn1_x509.Certificate.load(der)
    for part in (loaded["tbs_certificate"]["signature"], loaded["signature_algorithm"]):
        part["algorithm"] = "1.2.840.10045.4.1"
    changed = loaded.dump(force=True)
    assert sha256 in der
    assert sha256 not in changed
    assert sha1 in changed
    with pytest.raises(Unsupported) as caught:
        certificates.load(changed)
    assert caught.value.facts["oid"] == "1.2.840.10045.4.1"


def test_the_algorithm_of_p256_has_no_parameters():
    key = AuthorityKey()
    made = certificates.issue_ca("根", key, START, START + timedelta(days=9))
    name = tlv(0x06, bytes.fromhex("2a8648ce3d040302"))
    changed = replaced(made.der, tlv(0x30, name), tlv(0x30, name + b"\5\0"))
    assert changed.count(name + b"\5\0") == 2
    with pytest.raises(Malformed):
        certificates.load(changed)
    dates = {"this_update": START, "next_update": START + timedelta(days=9)}
    crl = certificates.issue_crl(made, key, **dates)
    assert certificates.load_crl(crl.der) == crl
    with pytest.raises(Malformed):
        certificates.load_crl(replaced(crl.der, tlv(0x30, name), tlv(0x30, name + b"\5\0")))


@pytest.mark.parametrize("point", [b"\0", b"\4" + bytes(64), b"\2" + b"\1" * 32, b""])
def test_what_is_no_point_of_p256_is_no_authoritys_key(point):
    """Infinity, zero, a compressed one: there is one form."""
    made = certificates.issue_ca("根", AuthorityKey(), START, START + timedelta(days=9))
    old = tlv(0x03, b"\0\4" + made.public_key.raw)
    changed = replaced(made.der, old, tlv(0x03, b"\0" + point))
    assert changed != made.der
    with pytest.raises(CryptoError):
        certificates.load(changed)
    assert certificates.load(replaced(made.der, old, old)) == made


@pytest.mark.parametrize("data", [b"", b"0", b"0\x03\x02\x01\x00", "nonsense", b"\x30\x80" * 99])
def test_anything_else_is_malformed(data):
    with pytest.raises(Malformed):
        certificates.load(data)
    with pytest.raises(Malformed):
        certificates.load_crl(data)


def test_what_follows_or_lacks_is_noticed(chain):
    with pytest.raises(Malformed):
        certificates.load(chain.unit.der + b"\0")
    for cut in range(len(chain.unit.der)):
        with pytest.raises(CryptoError):
            certificates.load(chain.unit.der[:cut])


def test_another_kind_of_pem_is_named(chain):
    with pytest.raises(Malformed) as caught:
        certificates.load(chain.unit_key.public.to_pem())
    assert caught.value.facts["label"] == "PUBLIC KEY"
    with pytest.raises(Malformed):
        certificates.load(chain.unit.pem * 2)
    with pytest.raises(Malformed):
        certificates.load_crl(pem.armor("CERTIFICATE", chain.unit.der))


def test_a_signature_has_one_form_only(suite):
    """The unsigned count of unused bits may not be 1, even where the last bit is 0."""
    key = keys.generate(suite)
    found = None
    while found is None or found[-1] & 1:
        made = certificates.issue_ca("根", key, START, START + timedelta(days=9))
        found = made.signed.signature
    at = len(made.der) - len(found) - 1
    assert made.der[at] == 0
    changed = made.der[:at] + b"\1" + made.der[at + 1 :]
    x509.load_der_x509_certificate(changed)  # the strict parser alone would let it pass
    with pytest.raises(Malformed) as caught:
        certificates.load(changed)
    assert caught.value.code == "crypto.malformed-signature"
