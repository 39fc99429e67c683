"""All firms of a snapshot against all policies that nobody applies for, settled: the night's decisions.

Matched chunk by chunk in Polars; what passes is settled at once, over all firms, since budgets and
groups look at all of it. What is unknown is counted and nothing more: it waits for the next snapshot,
and never counts as no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from exchange.ports import Record
from exchange.store.award_rows import Had
from matters import award_settling, policy_match
from matters.award_claims import Claim, Paid, Settled, Terms
from matters.award_states import RESERVED
from matters.fact_columns import FIRM
from matters.grants import Grants
from matters.match_counts import Counts
from matters.policy import Policy
from zhida import grant_awards
from zhida.grant_awards import HELD

NAME = "registered_name"
ACCOUNT = {"payee_name": "name", "payee_account": "account", "payee_bank": "bank_cnaps"}
"""Fact → field of an account: what a holder has on record, for policies that ask the firm nothing."""
UNASKED = "no-application"
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Past:
    """What has been given, or claimed, before."""

    had: Sequence[Had]
    tag: Callable[[str], str]
    """Of a firm's number: how ``had`` names it."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One night's decisions, as rows of a dataset, sorted by firm, policy and stage."""

    rows: Sequence[Record]
    counts: Mapping[str, Mapping[str, int]]
    """Policy → ``passed``, ``failed``, ``unknown`` (firms), ``matched`` (rows)."""


@dataclass(slots=True)
class _Found:
    claims: list[Claim] = field(default_factory=list)
    about: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Firm → ``name`` and ``account``."""


def decide(
    frames: Iterable[pl.DataFrame],
    grants: Grants,
    day: date,
    past: Past,
    *,
    tell: Tell = lambda _: None,
) -> Decided:
    """``frames``: the snapshot's, with the firm's number as ``FIRM``; ``tell``: firms done so far."""
    policies = [p for p in grants.policies.values() if p.mode == UNASKED]
    counts = Counts(policies)
    found = _matched(frames, policies, day, counts, tell=tell)
    rows = sorted(_rows(found, grants, day, past), key=_key)
    told = {
        n: {"passed": c.passed, "failed": c.failed, "unknown": c.unknown}
        for n, c in counts.of.items()
    }
    for row in rows:
        told[row["policy"]]["matched"] = told[row["policy"]].get("matched", 0) + 1
    return Decided(rows, told)


def _matched(
    frames: Iterable[pl.DataFrame], policies: list[Policy], day: date, counts: Counts, *, tell: Tell
) -> _Found:
    found, plan, done = _Found(), policy_match.plan(policies, day), 0
    for frame in frames:
        for chunk in frame.iter_slices(policy_match.CHUNK):
            matched = policy_match.matched(plan, chunk)
            counts.add(matched)
            _take(found, matched.candidates, chunk, policies, day)
            done += chunk.height
            tell(done)
    return found


def _take(
    found: _Found, candidates: pl.DataFrame, firms: pl.DataFrame, policies: list[Policy], day: date
) -> None:
    versions = {p.name: [v.name for v in p.versions] for p in policies}
    passing = candidates.filter(pl.col("verdict") & (pl.col("amount_fen") > 0))
    columns = ("policy", FIRM, "version", "stage", "amount_fen")
    for policy, firm, version, stage, fen in passing.select(columns).iter_rows():
        found.claims.append(Claim(firm, policy, fen, day, stage, versions[policy][version]))
    there = [name for name in (NAME, *ACCOUNT) if name in firms.columns]
    named = firms.select(FIRM, *there).join(passing.select(FIRM).unique(), on=FIRM, how="semi")
    for row in named.iter_rows(named=True):
        found.about[row[FIRM]] = row


def _rows(found: _Found, grants: Grants, day: date, past: Past) -> Iterator[dict[str, Any]]:
    firms = {past.tag(firm): firm for firm in found.about}
    held = {(h.firm, h.policy, h.stage, h.occurrence) for h in past.had}
    tags = {firm: tag for tag, firm in firms.items()}

    def is_held(claim: Claim) -> bool:
        policy = grants.policies[claim.policy]
        occurrence = grant_awards.occurrence(policy, day)
        return (tags[claim.firm], claim.policy, claim.stage, occurrence) in held

    free = [claim for claim in found.claims if not is_held(claim)]
    for settled in settle(free, grants, past, firms):
        yield _row(settled, found.about[settled.claim.firm])
    for claim in found.claims:
        if is_held(claim):
            yield _row(Settled(claim, 0), found.about[claim.firm], HELD)


def settle(
    claims: list[Claim], grants: Grants, past: Past, firms: Mapping[str, str]
) -> list[Settled]:
    """With what these firms have had, and what all firms have had of each budget."""
    reserved = [h for h in past.had if h.state in RESERVED]
    every = [Paid(h.firm, h.policy, int(h.day[:4]), h.amount_fen, h.stage) for h in reserved]
    mine = [Paid(firms[p.firm], p.policy, p.year, p.fen, p.stage) for p in every if p.firm in firms]
    terms = Terms(grants.policies, grants.groups)
    return award_settling.settle(claims, mine, terms, award_settling.spent(every))


def _row(settled: Settled, about: Mapping[str, Any], code: str = "") -> dict[str, Any]:
    claim = settled.claim
    cuts = [{"reason": c.reason, "fen": c.fen, "by": c.by} for c in settled.cuts]
    last = settled.cuts[-1].reason if settled.cuts and not settled.due else ""
    return {
        "uscc": claim.firm,
        "name": about.get(NAME) or claim.firm,
        "policy": claim.policy,
        "version": claim.version,
        "stage": claim.stage,
        "gross_fen": claim.gross,
        "due_fen": settled.due,
        "cuts": cuts,
        "code": code or last,
        "account": _account(about),
    }


def _account(about: Mapping[str, Any]) -> dict[str, str]:
    """Empty unless all of it is known."""
    known = {to: about.get(name) for name, to in ACCOUNT.items()}
    if not all(known.values()):
        return {}
    return {**{name: str(value) for name, value in known.items()}, "source": "social-insurance"}


def _key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["uscc"], row["policy"], row["stage"]
