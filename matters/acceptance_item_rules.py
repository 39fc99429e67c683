"""What may be said of one item of a joint acceptance, by its unit or by the hub; each refusal with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exchange import times
from exchange.errors import Invalid, Rejected
from matters import acceptance_standing as standings
from matters.acceptance_events import PAUSES, RESULTS, Event
from matters.acceptance_parts import SEAL
from matters.acceptance_plan import Plan
from matters.acceptance_standing import FAILED, PASS, REMEDY, Standing

Rule = Callable[[Plan, Standing, Event], None]


def _assigned(plan: Plan, standing: Standing, event: Event) -> None:
    if not standings.may_begin(plan, standing, event.item):
        raise Rejected("acceptance.too-early", item=event.item)


def _asked(plan: Plan, standing: Standing, event: Event) -> None:
    """Once a round everything that is missing or wrong (行政许可法第三十二条)."""
    if standing.part(event.item).was_asked:
        raise Rejected("acceptance.asked-once", item=event.item)
    odd = set(event.handed_in) - plan.of_item[event.item]
    if odd or not event.handed_in:
        raise Invalid(
            "acceptance.asks-what", item=event.item, materials="、".join(sorted(odd)) or "-"
        )
    sealed = [n for n in event.handed_in if plan.materials[n].fetched.startswith(SEAL)]
    if sealed:
        raise Rejected("acceptance.sealed", materials="、".join(sealed))
    there = frozenset(event.handed_in) & standing.materials.keys()
    refuse_decided(plan, standing, plan.touched(frozenset(), there))


def _paused(plan: Plan, standing: Standing, event: Event) -> None:
    del plan
    if standing.part(event.item).paused or event.why not in PAUSES:
        raise Rejected("acceptance.pause", item=event.item)


def _resumed(plan: Plan, standing: Standing, event: Event) -> None:
    del plan
    if not standing.part(event.item).paused:
        raise Rejected("acceptance.not-paused", item=event.item)


def _found(plan: Plan, standing: Standing, event: Event) -> None:
    """A no has its clauses, a pass none; what is to be mended has a day, none before the one on which it
    is found: the event's, as it counts, whatever day a machine has.
    """
    del standing
    known = plan.procedure.checks
    odd = [name for name in event.checks if event.item not in known[name].items]
    if odd or (event.name in (REMEDY, FAILED)) != bool(event.checks):
        raise Invalid("acceptance.clauses", item=event.item, checks="、".join(odd) or "-")
    is_past = event.until is not None and event.until < times.civil_day(event.at)
    if (event.until is None) == (event.name == REMEDY) or is_past:
        raise Invalid("acceptance.until", item=event.item)


def _silent(plan: Plan, standing: Standing, event: Event) -> None:
    """An opinion that nobody gave in time counts as none where the procedure says so; it is no pass."""
    del standing
    if plan.items[event.item].silence.means != "no-objection":
        raise Rejected("acceptance.no-silence", item=event.item)


def _lapsed(plan: Plan, standing: Standing, event: Event) -> None:
    if plan.items[event.item].valid is None or standing.verdict == PASS:
        raise Rejected("acceptance.not-lapsed", item=event.item)


def refuse_decided(plan: Plan, standing: Standing, items: frozenset[str]) -> None:
    """On what the lead has passed nothing may change any more."""
    decided = items.intersection(standings.before_opinion(plan))
    if decided and standing.verdict == PASS:
        raise Rejected("acceptance.decided", items="、".join(sorted(decided)))


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(RESULTS, _found),
    "assigned": _assigned,
    "correction-asked": _asked,
    "paused": _paused,
    "resumed": _resumed,
    "silent": _silent,
    "lapsed": _lapsed,
}
"""Event → what may forbid it, beside the state of its item."""
