"""The identifier of an electronic certificate: its form, and a check character that warns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from mappings.check_digits import iso7064_mod_37_36
from mappings.identifiers import e_certificate

BODY = "1.2.156.3005.2.11100000000013338V009.12320117MB1A000017.X320117001.001"
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_a_made_one_is_valid_and_fits():
    made = e_certificate.with_check(BODY)
    assert e_certificate.validate(f" {made.lower()} ") == made
    assert e_certificate.fits(made)


@pytest.mark.parametrize(
    "text",
    [
        "",
        BODY,
        "1.2.156.3005.3.A.12320117MB1A000017.X1.001.0",
        "1.2.156.3005.2.A.12320117MB1A00001.X1.001.0",
        "1.2.156.3005.2.A.12320117MB1A000017.X1.1.0",
        "1.2.156.3005.2.A.12320117MB1A000017.张.001.0",
    ],
)
def test_another_form_is_invalid(text):
    with pytest.raises(Invalid) as caught:
        e_certificate.validate(text)
    assert caught.value.code == "identifier.wrong-characters"


@given(st.text(LETTERS, min_size=1, max_size=40), st.data())
def test_one_wrong_character_is_always_noticed(text, data):
    check = iso7064_mod_37_36(text)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(LETTERS.replace(text[place], "")))
    assert iso7064_mod_37_36(text[:place] + other + text[place + 1 :]) != check


def test_published_check_characters():
    assert iso7064_mod_37_36("A12425GABC1234002") == "M"
    with pytest.raises(ValueError, match="37,36"):
        iso7064_mod_37_36("a")


def test_a_wrong_check_or_issuer_is_warned_of_and_never_refused():
    made = e_certificate.with_check(BODY)
    assert e_certificate.warnings(made) == ()
    other = made[:-1] + ("0" if made[-1] != "0" else "1")
    assert e_certificate.validate(other) == other
    assert [w.code for w in e_certificate.warnings(other)] == ["identifier.check-digit-differs"]
    issuer = e_certificate.with_check(BODY.replace("12320117MB1A000017", "12320117MB1A000018"))
    assert [w.code for w in e_certificate.warnings(issuer)] == ["identifier.inner-check-digit"]
