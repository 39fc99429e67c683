"""Unified social credit codes: every registrar of the alphabet, and the whole last character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from mappings.check_digits import gb32100_check
from mappings.codes import scheme
from mappings.identifiers import gb32100

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BODIES = st.from_regex(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{9}}", fullmatch=True)


@pytest.mark.parametrize("code", ["91330000755918469E", "91440300192317458F", "91350100M000100Y43"])
def test_published_examples_are_valid(code: str) -> None:
    assert gb32100.validate(code) == code


@given(BODIES)
def test_every_body_with_its_check_character_is_valid(body: str) -> None:
    code = body + gb32100_check(body)
    assert gb32100.validate(code.lower()) == code
    assert gb32100.compact(gb32100.format(code)) == code


@pytest.mark.parametrize("registrar", list("ANY"))
def test_registrars_that_other_validators_refuse(registrar: str) -> None:
    body = f"{registrar}1320117MB1A00001"
    assert gb32100.is_valid(body + gb32100_check(body))


def test_letters_typed_for_digits_are_refused_and_not_corrected() -> None:
    with pytest.raises(Invalid) as caught:
        gb32100.validate("9135O100M000100Y43")
    assert caught.value.code == "identifier.wrong-characters"


@given(BODIES, st.integers(0, 16), st.integers(1, 30))
def test_one_mistyped_character_is_always_noticed(body: str, place: int, shift: int) -> None:
    code = body + gb32100_check(body)
    wrong = ALPHABET[(ALPHABET.index(code[place]) + shift) % 31]
    assert not gb32100.is_valid(code[:place] + wrong + code[place + 1 :])


def test_a_nine_character_organisation_code_is_not_a_credit_code() -> None:
    with pytest.raises(Invalid) as caught:
        gb32100.validate("M000100Y-4")
    assert caught.value.code == "identifier.wrong-length"


def warned(body: str) -> list[str]:
    return [each.code for each in gb32100.warnings(body + gb32100_check(body))]


@pytest.mark.parametrize("code", sorted(scheme("gb_32100_class").codes))
def test_every_registrar_and_class_that_the_standard_lists_is_valid_without_a_warning(
    code: str,
) -> None:
    assert warned(f"{code}320117M000100Y4") == []


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("91100000M000100Y4", []),
        ("91320103M000100Y4", []),
        ("94320117M000100Y4", ["identifier.class-unknown"]),
        ("Y9320117M000100Y4", ["identifier.class-unknown"]),
        ("91320199M000100Y4", ["identifier.area-unknown"]),
        ("91320117M000100Y5", ["identifier.inner-check-digit"]),
    ],
)
def test_what_is_odd_is_warned_of_and_never_refused(body: str, codes: list[str]) -> None:
    assert warned(body) == codes


def test_the_last_character_is_any_of_the_thirty_one() -> None:
    seen = {gb32100_check(f"91320117MB1A{n:05}") for n in range(200)}
    assert seen == set(ALPHABET)


@given(st.text(st.characters(max_codepoint=127), max_size=24))
def test_plain_ascii_is_compacted_as_any_other_text_is(text: str) -> None:
    assert gb32100.compact(text) == gb32100.compact(text + "\u200b")
