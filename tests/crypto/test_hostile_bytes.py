"""Whatever is changed, in whatever is signed or sealed: an error of our family, nothing else."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import (
    base64url,
    certificates,
    jws,
    keys,
    merkle,
    pem,
    sd_jwt,
    seal,
    strict_json,
)
from crypto.errors import CryptoError

pytestmark = pytest.mark.guarantee("G10")

AT = datetime(2027, 1, 1, tzinfo=UTC)
FEW = settings(max_examples=150, deadline=None)
CHANGES = st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255))


def changed(data, change):
    place, mask = change
    at = int(place * len(data))
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


def every_change(data, mask=1):
    return (changed(data, ((at + 0.5) / len(data), mask)) for at in range(len(data)))


def refused(read, data):
    with pytest.raises(CryptoError):
        read(data)


def family_only(read, *data):
    """Accepted or refused, but never with a foreign exception."""
    try:
        read(*data)
    except CryptoError:
        return


@pytest.fixture(scope="module")
def token(key):
    fields = {"/child/name": "张小直", "/child/order": 1, "/child/multiple": False}
    return sd_jwt.issue(fields, {"kind": "birth-record"}, key).encode("ascii")


@pytest.fixture(scope="module")
def crl(chain):
    dates = {"this_update": chain.root.valid_from, "next_update": chain.root.valid_until}
    revoked = [certificates.Revocation("1234", chain.root.valid_from)]
    return certificates.issue_crl(chain.district, chain.district_key, revoked, **dates)


def test_every_byte_of_a_document_counts(token, key):
    for mask in (1, 0x20, 0x80):
        for data in every_change(token, mask):
            refused(lambda data: sd_jwt.verify(data.decode("latin-1"), key.public), data)


def test_every_byte_of_a_token_counts(key):
    token = jws.sign(b'{"size":1}', key, {"typ": "head"}).encode("ascii")
    for mask in (1, 0x20, 0x80):
        for data in every_change(token, mask):
            refused(lambda data: jws.verify(data.decode("latin-1"), key.public), data)


def test_every_byte_of_a_certificate_counts(chain):
    def read(data):
        unit = certificates.load(data)
        certificates.verify_chain(unit, [chain.district], [chain.root], at=AT)

    read(chain.unit.der)
    for mask in (1, 0x80):
        for data in every_change(chain.unit.der, mask):
            refused(read, data)


def test_every_byte_of_an_intermediate_certificate_counts(chain):
    def read(data):
        district = certificates.load(data)
        certificates.verify_chain(chain.unit, [district], [chain.root], at=AT)

    for data in every_change(chain.district.der):
        refused(read, data)


def test_every_byte_of_a_revocation_list_counts_or_makes_it_another_issuers(chain, crl):
    def read(data):
        revoked = certificates.load_crl(data)
        if revoked.issuer != chain.district.subject:
            raise CryptoError("crypto.test", "a list that nobody here would look at")
        path = (chain.unit, [chain.district], [chain.root])
        certificates.verify_chain(*path, at=AT, crls=[revoked])

    read(crl.der)
    for data in every_change(crl.der):
        refused(read, data)


@FEW
@given(change=CHANGES)
def test_any_change_of_a_document_is_noticed(change):
    data = changed(TOKEN, change)
    refused(lambda data: sd_jwt.verify(data.decode("latin-1"), KEY.public), data)
    family_only(sd_jwt.peek, data.decode("latin-1"))
    family_only(sd_jwt.disclose, data.decode("latin-1"), ["/a"])


@FEW
@given(change=CHANGES)
def test_any_change_of_a_sealed_body_is_noticed(change):
    refused(lambda data: seal.unseal(bytes(16), data, b"place"), changed(SEALED, change))


@FEW
@given(change=CHANGES)
def test_any_change_of_a_key_file_is_refused_or_without_surprise(change):
    for text in KEY_FILES:
        family_only(keys.load_private, changed(text, change), b"secret")
    for text in PUBLIC_FILES:
        family_only(keys.load_public, changed(text, change))


@FEW
@given(data=st.binary(max_size=300))
def test_noise_is_refused_everywhere(data):
    text = data.decode("latin-1")
    for read, noise in (
        (jws.decode, text),
        (sd_jwt.peek, text),
        (certificates.load, data),
        (certificates.load_crl, data),
        (keys.load_public, data),
        (pem.unarmor, data),
    ):
        refused(read, noise)
    refused(lambda data: keys.load_private(data, b"secret"), data)
    refused(lambda data: seal.unseal(bytes(16), data, b""), data)
    family_only(base64url.decode, text)
    family_only(strict_json.loads, data)
    family_only(merkle.split_hashes, data)
    family_only(merkle.Frontier.from_bytes, data, lambda each: each)


@FEW
@given(body=st.binary(max_size=300))
def test_noise_in_the_right_wrapping_is_refused(body):
    for label, read in (
        ("CERTIFICATE", certificates.load),
        ("X509 CRL", certificates.load_crl),
        ("PUBLIC KEY", keys.load_public),
        ("ENCRYPTED PRIVATE KEY", lambda text: keys.load_private(text, b"secret")),
    ):
        refused(read, pem.armor(label, b"\x30" + body))
    part = base64url.encode(body)
    refused(jws.decode, f"{part}.{part}.{part}")
    refused(sd_jwt.peek, f"{TOKEN.decode().split('~')[0]}~{part}~")


@FEW
@given(
    jwk=st.dictionaries(
        st.sampled_from(["kty", "crv", "x", "y", "d"]),
        st.sampled_from(["EC", "OKP", "SM2", "Ed25519", "A" * 43, ""]) | st.text() | st.integers(),
    )
)
def test_any_jwk_is_a_key_or_refused(jwk):
    family_only(keys.public_from_jwk, jwk)


@pytest.mark.parametrize(
    "bomb",
    ["." * 100_000, "~" * 100_000, "A" * 1_000_000, "e30." * 50_000, "[" * 100_000],
)
def test_large_nonsense_is_refused_quickly(bomb):
    refused(sd_jwt.peek, bomb)
    refused(jws.decode, bomb)


KEY = keys._from_seed(bytes(32))
TOKEN = sd_jwt.issue({"/a": "b", "/c": 1}, {"kind": "k"}, KEY, salt=lambda: bytes(16)).encode()
SEALED = seal.seal(bytes(16), b"body of a record", b"place", nonce=bytes(12))
_KEYS = (KEY, keys.generate("SM2-SM3"))
KEY_FILES = [key.to_pem(b"secret", iterations=1000) for key in _KEYS]
PUBLIC_FILES = [key.public.to_pem() for key in _KEYS]
