from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from crypto import certificates, keys, pem
from crypto.errors import CryptoError, Malformed, Unsupported

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


def test_other_keys_and_signatures_are_not_supported():
    p256, own = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
    for public, signer, algorithm in (
        (p256.public_key(), own, None),
        (own.public_key(), p256, hashes.SHA256()),
    ):
        with pytest.raises(Unsupported):
            certificates.load(foreign(public, signer, algorithm))


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
