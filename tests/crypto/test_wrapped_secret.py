"""Against OpenJDK 17 (``KeyGenerator`` over ``SHA1PRNG``, ``Cipher.getInstance("AES")``)."""

import base64
import subprocess

import pytest

from crypto.errors import Malformed
from crypto.wrapped_secret import opened, sha1prng_key

# Printed by OpenJDK 17.0.15 for these seeds (the secret is made up for this test).
SECRET = b"rotating-secret-0001-of-zhida-test"
JAVA = [
    (
        "zhida-test-app-key",
        "f582bd3511998394218e4e6f985bcf39",
        "zijA94F0XK5zQfp41VaNueMXyE46jN4Ggm3ndmi2vdyNNBL5A+w1/vkWCoWJxLsC",
    ),
    (
        "0123456789abcdef0123456789abcdef",
        "2d703e10a32f30251a2370355793e786",
        "5qbZc0YfD7WwYF5I3K6YjaC2IsGxGM9GDxhK1iiNndLPtUhAJdf+2qY7d8wxShWp",
    ),
    (
        "江苏",
        "2ee05feaef79981ab689a84bb732e7c9",
        "TDwY73AR5GOvL3hNBAVhD/Ki/uFqTaFr3Mkx36LVCD2NI2ygU006Os4ZUEJeauMZ",
    ),
]


@pytest.mark.parametrize(("seed", "key", "wrapped"), JAVA)
def test_java_derives_the_same_key_and_what_it_wrapped_opens(seed, key, wrapped):
    assert sha1prng_key(seed.encode()).hex() == key
    assert opened(sha1prng_key(seed.encode()), base64.b64decode(wrapped)) == SECRET


def test_openssl_wraps_the_same():
    key = bytes(range(32))
    command = ["openssl", "enc", "-aes-256-ecb", "-K", key.hex()]
    made = subprocess.run(command, input=SECRET, capture_output=True, check=True, timeout=30)
    assert opened(key, made.stdout) == SECRET


@pytest.mark.parametrize(
    ("key", "wrapped"),
    [
        (sha1prng_key(b"another"), base64.b64decode(JAVA[0][2])),
        (bytes(5), base64.b64decode(JAVA[0][2])),
        (bytes(16), b"no whole block"),
        (bytes(16), b""),
    ],
)
def test_a_wrong_key_or_damaged_bytes_open_nothing(key, wrapped):
    with pytest.raises(Malformed, match=r"crypto\.wrapped-secret"):
        opened(key, wrapped)
