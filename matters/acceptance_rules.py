"""What may be said of a joint acceptance where it stands; everything else is refused, with its reason."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.errors import Fact, Forbidden, Invalid, Rejected
from exchange.names import nearest
from matters import acceptance_item_rules
from matters import acceptance_standing as standings
from matters.acceptance_events import LEAD, RESULTS, SAYS, UNIT, Event, Say
from matters.acceptance_item_rules import Rule
from matters.acceptance_parts import HUB, SEAL
from matters.acceptance_plan import Plan
from matters.acceptance_standing import FAIL, FAILED, PASS, REMEDY, Standing

_OPEN = (standings.OPEN,)
NEEDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("paused", "resumed", "visited", "correction-asked", "silent"), _OPEN),
    **dict.fromkeys(RESULTS, _OPEN),
    "assigned": (standings.WAITING, standings.REOPENED),
    "lapsed": (standings.PASSED,),
}
"""Event → states one of which its item must be in."""


def require(plan: Plan, standing: Standing, event: Event) -> None:
    """``Invalid``: it names something that there is not; ``Forbidden``: it is not for this role to say;
    ``Rejected``: it can't be where the acceptance stands.
    """
    say = _require_known(plan, event)
    _require_theirs(plan, say, event)
    if standing.ended or bool(standing.opened) == (event.name == "registered"):
        raise Rejected("acceptance.not-now", event=say.title, state=_told(standing))
    if event.name in NEEDS:
        _require_state(standing, event, NEEDS[event.name])
    if (rule := _RULES.get(event.name)) is not None:
        rule(plan, standing, event)


def _told(standing: Standing) -> str:
    return "已结束" if standing.ended else "已登记" if standing.opened else "未登记"


def _require_known(plan: Plan, event: Event) -> Say:
    say = SAYS.get(event.name)
    if say is None:
        near = nearest(event.name, SAYS)
        raise Invalid("acceptance.unknown-event", name=event.name, nearest=near)
    named = (
        (event.items, plan.items, "acceptance.not-an-item"),
        (event.handed_in, plan.materials, "acceptance.no-material"),
        (event.parts, plan.procedure.parts, "acceptance.no-part"),
        (event.checks, plan.procedure.checks, "acceptance.not-a-check"),
    )
    for told, known, code in named:
        for name in told:
            if name not in known:
                raise Invalid(code, name=name, nearest=nearest(name, known))
    if say.item and len(event.items) != 1:
        raise Invalid("acceptance.one-item", event=say.title)
    return say


def _require_theirs(plan: Plan, say: Say, event: Event) -> None:
    stands_for = {UNIT: plan.items[event.item].by if say.item else "", LEAD: LEAD}
    by = [stands_for.get(role, role) for role in say.by]
    if event.role not in by:
        roles = plan.procedure.roles
        who = "、".join(roles.get(each, each) for each in by)
        role = roles.get(event.role, event.role)
        raise Forbidden("acceptance.not-theirs", event=say.title, role=role, by=who)


def _require_state(standing: Standing, event: Event, states: tuple[str, ...]) -> None:
    if (state := standing.state(event.item)) not in states:
        facts: dict[str, Fact] = {"item": event.item, "state": standings.STATES[state]}
        raise Rejected("acceptance.not-in-state", event=SAYS[event.name].title, **facts)


def _submitted(plan: Plan, standing: Standing, event: Event) -> None:
    if not event.handed_in or not all(event.handed_in.values()):
        raise Invalid("acceptance.nothing", event=SAYS[event.name].title)
    _require_owners(plan, event)
    if all(standing.materials.get(name) == digest for name, digest in event.handed_in.items()):
        raise Rejected("acceptance.same", materials="、".join(event.handed_in))
    _require_undecided(plan, standing, event)


def _require_owners(plan: Plan, event: Event) -> None:
    """Nobody hands in a paper that the lead has yet to seal."""
    sealed = [n for n in event.handed_in if plan.materials[n].fetched.startswith(SEAL)]
    if sealed and event.role != HUB:
        raise Rejected("acceptance.sealed", materials="、".join(sealed))


def _fixed(plan: Plan, standing: Standing, event: Event) -> None:
    if not (event.items or event.parts) or not all(event.handed_in.values()):
        raise Invalid("acceptance.nothing", event=SAYS[event.name].title)
    for name in event.items:
        if (state := standing.state(name)) not in (FAILED, REMEDY):
            facts: dict[str, Fact] = {"item": name, "state": standings.STATES[state]}
            raise Rejected("acceptance.not-in-state", event=SAYS[event.name].title, **facts)
    _require_owners(plan, event)
    _require_undecided(plan, standing, event)


def _require_undecided(plan: Plan, standing: Standing, event: Event) -> None:
    """On what the lead has passed nothing may change any more; the last stage goes on."""
    acceptance_item_rules.refuse_decided(plan, standing, standings.again(plan, standing, event))


def _extended(plan: Plan, standing: Standing, event: Event) -> None:
    """Once, while the lead has not decided (行政许可法第四十二条第二款)."""
    del plan
    if standing.extended or standing.verdict == PASS:
        raise Rejected("acceptance.extended", event=SAYS[event.name].title)


def _opinion(plan: Plan, standing: Standing, event: Event) -> None:
    """Only when all are in; a pass only on passes."""
    if event.verdict not in (PASS, FAIL) or standing.verdict == PASS:
        raise Rejected("acceptance.opinion", verdict=event.verdict or "-")
    may = standings.can_pass if event.verdict == PASS else standings.can_fail
    if not may(plan, standing):
        _not_all(standing, standings.before_opinion(plan))


def _revoked(plan: Plan, standing: Standing, event: Event) -> None:
    """A pass, as long as the building has not been delivered."""
    del plan
    if standing.verdict != PASS:
        raise Rejected("acceptance.opinion", verdict=SAYS[event.name].title)


def _delivered(plan: Plan, standing: Standing, event: Event) -> None:
    del event
    if not standings.is_over(plan, standing):
        _not_all(standing, list(plan.items))


def _not_all(standing: Standing, names: list[str]) -> None:
    left = [name for name in names if standing.state(name) not in standings.FINAL]
    raise Rejected("acceptance.not-all", items="、".join(left) or "-")


def _withdrawn(plan: Plan, standing: Standing, event: Event) -> None:
    del plan, event
    if standing.verdict == PASS:
        raise Rejected("acceptance.decided", items="-")


_RULES: Mapping[str, Rule] = {
    **acceptance_item_rules.RULES,
    "submitted": _submitted,
    "fixed": _fixed,
    "extended": _extended,
    "opinion": _opinion,
    "opinion-revoked": _revoked,
    "delivered": _delivered,
    "withdrawn": _withdrawn,
}
