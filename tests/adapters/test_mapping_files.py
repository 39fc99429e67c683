"""The mapping files of the adapters: their own tests pass and no source field is forgotten."""

from __future__ import annotations

import pytest

from mappings import compiler

NAMES = [
    "birth_declaration_insurance_settlement",
    "birth_declaration_police_record",
    "birth_marriage_question",
    "birth_named_marriage_question",
    "citizen_declaration_insurance_input",
    "enrolment_declaration_premium",
    "hospital_adt_birth_record",
    "insurance_output_enrolment",
    "insurance_settlement_birth_expense",
    "marriage_row_act",
    "oa_form_615_birth_declaration",
    "police_answer_citizen_id",
    "result_oa_form_615",
    "tax_answer_premium_payment",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_keeps_its_word(name: str) -> None:
    mapping = compiler.load(name)
    assert mapping.check() == ()
    assert len(mapping.file.tests) >= 2
