"""A time-stamp authority that stamps any moment, and may do anything wrong (RFC 3161, RFC 5652)."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FROM, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
STAMPING = (ExtendedKeyUsageOID.TIME_STAMPING,)
INFO = "1.2.840.113549.1.9.16.1.4"
HASHES = {"sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}


@cache
def new_key(kind, name=""):
    """One of each kind and name: an RSA key takes a while."""
    del name
    return (
        rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(kind())
    )


def key_usage(*names):
    every = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
        "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: name in names for name in every})


@dataclass
class Wish:
    """How a certificate is to be."""

    name: str
    ca: bool = False
    path_length: int | None = None
    usage: tuple[str, ...] | None = ("digital_signature",)
    purposes: tuple = ()
    critical: bool = True
    valid_from: datetime = FROM
    valid_until: datetime = UNTIL
    serial: int = 7
    strange: bool = False
    hash: type = hashes.SHA256


def named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def certificate(wish, key, issuer, issuer_key):
    """``issuer``: its name."""
    made = (
        x509.CertificateBuilder()
        .subject_name(named(wish.name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(wish.serial)
        .not_valid_before(wish.valid_from)
        .not_valid_after(wish.valid_until)
        .add_extension(x509.BasicConstraints(wish.ca, wish.path_length), critical=True)
    )
    if wish.usage is not None:
        made = made.add_extension(key_usage(*wish.usage), critical=True)
    if wish.purposes:
        made = made.add_extension(x509.ExtendedKeyUsage(wish.purposes), critical=wish.critical)
    if wish.strange:
        odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.156.999.9"), b"\x05\x00")
        made = made.add_extension(odd, critical=True)
    signed = made.sign(issuer_key, wish.hash())
    return signed.public_bytes(Encoding.DER)


ROOT = Wish("stamp root", ca=True, usage=("key_cert_sign", "crl_sign"), serial=1)
MIDDLE = Wish("stamp middle", ca=True, usage=("key_cert_sign",), serial=2)
LEAF = Wish("时间戳", purposes=STAMPING)


@dataclass
class Authority:
    """A root, so many CAs under it, and the one that stamps."""

    leaf: Wish = field(default_factory=lambda: LEAF)
    middles: tuple[Wish, ...] = ()
    root: Wish = field(default_factory=lambda: ROOT)
    kind: object = ec.SECP256R1
    owner: str = "honest"
    """Another owner has other keys, whatever the names say."""

    def __post_init__(self):
        chain = [self.root, *self.middles, self.leaf]
        keys = [self.key(wish.name) for wish in chain]
        above = [self.root.name, *(wish.name for wish in chain[:-1])]
        over = [keys[0], *keys[:-1]]
        made = [certificate(*told) for told in zip(chain, keys, above, over, strict=True)]
        self.anchor, *self.given = made
        self.signer = keys[-1]

    def key(self, name):
        return new_key(self.kind, f"{self.owner} {name}")


@dataclass
class Odd:
    """What is unusual about one stamp; nothing."""

    hash: str = "sha256"
    plain_rsa: bool = False
    status: str = "granted"
    given: list | None = None
    """Certificates, in place of the authority's."""
    signer: bytes = b""
    """The certificate that the stamp names as its signer's."""
    imprint: str = "sha256"
    info: dict = field(default_factory=dict)
    attributes: object = None
    """Changes the list of attributes before they are signed."""
    signed_info: dict = field(default_factory=dict)
    """Fields of the SignerInfo, changed after the signature."""
    after: object = None
    """Changes the TSTInfo after the signature."""
    bound: bytes = b""


def stamp(authority, data, at, odd=None):
    """DER of a TimeStampResp over ``data``."""
    odd = odd or Odd()
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": "1.2.156.999.1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": odd.imprint},
                "hashed_message": hashlib.new(odd.imprint, data).digest(),
            },
            "serial_number": 4242,
            "gen_time": at,
            "nonce": 99,
        }
        | odd.info
    )
    content = info.dump()
    own = odd.signer or authority.given[-1]
    return response(authority, content, own, odd)


def response(authority, content, own, odd):
    told = asn1.Certificate.load(own)
    attributes = attributes_of(content, own, odd)
    signer = {
        "version": "v1",
        "sid": {
            "issuer_and_serial_number": {"issuer": told.issuer, "serial_number": told.serial_number}
        },
        "digest_algorithm": {"algorithm": odd.hash},
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": algorithm(authority.signer, odd)},
        "signature": sign(authority.signer, b"\x31" + attributes.dump()[1:], odd.hash),
    }
    given = authority.given if odd.given is None else odd.given
    data = {
        "version": "v3",
        "digest_algorithms": [{"algorithm": odd.hash}],
        "encap_content_info": {
            "content_type": INFO,
            "content": core.ParsableOctetString(odd.after(content) if odd.after else content),
        },
        "certificates": [asn1.Certificate.load(each) for each in given],
        "signer_infos": [signer | odd.signed_info],
    }
    token = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)})
    return tsp.TimeStampResp({"status": {"status": odd.status}, "time_stamp_token": token}).dump()


def attributes_of(content, own, odd):
    digest = hashlib.new(odd.hash, content).digest()
    bound = odd.bound or hashlib.sha256(own).digest()
    told = [
        {"type": "content_type", "values": [INFO]},
        {"type": "message_digest", "values": [digest]},
        {"type": "signing_certificate_v2", "values": [{"certs": [{"cert_hash": bound}]}]},
    ]
    if odd.attributes:
        told = odd.attributes(told)
    made = cms.CMSAttributes(told)
    return cms.CMSAttributes.load(b"\xa0" + made.dump()[1:], tag_type="implicit", tag=0)


def algorithm(key, odd):
    if isinstance(key, rsa.RSAPrivateKey):
        return "rsassa_pkcs1v15" if odd.plain_rsa else f"{odd.hash}_rsa"
    return f"{odd.hash}_ecdsa"


def sign(key, data, name):
    hashed = HASHES[name]()
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashed)
    return key.sign(data, ec.ECDSA(hashed))


def replace_root(valid_until):
    """An authority whose root ends then."""
    return Authority(root=replace(ROOT, valid_until=valid_until), owner="ending")
