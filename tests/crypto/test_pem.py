import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import pem
from crypto.errors import Malformed


@given(st.binary(min_size=1, max_size=300))
def test_der_survives(der):
    assert pem.unarmor(pem.armor("CERTIFICATE", der)) == ("CERTIFICATE", der)


def test_lines_have_64_characters():
    assert max(map(len, pem.armor("PUBLIC KEY", bytes(100)).splitlines())) == 64


def test_windows_line_ends_and_text_before_are_accepted():
    text = b"subject=CN=x\r\n" + pem.armor("PUBLIC KEY", b"abcdef").replace(b"\n", b"\r\n")
    assert pem.unarmor(text) == ("PUBLIC KEY", b"abcdef")


def test_blocks_are_given_in_their_order():
    text = pem.armor("CERTIFICATE", b"1") + b"comment\n" + pem.armor("X509 CRL", b"2")
    assert pem.blocks(text) == [("CERTIFICATE", b"1"), ("X509 CRL", b"2")]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"no pem",
        pem.armor("X", b"1") * 2,
        pem.armor("X", b"1") + b"-----BEGIN X-----\ncut off",
        pem.armor("X", b"1").replace(b"END X", b"END Y"),
        b"-----BEGIN X-----\nA\n-----END X-----\n",
        b"-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END X-----\n",
    ],
)
def test_anything_but_one_whole_block_is_refused(text):
    with pytest.raises(Malformed):
        pem.unarmor(text)
