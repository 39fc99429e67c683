"""What was right once is remembered within its block, and nothing else is."""

from __future__ import annotations

import pytest

from crypto import keys, remembered
from crypto.errors import BadSignature


@pytest.mark.parametrize("suite", ["SM2-SM3", "Ed25519"])
def test_what_was_right_once_is_remembered_and_nothing_else(suite: str) -> None:
    key, other = keys.generate(suite), keys.generate(suite)
    signature = key.sign(b"data")
    wrong = [
        (key.public, signature, b"datb"),
        (other.public, signature, b"data"),
        (key.public, bytes(64), b"data"),
        (key.public, signature + b"d", b"ata"),
        (key.public, signature[:-1], signature[-1:] + b"data"),
    ]
    with remembered.within():
        for _ in range(2):
            key.public.verify(signature, b"data")
            for public, signed, data in wrong:
                with pytest.raises(BadSignature):
                    public.verify(signed, data)
    assert remembered.question("Ed25519", b"", b"", b"") == b""


def test_no_question_looks_like_another_one() -> None:
    """An Ed25519 key and half a signature have the length of an SM2 key."""
    with remembered.within():
        one = remembered.question("Ed25519", bytes(32), bytes(64), bytes(40))
        for other in (
            ("SM2-SM3", bytes(32), bytes(64), bytes(40)),
            ("Ed25519", bytes(64), bytes(64), bytes(8)),
            ("Ed25519", bytes(32), bytes(63), bytes(41)),
        ):
            assert remembered.question(*other) != one
        remembered.keep(one)
        assert remembered.has(one)
        with remembered.within():
            assert not remembered.has(one)
    assert not remembered.has(one)
