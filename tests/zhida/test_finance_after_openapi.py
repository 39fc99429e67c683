"""What is described of what follows a loan is what the endpoint has, and its answers are as described."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from exchange.store.finance_loan_rows import LoanRow, ToldRow
from mappings.shapes import SHIPPED
from zhida import finance_after_openapi, finance_after_served, finance_loan_view
from zhida.finance_loans import Kept

AT = "2026-05-06T01:00:00.000000Z"
LOAN = LoanRow("c", "bank-a", "F1", "r", "l", "2026-05-06", 100, "2026-08-06", "x", AT)
END = ToldRow("c", 1, "M1", "repaid", "2026-05-07", 100, "", "y", "d", AT)


def described() -> dict[str, Any]:
    """All of it as one document of schemas."""
    return {"components": {"schemas": finance_after_openapi.schemas(SHIPPED)}}


def test_every_route_is_described_and_nothing_else() -> None:
    class Site:
        matters = (finance_after_served.MATTER,)

    class Hub:
        site = Site

    class Desk:
        hub = Hub

    routes = finance_after_served.routes(Desk)  # type: ignore[arg-type]
    there = {(route.pattern, route.method.lower()) for route in routes}
    told = {
        (path, method)
        for path, about in finance_after_openapi.paths().items()
        for method in about
        if method != "parameters"
    }
    assert told == there


@pytest.mark.parametrize("messages", [(), (END,)])
def test_where_a_loan_stands_is_told_as_described(messages: tuple[ToldRow, ...]) -> None:
    schema = {"$ref": "#/components/schemas/Loan", **described()}
    told = finance_loan_view.told(Kept(LOAN, messages))
    assert jsonschema_rs.is_valid(schema, told)
    assert not jsonschema_rs.is_valid(schema, told | {"state": "lost"})


def test_what_a_bank_sends_is_described_without_what_the_hub_writes() -> None:
    schemas = finance_after_openapi.schemas(SHIPPED)
    for name in ("NewLoan", "LoanMessage"):
        assert not {"id", "bank"} & schemas[name]["properties"].keys()
        assert not {"id", "bank"} & set(schemas[name]["required"])
