"""What the parties of a dispute have agreed to by now, by what was registered and what units told since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from exchange.ports import Record
from zhida.dispute import Dispute
from zhida.hub import Hub


@dataclass(frozen=True, slots=True)
class Consent:
    """What is not true was not agreed to."""

    share: bool = False
    """The worker: that the substance goes to whoever the dispute is handed to."""
    offers: bool = False
    """Both: that what they offered goes to arbitration or court."""
    offered: tuple[Mapping[str, Any], ...] = ()
    """What they offered, each with ``by`` and ``text``."""


def of(registration: Record, told: Iterable[Record]) -> Consent:
    """The newest word counts. ``told``: what units said, oldest first."""
    consent = Consent(share=registration["consent"]["share"] is True)
    for each in told:
        consent = after(consent, each)
    return consent


def after(consent: Consent, told: Record) -> Consent:
    """What it is once this was told."""
    said = {name: value is True for name, value in told.get("consent", {}).items()}
    of_form = [{"by": by, "text": text} for by, text in sorted(told.get("offered", {}).items())]
    offered = (*consent.offered, *told.get("offers", ()), *of_form)
    return replace(consent, **said, offered=offered)


def of_dispute(hub: Hub, dispute: Dispute, registration: Record) -> Consent:
    """The same, out of the documents of its events."""
    documents = (each.document for each in dispute.told if each.document)
    return of(registration, (hub.archive.get(each).record for each in documents))
