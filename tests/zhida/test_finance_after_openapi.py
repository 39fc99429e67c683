"""What is described of what follows a loan is what the endpoint has, and its answers are as described."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from exchange.store.finance_loan_rows import LoanRow, ToldRow
from zhida import finance_after_openapi, finance_loan_view
from zhida.finance_loans import Kept

AT = "2026-05-06T01:00:00.000000Z"
LOAN = LoanRow("c", "bank-a", "F1", "r", "l", "2026-05-06", 100, "2026-08-06", "x", AT)
END = ToldRow("c", 1, "M1", "repaid", "2026-05-07", 100, "", "y", "d", AT)


def described() -> dict[str, Any]:
    """All of it as one document of schemas."""
    return {"components": {"schemas": finance_after_openapi.schemas()}}


@pytest.mark.parametrize("messages", [(), (END,)])
def test_where_a_loan_stands_is_told_as_described(messages: tuple[ToldRow, ...]) -> None:
    schema = {"$ref": "#/components/schemas/Loan", **described()}
    told = finance_loan_view.told(Kept(LOAN, messages))
    assert jsonschema_rs.is_valid(schema, told)
    assert not jsonschema_rs.is_valid(schema, told | {"state": "lost"})


def test_what_a_bank_sends_is_described_without_what_the_hub_writes() -> None:
    schemas = finance_after_openapi.schemas()
    for name in ("NewLoan", "LoanMessage"):
        assert not {"id", "bank"} & schemas[name]["properties"].keys()
        assert not {"id", "bank"} & set(schemas[name]["required"])
