"""Against published examples and the ``openssl`` command."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.digests import digest, mac
from crypto.errors import Unsupported


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        # RFC 1321 A.5, FIPS 180-4 examples, GB/T 32905-2016 A.1 and A.2.
        ("md5", b"abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("sha1", b"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("sha256", b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("sm3", b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        ("sm3", b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_published_examples(name, data, expected):
    assert digest(name, data).hex() == expected


def test_rfc_4231_case_2():
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert mac("hmac-sha256", b"Jefe", b"what do ya want for nothing?").hex() == expected


def openssl(data, *arguments):
    command = ["openssl", "dgst", "-r", *arguments]
    done = subprocess.run(command, input=data, capture_output=True, check=True, timeout=30)
    return done.stdout.split()[0].decode()


@settings(max_examples=15, deadline=None)
@given(data=st.binary(max_size=300), key=st.binary(min_size=1, max_size=100))
def test_openssl_computes_the_same(data, key):
    for ours, theirs in (("hmac-sha256", "-sha256"), ("hmac-sm3", "-sm3")):
        opt = ("-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}")
        assert mac(ours, key, data).hex() == openssl(data, theirs, *opt)
    for name in ("md5", "sha1", "sha256", "sm3"):
        assert digest(name, data).hex() == openssl(data, f"-{name}")


@pytest.mark.parametrize("call", [lambda: digest("md4", b""), lambda: mac("md5", b"k", b"")])
def test_no_other_is_known(call):
    with pytest.raises(Unsupported, match=r"crypto\.unknown-digest"):
        call()
