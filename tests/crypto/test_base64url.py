import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import base64url
from crypto.errors import Malformed


@given(st.binary(max_size=200))
def test_bytes_survive(data):
    assert base64url.decode(base64url.encode(data)) == data


def test_rfc_7515_appendix_c():
    assert base64url.encode(bytes([3, 236, 255, 224, 193])) == "A-z_4ME"


@given(st.text(max_size=12))
def test_whatever_is_accepted_has_exactly_one_form(text):
    try:
        data = base64url.decode(text)
    except Malformed:
        return
    assert base64url.encode(data) == text


@pytest.mark.parametrize("text", ["AA==", "A", "AB", "A+/A", "AA\n", " AAA", "ＡＡ", "A\ud800"])
def test_padding_stray_bits_and_other_alphabets_are_refused(text):
    with pytest.raises(Malformed):
        base64url.decode(text)


@pytest.mark.parametrize("told", ["", "AA", "AAAA=", 7, None, ["AAAA"]])
def test_exactly_so_many_bytes_or_none(told):
    assert base64url.decode_exactly("AAAA", 3) == bytes(3)
    with pytest.raises(Malformed):
        base64url.decode_exactly(told, 3)
