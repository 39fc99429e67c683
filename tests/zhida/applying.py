"""A hub that decides applications; registry, portal and treasury are one file (``applicant_office``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from exchange import audit
from matters import promise_file
from matters.facts import Facts
from matters.grants import Grants
from tests.matters.test_application_check import ID
from tests.zhida import applicant_office, small_grants
from tests.zhida.applicant_office import ALIAS, Office
from tests.zhida.endpoint import FUND, USCC, Endpoint, agreement
from zhida import hub
from zhida.application_decision import Rules
from zhida.firm_facts import Firm

MATTERS = "[grant-application, grant-award]"
GOOD: Facts = {
    "district": "320114",
    "founded": date(2026, 2, 1),
    "rd_y1": 100_000_000,
    "tax_clean": True,
    "insured": 11,
    "insured_y1": 10,
}
PERSON = ["王示例", ID, "legal-person"]
_APPLY = (
    "/channel", "/number", "/policy", "/firm/*", "/applicant/*", "/promise", "/promise_version",
    "/payee/*", "/materials/*",
)  # fmt: skip
_TOLD = (
    "/id", "/application", "/policy", "/title", "/version", "/firm/*", "/on", "/outcome",
    "/outcome_zh", "/because", "/amount_fen", "/stages/*", "/deficiencies/*", "/unmet/*",
    "/exclusions/*",
)  # fmt: skip


def _system(name: str, unit: str, operation: str) -> str:
    return (
        f"system: {name}\ntitle: {name}\nunit: {unit}\nadapter: {ALIAS}\nconnection: office\n"
        f"options: {{operations: [{operation}]}}\n"
    )


FILES = {
    **FUND,
    "systems/registry.yaml": _system("registry", "registry", "verify_applicant"),
    "systems/portal.yaml": _system("portal", "enterprise-services", "push_policy, ask_confirmation"),
    "systems/treasury.yaml": _system("treasury", "finance", "pay_award"),
    "systems/oa.yaml": _system("oa", "enterprise-services", "").replace(ALIAS, "oa"),
    "agreements/a.yaml": agreement("a", "portal-office", "hub", "grant-application", *_APPLY),
    "agreements/b.yaml": agreement("b", "hub", "portal-office", "grant-decision", *_TOLD),
    "agreements/g.yaml": agreement("g", "hub", "credit", "grant-decision", *_TOLD),
    "agreements/c.yaml": agreement(
        "c", "hub", "registry", "grant-application",
        "/firm/uscc", "/applicant/id_number", "/applicant/name", "/applicant/role",
    ),
    "agreements/f.yaml": agreement(
        "f", "enterprise-services", "registry", "grant-application",
        "/firm/uscc", "/applicant/id_number", "/applicant/name", "/applicant/role",
    ),
    "agreements/d.yaml": agreement("d", "registry", "hub", "applicant-check", "/firm/uscc", "/applicant/id_number", "/matches"),
    "agreements/e.yaml": agreement(
        "e", "hub", "enterprise-services", "grant-notice",
        "/id", "/about", "/firm/*", "/policy", "/title", "/text", "/amount_fen",
    ),
}  # fmt: skip


@dataclass
class Deciding:
    """The hub, what it goes by, and what a test states of firms."""

    endpoint: Endpoint
    office: Office
    facts: dict[str, Facts]
    rules: Rules


@dataclass(frozen=True)
class Wanted:
    """The site that a test has in mind."""

    files: Mapping[str, str]
    matters: str = MATTERS
    lines: Mapping[str, Mapping[str, Any]] | None = None
    """Connections beside the office's."""
    adapters: tuple[str, ...] = (ALIAS,)
    """For which the office stands."""


@contextmanager
def opened(folder: Path, wanted: Wanted, catalogue: Grants | None = None) -> Iterator[Deciding]:
    """Its ledger is whole at the end."""
    known: Any = hub.ADAPTERS
    before = {name: known[name] for name in wanted.adapters if name in known}
    known |= dict.fromkeys(wanted.adapters, "tests.zhida.applicant_office")
    books, town = folder / "office.json", folder / "town"
    books.write_text(applicant_office.empty(people={USCC: [PERSON]}), "utf-8")
    town.mkdir(exist_ok=True)
    lines = {"office": {"host": str(books)}, **(wanted.lines or {})}
    endpoint = Endpoint(town, wanted.files, wanted.matters, lines)
    facts: dict[str, Facts] = {USCC: GOOD}

    def facts_of(uscc: str) -> Firm | None:
        return Firm(facts[uscc], "snapshot-1", {}) if uscc in facts else None

    policies = catalogue or small_grants.load(folder / "policies")
    rules = Rules(endpoint.hub, policies, facts_of, promise_file.load())
    office = Office(applicant_office.declared({"operations": []}), books)
    try:
        yield Deciding(endpoint, office, facts, rules)
        told = audit.verify(endpoint.hub.store, endpoint.hub.signer.public, endpoint.hub.site.name)
        assert told.problems == []
    finally:
        for name in wanted.adapters:
            del known[name]
        known |= before
        endpoint.hub.close()
