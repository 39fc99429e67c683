"""Time stamps of a real authority (``openssl ts``), checked by us, and by openssl."""

from __future__ import annotations

import random
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from crypto import time_stamps
from crypto.errors import BadSignature, CryptoError, Malformed, Untrusted
from crypto.time_stamps import Authority
from sandbox.tsa import POLICY, Tsa

DATA = "树头".encode()


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    return Tsa(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="module")
def whom(tsa: Tsa) -> Authority:
    return time_stamps.authority(tsa.anchor.read_bytes(), POLICY)


def test_ours_asks_and_openssl_answers(tsa: Tsa, whom: Authority) -> None:
    asked = time_stamps.request(DATA)
    answer = tsa.reply(asked.body)
    found = time_stamps.verify(answer, DATA, whom, nonce=asked.nonce)
    assert (found.policy, found.at.utcoffset() is not None) == (POLICY, True)
    assert time_stamps.verify(answer, DATA, replace(whom, policy="")) == found
    (tsa.folder / "a.tsr").write_bytes(answer)
    (tsa.folder / "data").write_bytes(DATA)
    command = ["openssl", "ts", "-verify", "-in", "a.tsr", "-data", "data", "-CAfile", "root.crt"]
    done = subprocess.run(command, cwd=tsa.folder, capture_output=True, check=False)
    assert b"OK" in done.stdout


def test_two_requests_have_two_nonces() -> None:
    assert time_stamps.request(DATA).nonce != time_stamps.request(DATA).nonce


@pytest.mark.guarantee("G9")
def test_each_wrong_thing_has_its_code(tsa: Tsa, whom: Authority) -> None:
    asked = time_stamps.request(DATA)
    answer = tsa.reply(asked.body)
    other = replace(whom, policy="1.2.3.4")
    for code, kind, told in (
        ("crypto.time-stamp-imprint", BadSignature, (answer, b"else", whom, asked.nonce)),
        ("crypto.time-stamp-nonce", BadSignature, (answer, DATA, whom, asked.nonce + 1)),
        ("crypto.time-stamp-policy", BadSignature, (answer, DATA, other, asked.nonce)),
        ("crypto.time-stamp", Malformed, (b"no answer", DATA, whom, asked.nonce)),
        ("crypto.time-stamp-refused", Malformed, (tsa.reply(b"x"), DATA, whom, asked.nonce)),
    ):
        with pytest.raises(kind) as found:
            time_stamps.verify(*told[:3], nonce=told[3])
        assert found.value.code == code


def test_an_imprint_of_another_hash_is_not_ours(tsa: Tsa, whom: Authority) -> None:
    (tsa.folder / "data").write_bytes(DATA)
    command = ["openssl", "ts", "-query", "-data", "data", "-sha512", "-cert"]
    done = subprocess.run(command, cwd=tsa.folder, capture_output=True, check=True)
    with pytest.raises(BadSignature) as found:
        time_stamps.verify(tsa.reply(done.stdout), DATA, whom)
    assert found.value.code == "crypto.time-stamp-imprint"


def test_another_root_of_the_same_name_vouches_for_nothing(tsa: Tsa, tmp_path: Path) -> None:
    asked = time_stamps.request(DATA)
    other = time_stamps.authority(Tsa(tmp_path).anchor.read_bytes())
    with pytest.raises(Untrusted) as found:
        time_stamps.verify(tsa.reply(asked.body), DATA, other)
    assert found.value.code == "crypto.time-stamp-untrusted"


@pytest.mark.guarantee("G9")
def test_a_changed_byte_is_never_accepted_as_another_time(tsa: Tsa, whom: Authority) -> None:
    asked = time_stamps.request(DATA)
    answer, rng = tsa.reply(asked.body), random.Random(3)
    good = time_stamps.verify(answer, DATA, whom, nonce=asked.nonce)
    for _ in range(150):
        at = rng.randrange(len(answer))
        spoilt = answer[:at] + bytes([answer[at] ^ 1 << rng.randrange(8)]) + answer[at + 1 :]
        try:
            found = time_stamps.verify(spoilt, DATA, whom, nonce=asked.nonce)
        except CryptoError:
            continue
        assert found == good, at  # bytes that nothing depends on: certificates not used, padding


@pytest.mark.parametrize("text", [b"", b"-----BEGIN X-----\nYWJj\n-----END X-----\n"])
def test_an_authority_needs_an_anchor(text: bytes) -> None:
    with pytest.raises(Malformed) as found:
        time_stamps.authority(text)
    assert found.value.code == "crypto.malformed-certificate"
