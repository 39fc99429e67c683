"""The mapping files of the adapters: their own tests pass and no source field is forgotten."""

from __future__ import annotations

import pytest

from mappings import compiler

NAMES = [
    "award_payee_credit_transfer",
    "award_payee_treasury_order",
    "award_treasury_recovery",
    "bank_answer_card_account",
    "bank_entry_account_credit",
    "birth_declaration_health_certificate",
    "birth_declaration_insurance_settlement",
    "birth_declaration_police_record",
    "birth_health_immunisation",
    "birth_health_parenting",
    "birth_health_registration",
    "birth_marriage_question",
    "birth_named_marriage_question",
    "camt_entry_account_credit",
    "card_declaration_account_opening",
    "citizen_declaration_card_order",
    "citizen_declaration_identity_card",
    "citizen_declaration_insurance_input",
    "enrolment_declaration_premium",
    "health_answer_birth_certificate",
    "health_answer_immunisation_record",
    "health_answer_parenting_registration",
    "health_answer_registration_voucher",
    "hospital_adt_birth_record",
    "insurance_output_enrolment",
    "insurance_settlement_birth_expense",
    "marriage_row_act",
    "oa_form_615_birth_declaration",
    "police_answer_citizen_id",
    "police_answer_identity_card",
    "result_oa_form_615",
    "social_security_answer_card",
    "tax_answer_premium_payment",
    "treasury_notification_payment",
    "treasury_order_payment",
    "treasury_recovery_row",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_keeps_its_word(name: str) -> None:
    mapping = compiler.load(name)
    assert mapping.check() == ()
    assert len(mapping.file.tests) >= 2
