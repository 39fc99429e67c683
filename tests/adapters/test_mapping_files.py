"""The mapping files of the adapters: their own tests pass and no source field is forgotten."""

from __future__ import annotations

import pytest

from mappings import compiler

NAMES = [
    "birth_declaration_insurance_settlement",
    "birth_declaration_police_record",
    "citizen_declaration_insurance_input",
    "hospital_adt_birth_record",
    "insurance_output_enrolment",
    "insurance_settlement_birth_expense",
    "oa_form_615_birth_declaration",
    "police_answer_citizen_id",
    "result_oa_form_615",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_keeps_its_word(name: str) -> None:
    mapping = compiler.load(name)
    assert mapping.check() == ()
    assert len(mapping.file.tests) >= 2
