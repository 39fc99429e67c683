"""The codes that a bank is told of: known, of the status that the endpoint gives them, and none forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange import errors
from exchange.errors import Forbidden, ZhidaError
from exchange.problems import catalogue
from zhida import finance_openapi, serve_problem
from zhida.finance_codes import CODES

ROOT = Path(__file__).resolve().parents[2]
LISTED = [(status, code) for status, codes in CODES.items() for code in codes]
RAISED = re.compile(
    r'\b(Forbidden|Invalid|NotYet|Rejected|Retriable|Fatal|Problem)\(\s*"([a-z.-]+)"'
)
SOURCES = (
    *(f"zhida/finance_{name}.py" for name in ("access", "cover", "letters", "served", "token")),
    *(f"zhida/finance_{name}.py" for name in ("datasets", "prints", "requests", "claims", "feed")),
    *(f"zhida/finance_{name}.py" for name in ("after_served", "loans", "loan_telling")),
    *("zhida/finance_reconciling.py", "matters/finance_loan.py"),
    *(f"zhida/serve_{name}.py" for name in ("body", "clients", "door", "problem", "route")),
    *("connectors/http_line.py", "connectors/http_server.py"),
    *("exchange/agreement.py", "exchange/transfer.py", "exchange/canonical.py"),
    "exchange/revocation.py",
)
BECOME = {
    "serve.out-of-order": "Fatal",
    "finance.unknown-dataset": "Invalid",
    **{
        code: "Rejected"
        for _, code in RAISED.findall((ROOT / "matters/finance_loan.py").read_text("utf-8"))
    },
}
"""What a problem alone becomes, where that is no refusal."""
NOT_TOLD = {
    "finance.no-letter",  # an operator's
    "serve.weak-token",  # nobody listens then
    "http.address",
    "agreement.no-consent",  # its document needs none
    "canonical.key-not-text",  # no JSON has such
}


def raised() -> Iterator[tuple[str, str]]:
    for name in SOURCES:
        yield from RAISED.findall((ROOT / name).read_text("utf-8"))


@pytest.mark.parametrize(("status", "code"), LISTED)
def test_a_code_is_known_and_has_the_status_that_the_endpoint_gives_it(
    status: int, code: str
) -> None:
    assert catalogue()[code]["remedy_zh"]
    kinds = {kind for kind, each in raised() if each == code}
    assert kinds, "nobody raises it"
    ours = BECOME.get(code, "Forbidden")
    for kind in kinds - {"Problem"} or {ours}:
        error: type[ZhidaError] = getattr(errors, kind, Forbidden)
        assert serve_problem.status_of(error(code)) == status


def test_none_is_forgotten() -> None:
    told = {code for _, code in raised() if code.startswith(("finance.", "serve.", "http."))}
    told |= {code for _, code in raised() if code.startswith(("agreement.", "canonical."))}
    assert told - {code for _, code in LISTED} == NOT_TOLD


def test_they_are_in_order_and_each_stands_once() -> None:
    codes = [code for _, code in LISTED]
    assert len(codes) == len(set(codes))
    assert list(CODES) == sorted(CODES)
    assert all(list(each) == sorted(each) for each in CODES.values())


def test_their_statuses_are_those_of_the_description() -> None:
    told = {int(code) for code in finance_openapi.document()["components"]["responses"]}
    assert CODES.keys() - {405} == told  # a method that is not there is no operation
