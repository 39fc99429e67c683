"""A stamp taken apart: whatever bytes come, it is one of the form or malformed (G10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import stamp_form, stamp_path, time_stamps
from crypto.errors import CryptoError, Malformed, Untrusted
from tests.verifiers import stamping
from tests.verifiers.stamping import LEAF, MIDDLE, Authority, Odd

AT = datetime(2026, 3, 2, 1, 2, 3, 450_000, tzinfo=UTC)
AUTHORITY = Authority(middles=(MIDDLE,))
WHOLE = stamping.stamp(AUTHORITY, b"head", AT)


def test_what_it_says() -> None:
    found = stamp_form.read(WHOLE)
    assert (found.info.at, found.info.policy, found.info.serial) == (AT, "1.2.156.999.1", "1092")
    assert (found.hash, found.kind, found.bound[0]) == ("sha256", "ecdsa", "sha256")
    assert found.certificates == tuple(AUTHORITY.given)
    told = time_stamps.checked(found, b"head", [AUTHORITY.anchor])
    assert (told.at, told.authority) == (AT, "时间戳")


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 7))
def test_a_flipped_bit_is_malformed_or_not_to_be_trusted(place: int, bit: int) -> None:
    """Or nobody signs it: parameters of algorithms, the set of hashes, certificates' own signatures."""
    changed = bytearray(WHOLE)
    changed[place] ^= 1 << bit
    try:
        found = stamp_form.read(bytes(changed))
        told = time_stamps.checked(found, b"head", [AUTHORITY.anchor])
    except CryptoError:
        return
    assert (told.at, told.policy, told.serial) == (AT, "1.2.156.999.1", "1092")


@given(st.binary(max_size=200))
def test_hostile_bytes(data: bytes) -> None:
    with pytest.raises(Malformed):
        stamp_form.read(data)
    with pytest.raises(Malformed):
        stamp_form.read(WHOLE[:40] + data)


def test_too_large() -> None:
    with pytest.raises(Malformed):
        stamp_form.read(bytes(stamp_form.LARGEST + 1))


@pytest.mark.parametrize(
    "stamp", [b"20260302010203", b"20260302010203.0000001Z", b"20261302010203Z"]
)
def test_a_time_of_another_form(stamp: bytes) -> None:
    with pytest.raises((Malformed, ValueError)):
        stamp_form._time(stamp)


def test_an_anchor_is_a_cas_certificate() -> None:
    assert time_stamps.anchor(AUTHORITY.anchor) == AUTHORITY.anchor
    for wrong in (AUTHORITY.given[-1], b"\x30\x00", b"x"):
        with pytest.raises(Malformed):
            time_stamps.anchor(wrong)


def test_rings_of_certificates_end() -> None:
    """Two CAs that have certified each other, and six certificates of one name."""
    key = stamping.new_key(AUTHORITY.kind, "ring")
    ca = stamping.Wish("a", ca=True, usage=("key_cert_sign",))
    ring = [
        stamping.certificate(replace(ca, name=one, serial=n), key, other, key)
        for n, (one, other) in enumerate(
            (("a", "b"), ("b", "a"), ("a", "a"), ("b", "b"), ("a", "b")), 1
        )
    ]
    leaf = stamping.certificate(LEAF, key, "a", key)
    odd = Odd(given=[*ring, leaf], signer=leaf)
    found = stamp_form.read(stamping.stamp(AUTHORITY, b"head", AT, odd))
    with pytest.raises((Untrusted, CryptoError)):
        stamp_path.check(found, [AUTHORITY.anchor])
