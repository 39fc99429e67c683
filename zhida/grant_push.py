"""政策找企业: each firm is told of a policy that it qualifies for, once for each version of the policy.

The snapshot is matched as for a run, also against the policies that are applied for. A notice is a case
of its own (matter ``grant-push``) under a number that policy, version and firm make: so it is sent once,
whatever the way (``push_channels``), within that system's limits, its receipt is kept, and a firm that has
opted out is left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

from exchange import times
from exchange.store import award_rows, document_rows
from matters import money
from matters.grants import Grants
from matters.parts import OWN
from matters.policy import Policy
from zhida import grant_awards, grant_people, own_opening
from zhida.hub import Hub
from zhida.own_opening import CHUNK, Own
from zhida.push_channels import MATTER, OFFICER, SMS, Channels

if TYPE_CHECKING:
    import polars as pl

    from zhida.snapshot import Snapshot

KIND = "grant-notice"
MOST = 20_000
"""Notices of one step: what is over waits for the next, so that no morning brings a flood."""
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Fit:
    """A firm that qualifies for a version of a policy, with all stages together."""

    policy: Policy
    version: str
    uscc: str
    name: str
    fen: int


@dataclass(frozen=True, slots=True)
class Way:
    """How a policy's firms are told."""

    via: str
    officer: str = ""
    """The number in the OA of who speaks with them, where a person does."""


@dataclass(frozen=True, slots=True)
class Pushing:
    """One step of pushing."""

    hub: Hub
    grants: Grants
    channels: Channels
    tell: Tell = lambda _: None

    def push(self, frozen: Snapshot, most: int = MOST) -> dict[str, int]:
        """How many were ``pushed`` (are on their way), ``known`` (told before), ``held`` (have it)."""
        day = times.civil_day(times.instant(frozen.as_of))
        words = Counter({"pushed": 0, "known": 0, "held": 0, "left": 0})
        ways = self._ways()
        if not ways:
            return dict(words)
        into, held = own_opening.stream(self.hub, MATTER, KIND), self._held()
        for chunk in _chunks(self._fits(frozen, day, ways)):
            free = [fit for fit in chunk if self._claim(fit, day) not in held]
            new = list(self._unknown(free))
            taken = new[: most - words["pushed"]]
            made = own_opening.take_all(into, [self._own(fit, ways) for fit in taken])
            words["pushed"] += made["opened"]
            words["known"] += len(free) - len(new) + made["known"]
            words["held"] += len(chunk) - len(free)
            words["left"] += len(new) - len(taken)
            self.tell(words.total())
        return dict(words)

    def _ways(self) -> dict[str, Way]:
        """Of each policy that is pushed at all. ``Invalid`` where no officer is named."""
        named = {name: self.channels.of(name) for name in self.grants.policies}
        ways = {name: Way(via) for name, via in named.items() if via}
        by_person = [name for name, via in named.items() if via == OFFICER]
        if by_person:
            people = grant_people.of_site(self.hub.site)
            departments = {name: self.grants.policies[name].department for name in by_person}
            ways |= {n: Way(OFFICER, people.officer(unit)) for n, unit in departments.items()}
        return ways

    def _held(self) -> frozenset[tuple[str, str, str]]:
        """Firm, policy and span of what has been given, or is being decided on."""
        with self.hub.store.read() as connection:
            rows = award_rows.had(connection)
        return frozenset((each.firm, each.policy, each.occurrence) for each in rows)

    def _claim(self, fit: Fit, day: date) -> tuple[str, str, str]:
        """A firm that is listed unasked is told so too; who would have to apply in vain is not."""
        if fit.policy.mode == "no-application":
            return ("", "", "")
        firm = grant_awards.firm_of(self.hub, fit.uscc)
        return (firm, fit.policy.name, grant_awards.occurrence(fit.policy, day))

    def _unknown(self, fits: Iterable[Fit]) -> Iterator[Fit]:
        with self.hub.store.read() as connection:
            for fit in fits:
                if document_rows.seen(connection, OWN, self._key(fit)) is None:
                    yield fit

    def _key(self, fit: Fit) -> str:
        """The same for ever: what is told once is not told again because the amount has changed."""
        return f"push/{self.hub.vault.tag('push', fit.policy.name, fit.version, fit.uscc)}"

    def _own(self, fit: Fit, ways: Mapping[str, Way]) -> Own:
        key = self._key(fit)
        return Own(key, {"id": key, **_notice(fit, ways[fit.policy.name])})

    def _fits(self, frozen: Snapshot, day: date, ways: Mapping[str, Way]) -> Iterator[Fit]:
        from matters import policy_match
        from matters.fact_columns import FIRM

        policies = {name: self.grants.policies[name] for name in ways}
        plan = policy_match.plan(list(policies.values()), day)
        for frame in frozen.frames(FIRM):
            for chunk in frame.iter_slices(policy_match.CHUNK):
                found = policy_match.matched(plan, chunk).candidates
                yield from _of_chunk(found, chunk, policies)


