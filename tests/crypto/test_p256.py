import pytest

from crypto import p256
from tests.crypto.p256_authority import AuthorityKey, N, other_half

pytestmark = pytest.mark.guarantee("G9")
DATA = b"signed"


@pytest.fixture(scope="module")
def key():
    return AuthorityKey()


def test_a_signature_and_its_other_half_verify(key):
    signature = key.sign(DATA)
    assert p256.verifies(key.public.raw, signature, DATA)
    assert p256.verifies(key.public.raw, other_half(signature), DATA)
    assert other_half(other_half(signature)) == signature


def test_nothing_else_does(key):
    signature, zero = key.sign(DATA), bytes(32)
    r, s = signature[:32], signature[32:]
    big = N.to_bytes(32, "big")
    wrong = [
        s + r,
        zero + s,
        r + zero,
        zero + zero,
        big + s,
        r + big,
        signature[:-1],
        b"",
        big + big,
    ]
    assert not any(p256.verifies(key.public.raw, each, DATA) for each in wrong)
    assert not p256.verifies(key.public.raw, signature, b"other")
    assert not p256.verifies(AuthorityKey().public.raw, signature, DATA)


def test_only_points_of_this_curve_are_keys(key):
    x, y = key.public.raw[:32], key.public.raw[32:]
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    other_y = (p - int.from_bytes(y, "big")).to_bytes(32, "big")
    assert p256.on_curve(x + y)
    assert p256.on_curve(x + other_y)
    outside = [y + x, bytes(64), x, b"", x + y + b"\0", p.to_bytes(32, "big") + y, b"\xff" * 64]
    assert not any(map(p256.on_curve, outside))
