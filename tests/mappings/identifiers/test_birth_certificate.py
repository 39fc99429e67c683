"""Birth certificate numbers: one letter, nine digits, no check digit to rely on."""

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
