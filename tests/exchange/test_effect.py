"""One business event has one key, for ever, and no other event has it (G2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.effect import content_digest, effect_key, identity
from exchange.errors import Invalid
from exchange.ports import Operation
from exchange.vault import Vault

pytestmark = pytest.mark.guarantee("G2")

PAY = Operation("pay", "发放", identity=("grant/id",), occurrence=("grant/month",))
GRANT = {"grant": {"id": "G1", "month": "2026-03", "amount": 5000}}


def test_the_key_is_permanent_and_blind_to_all_but_identity(vault: Vault) -> None:
    first = effect_key(vault.tag, "treasury", PAY, GRANT)
    later = {"grant": {"id": "G1", "month": "2026-03", "amount": 1}, "other": {"x": "y"}}
    assert effect_key(vault.tag, "treasury", PAY, later) == first
    assert len(first) == 32
    assert int(first, 16) >= 0


def test_any_other_system_operation_identity_or_occurrence_has_another_key(vault: Vault) -> None:
    told = [
        ("treasury", PAY, GRANT),
        ("treasury2", PAY, GRANT),
        ("treasury", replace(PAY, name="amend"), GRANT),
        ("treasury", PAY, {"grant": {"id": "G2", "month": "2026-03"}}),
        ("treasury", PAY, {"grant": {"id": "G1", "month": "2026-04"}}),
    ]
    assert len({effect_key(vault.tag, *each) for each in told}) == len(told)


parts = st.lists(st.text(max_size=4), min_size=1, max_size=4)


@given(parts, parts)
def test_no_two_lists_of_parts_run_into_one(vault: Vault, one: list[str], two: list[str]) -> None:
    try:
        tags = vault.tag(*one), vault.tag(*two)
    except UnicodeEncodeError:
        return  # text that has no bytes is refused before (canonical)
    assert (tags[0] == tags[1]) == (one == two)


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"grant": {}},
        {"grant": {"id": "G1"}},
        {"grant": {"id": "", "month": "2026-03"}},
        {"grant": {"id": " \u3000", "month": "2026-03"}},
        {"grant": {"id": {"no": "G1"}, "month": "2026-03"}},
        {"grant": {"id": ["G1"], "month": "2026-03"}},
    ],
)
def test_a_thing_that_cannot_be_told_from_others_has_no_key(inputs: Any) -> None:
    with pytest.raises(Invalid) as refused:
        identity(PAY, inputs)
    assert "grant/" in str(refused.value.facts["path"])
    assert "G1" not in str(refused.value)


def test_an_operation_without_identity_has_no_key() -> None:
    with pytest.raises(Invalid, match="no-identity"):
        identity(Operation("x", "x"), GRANT)


def test_numbers_identify_too() -> None:
    order = Operation("x", "x", identity=("a/n", "a/zero", "a/flag"))
    assert identity(order, {"a": {"n": 7, "zero": 0, "flag": False}}) == ("7", "0", "False")


def test_the_content_digest_tells_any_change_and_is_keyed(vault: Vault, tmp_path: Any) -> None:
    first = content_digest(vault.tag, GRANT)
    assert content_digest(vault.tag, {"grant": dict(reversed(GRANT["grant"].items()))}) == first
    assert content_digest(vault.tag, {"grant": GRANT["grant"] | {"amount": 5001}}) != first
    assert content_digest(vault.tag, {"grants": GRANT["grant"]}) != first
    assert content_digest(Vault(tmp_path, b"another").tag, GRANT) != first


numbers = st.lists(
    st.from_regex(r"[A-Z][0-9]{3}", fullmatch=True), min_size=1, max_size=6, unique=True
)


@given(numbers)
def test_a_number_that_was_issued_anew_has_the_key_of_the_first(
    vault: Vault, chain: list[str]
) -> None:
    register = Operation("register", "登记", identity=("birth/certificate/number",))
    roots = {("/certificate/number", each): chain[0] for each in chain[1:]}
    keys = {
        effect_key(vault.tag, "police", register, {"birth": _numbered(each)}, roots=roots)
        for each in chain
    }
    assert keys == {effect_key(vault.tag, "police", register, {"birth": _numbered(chain[0])})}
    other = effect_key(vault.tag, "police", register, {"birth": _numbered("a-1")}, roots=roots)
    assert other not in keys


def _numbered(number: str) -> dict[str, dict[str, str]]:
    return {"certificate": {"number": number}}
