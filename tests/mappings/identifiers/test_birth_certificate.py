"""Birth certificate numbers: one letter, nine digits, no check digit to rely on."""

from datetime import date

import pytest

from exchange.errors import Invalid
from mappings.identifiers import birth_certificate


@pytest.mark.parametrize(
    "written", ["X320117001", "x320117001", "Ｘ３２０１１７００１", "X 320117001"]
)
def test_one_number_in_its_spellings(written: str) -> None:
    assert birth_certificate.validate(written) == "X320117001"
    assert birth_certificate.format(written) == "X 320117001"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("X32011700", "identifier.wrong-length"),
        ("X3201170012", "identifier.wrong-length"),
        ("3201170011", "identifier.wrong-characters"),
        ("XX20117001", "identifier.wrong-characters"),
    ],
)
def test_what_is_refused(written: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        birth_certificate.validate(written)
    assert caught.value.code == code


def test_the_province_is_warned_of_only() -> None:
    assert (
        birth_certificate.warnings("L350247695") == birth_certificate.warnings("X320101001") == ()
    )
    assert [w.code for w in birth_certificate.warnings("X990101001")] == ["identifier.area-unknown"]


@pytest.mark.parametrize(
    ("signed", "edition"),
    [
        (date(2026, 1, 5), 7),
        (date(2023, 4, 1), 7),
        (date(2023, 3, 31), 6),
        (date(2019, 1, 1), 6),
        (date(2018, 12, 31), 5),
        (date(1996, 1, 1), 1),
        (date(1995, 12, 31), 0),
    ],
)
def test_the_day_of_signing_tells_the_edition(signed: date, edition: int) -> None:
    assert birth_certificate.edition(signed) == edition
