"""The division within an identifier: told where our list is complete, and nowhere else."""

import pytest

from mappings.identifiers import areas


def test_the_thirty_four_provinces_are_known() -> None:
    assert len([n for n in range(100) if areas.is_province(f"{n:02}")]) == 34


@pytest.mark.parametrize("division", ["320117", "320103", "320124", "510104", "100000", "830000"])
def test_old_foreign_and_national_divisions_are_no_reason_to_look(division: str) -> None:
    assert areas.is_known(division) == (division != "830000")


def test_a_district_that_nanjing_never_had() -> None:
    assert not areas.is_known("320199")
