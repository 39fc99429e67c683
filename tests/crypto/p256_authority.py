"""A certificate authority's key on P-256: outside authorities have such, we never make one."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto import asn1_form, der, keys

N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ES256_NAME = bytes.fromhex("06082a8648ce3d040302")
"""ecdsa-with-SHA256, in DER."""


class AuthorityKey:
    """What ``certificates.issue`` wants of a signer."""

    suite = "ES256"

    def __init__(self, hashed=hashes.SHA256):
        self.key, self.hashed = ec.generate_private_key(ec.SECP256R1()), hashed
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = keys.PublicKey(self.suite, point[1:])

    @property
    def kid(self):
        return self.public.kid

    def sign(self, data):
        return der.to_raw(self.key.sign(data, ec.ECDSA(self.hashed())))


def other_half(raw):
    """The same signature with n − s: ECDSA takes both."""
    s = int.from_bytes(raw[32:], "big")
    return raw[:32] + (N - s).to_bytes(32, "big")


def tlv(tag, body):
    """DER of one value."""
    size = len(body)
    width = (size.bit_length() + 7) // 8
    head = bytes([size]) if size < 128 else bytes([128 | width]) + size.to_bytes(width, "big")
    return bytes([tag]) + head + body


def replaced(data, old, new):
    """DER with each value ``old`` in it exchanged, and every length around it put right."""

    def again(node):
        if node.raw == old:
            return new
        return tlv(node.tag, b"".join(map(again, node.parts))) if node.parts else node.raw

    return again(asn1_form.parse(data))


def resigned(data, sign, change=lambda tbs: tbs):
    """A certificate or a list with its signed part changed and a signature of any bytes."""
    tbs, algorithm, _ = asn1_form.parse(data).parts
    content = change(tbs.raw)
    return tlv(0x30, content + algorithm.raw + tlv(0x03, b"\0" + sign(content)))