def _of_chunk(
    candidates: pl.DataFrame, firms: pl.DataFrame, policies: Mapping[str, Policy]
) -> Iterator[Fit]:
    import polars as pl

    from matters.fact_columns import FIRM
    from zhida.grant_matching import NAME

    passing = candidates.filter(pl.col("verdict") & (pl.col("amount_fen") > 0))
    keys = [FIRM, "policy", "version"]
    sums = passing.group_by(keys).agg(pl.col("amount_fen").sum()).sort(keys)
    named = dict(firms.select(FIRM, NAME).iter_rows()) if NAME in firms.columns else {}
    for uscc, policy, version, fen in sums.iter_rows():
        found = policies[policy]
        name = named.get(uscc) or uscc
        yield Fit(found, found.versions[version].name, uscc, name, fen)


def _notice(fit: Fit, way: Way) -> dict[str, Any]:
    """No amount goes into a message that anybody may read who holds the telephone."""
    version = next(each for each in fit.policy.versions if each.name == fit.version)
    until = {"until": version.until.isoformat()} if version.until and not version.by else {}
    return {
        "about": "matched",
        "via": way.via,
        "firm": {"uscc": fit.uscc, "name": fit.name},
        "policy": fit.policy.name,
        "title": fit.policy.title,
        "text": _TEXTS.get(way.via, _text)(fit),
        **({} if way.via == SMS else {"amount_fen": fit.fen}),
        **({"officer": way.officer} if way.officer else {}),
        **until,
    }


def _text(fit: Fit) -> str:
    said = f"根据已有数据，贵单位符合“{fit.policy.title}”的条件，预计奖补 {money.write(fit.fen)}"
    if fit.policy.mode == "no-application":
        return f"{said}。该项免申即享，不需要申请；以审核和公示结果为准。"
    return f"{said}，可在本门户申请，已有数据的材料不用再交；以申请时的审核结果为准。"


def _by_officer(fit: Fit) -> str:
    said = f"根据已有数据，该企业符合“{fit.policy.title}”的条件，预计奖补 {money.write(fit.fen)}。"
    if fit.policy.mode == "no-application":
        return f"{said}请联系企业：该项免申即享，不需要申请；以审核和公示结果为准。"
    return f"{said}请联系企业：可在门户或窗口申请，已有数据的材料不用再交；以申请时的审核结果为准。"


def _by_sms(fit: Fit) -> str:
    return f"贵单位符合“{fit.policy.title}”的条件，请登录惠企服务门户查看。"


_TEXTS: Mapping[str, Callable[[Fit], str]] = {OFFICER: _by_officer, SMS: _by_sms}
"""Way → what is said; by the portal as ``_text`` has it."""


def _chunks(fits: Iterator[Fit]) -> Iterator[list[Fit]]:
    while chunk := list(islice(fits, CHUNK)):
        yield chunk
