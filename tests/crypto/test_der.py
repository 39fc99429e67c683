import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.der import to_der, to_raw
from crypto.errors import BadSignature


@given(st.binary(min_size=64, max_size=64))
def test_raw_and_der_are_two_forms_of_one_signature(raw):
    assert to_raw(to_der(raw)) == raw


@given(st.binary(max_size=80))
def test_whatever_is_accepted_has_exactly_this_form(der):
    try:
        raw = to_raw(der)
    except BadSignature:
        return
    assert to_der(raw) == der


@pytest.mark.parametrize(
    "der",
    [
        "",
        "30",
        "3006020101020101ff",  # something follows
        "300702020001020101",  # padded integer
        "30810602010102 0101",  # length in long form
        "3006028001020101",
        "310602010102 0101",  # a SET
        "300602010102017f00",
        "3003020101",
    ],
)
def test_other_encodings_are_refused(der):
    with pytest.raises(BadSignature):
        to_raw(bytes.fromhex(der))


@pytest.mark.parametrize("size", [0, 63, 65, 128])
def test_a_raw_signature_has_64_bytes(size):
    with pytest.raises(BadSignature):
        to_der(bytes(size))
