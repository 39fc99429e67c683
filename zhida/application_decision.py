"""The decision on one application: worked out from what is known now, or what it still waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from exchange.errors import Problem
from exchange.ports import Record
from exchange.problems import describe
from matters import (
    application_check,
    exclusion_words,
    missing_facts,
    policy_decision,
    policy_words,
)
from matters.award_claims import Settled, Terms
from matters.facts import Fact
from matters.grants import Grants
from matters.policy import Policy
from matters.policy_decision import Decision
from matters.policy_lines import Told
from matters.promise_file import Promise
from zhida import application_case, application_settling, application_words, grant_questions
from zhida.application_case import CHECK, MATTER, Application
from zhida.firm_facts import FactsOf, Firm
from zhida.grant_questions import Said
from zhida.hub import Hub

OUTCOMES = {
    "granted": "予以奖补",
    "refused": "不符合条件",
    "deficient": "材料需补正",
    "nothing-due": "无应付金额",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to the firm."""

    policy: Policy
    facts: tuple[Fact, ...]
    number: int
    """Which round of questions it is."""


@dataclass(frozen=True, slots=True)
class Pending:
    """待核实: nobody has said no; somebody has still to say something."""

    waiting_for: tuple[Mapping[str, str], ...]
    """``holder`` and ``title`` of whom, and of which fact; ``asked: firm`` where the firm may say it too."""
    ask: Ask | None = None
    """What the firm is to be asked for now."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is decided by. Thread-safe."""

    hub: Hub
    known: Grants
    facts_of: FactsOf
    promise: Promise


def decide(rules: Rules, application: Application) -> Record | Pending:
    """The ``grant-decision`` record, or who has to say something first.

    All deficiencies are told at once, so the registry's word on who applies is waited for.
    """
    found = _decided(rules, application)
    if isinstance(found, Pending):
        return found
    return {**found, "text": application_words.whole(found)}


def _decided(rules: Rules, application: Application) -> Record | Pending:
    policy = rules.known.policies.get(str(application.record["policy"]))
    matches = _matches(rules.hub, application)
    if matches is None and _asks(application):
        registry = rules.hub.site.matter(MATTER).items[CHECK].unit
        return Pending((_named(rules.hub, registry, "申请人身份"),))
    wrong = application_check.deficiencies(
        application.record, policy, rules.promise, application.day, matches=matches
    )
    if wrong or policy is None:
        return _record(application, policy, "deficient") | _deficient(wrong)
    return _by_policy(rules, application, policy)


def _asks(application: Application) -> bool:
    return application.check is not None and application.check.state != "skipped"


def _matches(hub: Hub, application: Application) -> bool | None:
    found = application_case.document(hub, application, CHECK)
    return None if found is None else found.record.get("matches") is True


def _by_policy(rules: Rules, application: Application, policy: Policy) -> Record | Pending:
    uscc = str(application.record["firm"]["uscc"])
    firm = rules.facts_of(uscc) or Firm({}, "")
    said = grant_questions.said(rules.hub, rules.known.facts, application.case)
    facts = said.values(firm.facts)
    decision = policy_decision.decide(policy, facts, application.day)
    if decision.verdict == "unknown":
        missing = missing_facts.missing(policy, decision, facts)
        return _pending(rules, policy, missing, replace(said, may_ask=bool(firm.snapshot)))
    declared = said.counted(firm.facts, rules.known.facts)
    told = _record(application, policy, "refused") | {
        "policy_digest": policy.digest,
        "because": _because(rules, policy, decision),
        **({"snapshot": firm.snapshot} if firm.snapshot else {}),
        **({"version": decision.version.name} if decision.version else {}),
        **({"declared": declared} if declared else {}),
    }
    if decision.verdict == "fail" or decision.version is None:
        return told | _unmet(decision)
    return told | _due(rules, application_settling.settled(rules.hub, rules.known, decision, uscc))


def _pending(rules: Rules, policy: Policy, missing: Sequence[str], said: Said) -> Pending:
    known = rules.known.facts
    wanted = grant_questions.to_ask(policy, missing, known, said)
    named = [
        {**_named(rules.hub, known[name].holder, known[name].title), "fact": name}
        | ({"asked": "firm"} if name in said.open else {})
        for name in missing
    ]
    waits = tuple(named) or (_named(rules.hub, policy.department, "人工核实"),)
    ask = Ask(policy, tuple(known[name] for name in wanted), said.rounds + 1) if wanted else None
    return Pending(waits, ask)


def _named(hub: Hub, unit: str, title: str) -> dict[str, str]:
    known = hub.site.units.get(unit)
    return {"holder": unit, "holder_title": known.title if known else unit, "title": title}


def _record(application: Application, policy: Policy | None, outcome: str) -> dict[str, Any]:
    told = application.record
    name = told["firm"].get("name") or told["firm"]["uscc"]
    promised = told.get("promise_version") if told.get("promise") is True else None
    return {
        "id": application.case,
        "application": told["number"],
        "channel": told["channel"],
        "policy": told["policy"],
        "title": policy.title if policy else told["policy"],
        "firm": {"uscc": told["firm"]["uscc"], "name": name},
        "on": application.day.isoformat(),
        "outcome": outcome,
        "outcome_zh": OUTCOMES[outcome],
        **({"promise_version": promised} if promised else {}),
    }


def _deficient(wrong: Sequence[Problem]) -> dict[str, Any]:
    told = [(each.code, *describe(each.code, each.facts)) for each in wrong]
    listed = [{"code": code, "what": what, "remedy": remedy} for code, what, remedy in told]
    return {"because": f"共 {len(wrong)} 项需要补正", "deficiencies": listed}


def _because(rules: Rules, policy: Policy, decision: Decision) -> str:
    """Clauses only: whoever reads the decision sees no value in it."""
    told = Told(rules.known.facts, lambda _: False, {})
    return policy_words.explain(policy, decision, told).because


def _unmet(decision: Decision) -> dict[str, Any]:
    if decision.version is None:
        return {}
    clauses = dict.fromkeys(test.clause for test in decision.hinges)
    texts = decision.version.clauses
    listed = [{"clause": clause, "text": texts[clause]} for clause in clauses]
    return {"unmet": listed} if listed else {}


def _due(rules: Rules, settled: Sequence[Settled]) -> dict[str, Any]:
    total = sum(each.due for each in settled)
    outcome = "granted" if total else "nothing-due"
    told: dict[str, Any] = {"outcome": outcome, "outcome_zh": OUTCOMES[outcome]}
    terms = Terms(rules.known.policies, rules.known.groups)
    told["stages"] = [_stage(terms, each) for each in settled]
    if excluded := exclusion_words.told(settled, terms):
        told["exclusions"] = excluded
    if total:
        return told | {"amount_fen": total}
    reasons = (application_settling.reason(each, terms) for each in settled)
    return told | {"because": "；".join(filter(None, reasons))}


def _stage(terms: Terms, settled: Settled) -> dict[str, Any]:
    less = application_settling.reason(settled, terms)
    stage = settled.claim.stage
    told: dict[str, Any] = {"amount_fen": settled.due} | ({"stage": stage} if stage else {})
    return told | ({"less": less} if less else {})
