"""Divisions of medical insurance are not those of GB/T 2260, however alike they look."""

import pytest

from mappings.codes import scheme
from mappings.identifiers import medical_insurance_division as division


def test_a_division_that_gb_t_2260_lacks_is_valid() -> None:
    for code in ("421099", "320199"):
        assert code not in scheme("gb_t_2260").codes
        assert division.validate(code) == code
        assert division.warnings(code) == ()


def test_full_width_digits_are_undone() -> None:
    assert division.validate(" ３２０１１７") == "320117"


@pytest.mark.parametrize("written", ["32011", "320117000000", "32O117", ""])
def test_another_form_is_refused(written: str) -> None:
    assert not division.is_valid(written)
