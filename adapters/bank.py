"""A bank's front-end machine: it opens the account of a social security card, and tells what came into
an account, by XML in GBK over HTTP.

Style and states are those of a public bank-enterprise link; the functions for opening an account are
not public, so their names are inferred (``plans/bank.yaml``). An account is opened once: our own
reference (``YURREF``) is unique there, the outcome is what the business section says, and whatever
does not say it is asked after, never sent again. The bank gets the card, the child's identity and the
parent who acts for it: nothing of the birth. Of the account only the last four digits are kept.

What came into an account (a locked collection account, 回款账户) is a read by the names of public programs
(``_bank_statement``): whose account may be asked about, and for how long, is the agreement's and the
authorisation's to say. Nothing is ever paid from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters import (
    _bank_statement,
    _coded_wire,
    _endpoint,
    _generic_needs,
    _short_key,
    _unit_changes,
    _unit_plan,
)
from adapters._bank_line import BankLine
from adapters._bank_options import ACCOUNT_CREDITS, OPEN_CARD_ACCOUNT, OPTIONS
from adapters._bank_statement import Statement
from adapters._generic_mapping_mistakes import unknown
from adapters._unit_plan import ByPlan
from exchange import pointer, times
from exchange.errors import Fatal, Problem
from exchange.ports import (
    Answer,
    BookEntry,
    Connector,
    Endpoint,
    Inputs,
    Needed,
    Operation,
    Prepared,
)
from mappings import site_files

__all__ = [
    "ACCOUNT_CREDITS",
    "OPEN_CARD_ACCOUNT",
    "OPTIONS",
    "Bank",
    "declared",
    "mistakes",
    "needed",
    "open_system",
    "wire",
]

PRESET: Mapping[str, Any] = {
    "body": "text",
    "charset": "gbk",
    "text_types": ["application/xml", "text/html", "text/plain", "text/xml"],
    "headers": {"Accept": "*/*"},
}


def declared(options: Mapping[str, Any]) -> dict[str, Operation]:
    """``open_card_account``, with the bank's time to settle; ``account_credits`` where it is set up."""
    known = _endpoint.completed(OPTIONS, options)
    reads = [ACCOUNT_CREDITS] if "statement" in known else []
    return _unit_plan.settled([OPEN_CARD_ACCOUNT, *reads], known["settle_s"])


def wire(options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Alias and settings of the wire that these options mean."""
    return "rest", _coded_wire.settings(PRESET, options.get("settings", {}))


def mistakes(options: Mapping[str, Any], site: Path | None) -> list[tuple[str, Problem]]:
    """What a schema can't tell, each with its place."""
    known = _endpoint.completed(OPTIONS, options)
    found = _coded_wire.mistakes(PRESET, known["settings"])
    if "mapping" in known.get("statement", {}):
        found += unknown(known["statement"]["mapping"], "/statement/mapping", site)
    return found + _unit_changes.mistakes("bank", declared({}), known["operations"], site)


def needed(options: Mapping[str, Any], site: Path | None) -> Mapping[str, tuple[Needed, ...]]:
    """Operation → the fields that its request can't do without, if the options are right."""
    changes = options.get("operations", {})
    return _unit_changes.needed("bank", declared(options), changes, site)


def requests(options: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Operation → the mappings that make its request and its probe; a question is its document as it is."""
    plan = _unit_plan.told("bank", options.get("operations"))
    reads = {ACCOUNT_CREDITS.name: ()} if "statement" in options else {}
    return {**_generic_needs.mappings_of({"operations": plan}), **reads}


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Bank:
    """The front-end machine at ``endpoint.address``. Nothing is sent."""
    known = _endpoint.completed(OPTIONS, options)
    over = _coded_wire.opened(PRESET, known["settings"], endpoint)
    line = BankLine(over, known["path"], endpoint.login)
    try:
        return Bank(known, line, endpoint)
    except Fatal:
        over.close()
        raise


class Bank(ByPlan):
    """Adapter over one bank."""

    def __init__(self, known: Mapping[str, Any], connector: Connector, endpoint: Endpoint) -> None:
        plan = _unit_plan.told("bank", known["operations"])
        super().__init__(plan, declared(known), connector, endpoint)
        self._bank, self._declared, self._clock = known["bank"], declared(known), endpoint.clock
        self._statement = _statement(known, connector, endpoint)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """``open_card_account``; ``account_credits`` where it is set up."""
        return self._declared

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The message with our key as the bank can hold it. ``Invalid`` with all that is wrong."""
        if operation == ACCOUNT_CREDITS.name and self._statement:
            query = dict(inputs["query"])
            _bank_statement.asked(query, times.civil_day(self._clock()))
            return Prepared(operation, effect_key, query, self._statement.mapping.digest)
        made = super().prepare(operation, inputs, _short_key.shortened(effect_key))
        return replace(made, effect_key=effect_key)

    def fetch(self, prepared: Prepared) -> Answer:
        """What came into the account in those days. Raises as ``_bank_statement`` says."""
        if self._statement is None or prepared.operation != ACCOUNT_CREDITS.name:
            return super().fetch(prepared)
        now = self._clock()
        today = times.civil_day(now)
        raw, record = self._statement.read(_bank_statement.asked(prepared.body, today), today)
        return Answer(raw, record=record, mapping_digest=prepared.mapping_digest, as_of=now)

    def mistakes(self, operation: str, inputs: Inputs) -> Iterator[Problem]:
        """Another bank's card is none of this one's business."""
        yield from super().mistakes(operation, inputs)
        chosen = pointer.get(inputs, "/card/bank")
        if chosen is not None and chosen != self._bank:
            yield Problem("bank.another-bank", {"path": "/card/bank", "bank": self._bank})

    def books(self, operation: str, since: datetime, until: datetime) -> Iterator[BookEntry]:
        """What the bank opened or refused in the span. ``Retriable`` if its list is not whole."""
        for entry in super().books(operation, since, until):
            yield replace(entry, effect_key=_short_key.whole(entry.effect_key))


def _statement(
    known: Mapping[str, Any], connector: Connector, endpoint: Endpoint
) -> Statement | None:
    """``Fatal`` for a mapping that can't be had."""
    if "statement" not in known:
        return None
    told = _endpoint.completed(_bank_statement.OPTIONS, known["statement"])
    mapping = site_files.load(told["mapping"], endpoint.site)
    return Statement(connector, told["branch"], mapping)
