"""The treasury (国库集中支付): it pays what was awarded, sends it back, or recovers it.

No treasury publishes its interface; the law says only that it pays on finance's orders (国家金库条例
第十八条). So what is here follows the contract of the field (dossier C5): an order with budget line,
classes, payee and amount is accepted, then paid with a voucher, or returned with a reason. It goes
by front-end tables or as ISO 20022 files (``channel``), each by a shipped plan.

An order is written once: its number is our effect key, and it is asked for by that number before it
may be written again. A treasury need not recognise a repetition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from adapters import (
    _endpoint,
    _feed_options,
    _generic_needs,
    _short_key,
    _treasury_lines,
    _treasury_wire,
    _unit_changes,
    _unit_plan,
)
from adapters._generic_answer import REFUSED
from adapters._treasury_options import OPERATIONS, OPTIONS, PAY_AWARD, RECOVER_AWARD
from adapters._unit_plan import ByPlan
from exchange import times
from exchange.errors import Fatal, Problem, Rejected
from exchange.ports import (
    ROOT,
    Answer,
    BookEntry,
    Connector,
    Endpoint,
    Inputs,
    Needed,
    Operation,
    Prepared,
)

__all__ = [
    "OPTIONS",
    "PAY_AWARD",
    "RECOVER_AWARD",
    "Treasury",
    "declared",
    "mistakes",
    "needed",
    "open_system",
    "wire",
]

_DAY = timedelta(days=1)


def declared(options: Mapping[str, Any]) -> dict[str, Operation]:
    """What the channel can do, with the treasury's time to settle."""
    known = _endpoint.completed(OPTIONS, options)
    return _unit_plan.settled(OPERATIONS[known["channel"]], known["settle_s"])


def wire(options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Alias and settings of the wire that these options mean."""
    return _treasury_wire.of(_endpoint.completed(OPTIONS, options))


def mistakes(options: Mapping[str, Any], site: Path | None) -> list[tuple[str, Problem]]:
    """What a schema can't tell, each with its place."""
    known = _endpoint.completed(OPTIONS, options)
    alias, settings = _treasury_wire.of(known)
    found = list(_feed_options.problems(_treasury_wire.schema(alias), settings, alias))
    found += _treasury_lines.twice(known["lines"])
    name = _treasury_wire.plan(known["channel"])
    known_here = {
        each: told for each, told in known["operations"].items() if each in declared(known)
    }
    return found + _unit_changes.mistakes(name, declared(known), known_here, site)


def needed(options: Mapping[str, Any], site: Path | None) -> Mapping[str, tuple[Needed, ...]]:
    """Operation → the fields that its request can't do without, if the options are right."""
    name = _treasury_wire.plan(options["channel"])
    return _unit_changes.needed(name, declared(options), options.get("operations", {}), site)


def requests(options: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Operation → the mappings that make its request and its probe."""
    plan = _unit_plan.told(_treasury_wire.plan(options["channel"]), options.get("operations"))
    return _generic_needs.mappings_of({"operations": plan})


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Treasury:
    """The treasury behind ``endpoint``. Nothing is sent."""
    known = _endpoint.completed(OPTIONS, options)
    over = _treasury_wire.opened(known, endpoint)
    try:
        return Treasury(known, over, endpoint)
    except Fatal:
        over.close()
        raise


class Treasury(ByPlan):
    """Adapter over one treasury. Owns the wire. Thread-safe."""

    def __init__(self, known: Mapping[str, Any], connector: Connector, endpoint: Endpoint) -> None:
        plan = _unit_plan.told(_treasury_wire.plan(known["channel"]), known["operations"])
        super().__init__(plan, declared(known), connector, endpoint)
        self._lines, self._reasons = known["lines"], frozenset(known["payee_reasons"])
        self._is_short = known["order_length"] < _short_key.LONG
        self._by_line = [
            ByPlan(_treasury_lines.written(plan, each), declared(known), connector, endpoint)
            for each in known["lines"]
        ]

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The order with its money. ``Invalid`` with all that is wrong."""
        place = _treasury_lines.chosen(self._lines, inputs.get("award", {}))
        through = self._by_line[place].prepare if place is not None else super().prepare
        made = through(operation, self._numbered(inputs), self._number(effect_key))
        return replace(made, effect_key=effect_key)

    def mistakes(self, operation: str, inputs: Inputs) -> Iterator[Problem]:
        """Money that the system's file does not tell of is nobody's to spend."""
        yield from super().mistakes(operation, inputs)
        chosen = _treasury_lines.chosen(self._lines, inputs.get("award", {}))
        if chosen is None and operation == PAY_AWARD.name:
            yield Problem("treasury.no-line", {"path": "/award/fund"})

    def probe(self, prepared: Prepared) -> Answer | None:
        """What became of the order. ``Rejected``: it came back, or the treasury won't pay it."""
        try:
            return super().probe(prepared)
        except Rejected as no:
            raise self._named(no) from None

    def _named(self, no: Rejected) -> Rejected:
        """Another account cures the one, and nothing that we could send the other."""
        if no.code != REFUSED:
            return no
        if no.facts["code"] in self._reasons:
            return Rejected("treasury.returned", **no.facts).answered(no.raw, no.reason)
        return Rejected("treasury.refused", **no.facts).answered(no.raw, no.reason)

    def books(self, operation: str, since: datetime, until: datetime) -> Iterator[BookEntry]:
        """The treasury's statements of the days of the span. ``Retriable`` if one is not whole."""
        begins = since
        while begins < until:
            ends = min(until, _next_day(begins))
            for entry in super().books(operation, begins, ends):
                yield replace(entry, effect_key=self._key(entry.effect_key))
            begins = ends

    def _number(self, effect_key: str) -> str:
        return _short_key.shortened(effect_key) if self._is_short else effect_key

    def _key(self, number: str) -> str:
        return _short_key.whole(number) if self._is_short else number

    def _numbered(self, inputs: Inputs) -> Inputs:
        """What is recovered has at the treasury the number that its order had."""
        root = inputs.get(ROOT)
        if root is None or not root.get("effect"):
            return inputs
        return {**inputs, ROOT: {**root, "effect": self._number(str(root["effect"]))}}


def _next_day(at: datetime) -> datetime:
    """The midnight in China that follows; a statement is one civil day's."""
    here = at.astimezone(times.CHINA)
    return here.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
