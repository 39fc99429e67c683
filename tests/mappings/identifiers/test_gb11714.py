"""Organisation codes, alone and within a credit code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from mappings.check_digits import gb11714_check
from mappings.identifiers import gb11714, gb32100

BODIES = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8)


@pytest.mark.parametrize("code", ["D2143569-X", "M000100Y-4", "75591846-9", "19231745-8"])
def test_published_codes_with_and_without_their_dash(code: str) -> None:
    assert gb11714.validate(code) == code.replace("-", "")
    assert gb11714.format(code.replace("-", "").lower()) == code


@given(BODIES)
def test_every_body_with_its_check_character_is_valid(body: str) -> None:
    code = body + gb11714_check(body)
    assert gb11714.validate(f"{code[:8]}—{code[8]}") == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("M000100Y", "identifier.wrong-length"),
        ("M000100Y-44", "identifier.wrong-length"),
        ("M000100Y-A", "identifier.wrong-characters"),
        ("M000100张4", "identifier.wrong-characters"),
        ("M000100Y-5", "identifier.wrong-check-digit"),
    ],
)
def test_what_is_refused(written: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        gb11714.validate(written)
    assert caught.value.code == code


@pytest.mark.parametrize("code", ["91330000755918469E", "91440300192317458F", "91350100M000100Y43"])
def test_it_is_positions_9_to_17_of_a_credit_code(code: str) -> None:
    assert gb11714.validate(gb32100.organisation_code(code)) == code[8:17]
