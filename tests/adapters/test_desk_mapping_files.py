"""The forms of the units' work: every file keeps its word and fits the OA's own columns."""

from __future__ import annotations

import pytest

from adapters import desk
from mappings import compiler
from sandbox.oa_unit_forms import UNIT_FORMS
from tests.adapters.desk_operations import GRANTS, OPERATIONS, SITE, SYSTEMS

FLOWS = {str(flow.id): flow for flow in UNIT_FORMS}
OWN = {"ywlsh", "sxmc", "sxnr", "blr", "bljg", "blyj"}


@pytest.mark.parametrize("part", ["form", "result"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_file_keeps_its_word(operation: str, part: str) -> None:
    mapping = compiler.load(f"desk_{operation}_{part}")
    assert mapping.check() == ()
    assert len(mapping.file.tests) >= 2


def test_no_shipped_form_is_without_its_operation() -> None:
    shipped = {name for name in compiler.names() if name.startswith("desk_")}
    grants = {name for options in GRANTS.values() for name in options["operations"]}
    known = OPERATIONS.keys() | grants
    assert shipped == {f"desk_{name}_{part}" for name in known for part in ("form", "result")}
    assert len(OPERATIONS) == len(FLOWS) == 14


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_columns_are_those_of_the_workflow(operation: str) -> None:
    told = OPERATIONS[operation]
    columns = {column.name for column in FLOWS[told["workflow"]].columns} - OWN
    read = compiler.load(told["record"]).file.inputs[""]
    filled = {rule.to[1:] for rule in compiler.load(told["mapping"]).file.rules}
    assert {path[1:] for path in read} == columns
    assert filled <= columns


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_example_site_s_desks_have_no_mistake(system: str) -> None:
    assert desk.mistakes(SYSTEMS[system], SITE) == []


def _reads(operation: str) -> set[str]:
    rules = compiler.load(f"desk_{operation}_form").file.rules
    return {path for rule in rules for path in rule.paths()}


def test_each_unit_sees_only_what_it_needs() -> None:
    assert _reads("birth_record") == {"/declaration/certificate/number"}
    assert _reads("verify_marriage") == {"/birth/mother/id_number", "/birth/father/id_number"}
    assert _reads("pay_premium") == {
        "/enrolment/person_number",
        "/enrolment/premium/year",
        "/enrolment/premium/amount_fen",
        "/declaration/applicant/name",
        "/declaration/applicant/id_number",
    }
    assert not any(path.startswith("/birth") for path in _reads("open_card_account"))
    assert "/citizen/birth_date" not in _reads("open_card_account")
    for operation in ("enrol", "order_card", "apply_identity_card"):
        assert not any(path.startswith("/birth") for path in _reads(operation)), operation
