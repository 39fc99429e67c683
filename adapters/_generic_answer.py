"""What came of a call: an answer, a no, or that it is not known. Success is never assumed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters import (
    _fact,
    _generic_hint,
    _generic_place,
    _generic_rules,
    _generic_unwrap,
    _generic_wanted,
)
from adapters._generic_plan import Reading
from adapters._generic_request import Sent
from adapters._generic_unwrap import Unwrapped
from connectors import json_text
from exchange import times
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown, ZhidaError
from exchange.ports import Answer, Reply
from mappings import dates
from mappings.faults import Fault

REFUSED = "generic.refused"
_WAITING = ("stored", "waiting")
_MUST_SAY = frozenset(_generic_rules.AGREES) - {"not_there"}
"""Verdicts that count only with every word of ``same``."""
MOMENT = "yyyy-MM-dd HH:mm:ss"
_LONGEST_REASON = 2000
_SAID: Mapping[str, tuple[type[ZhidaError], str]] = {
    "unknown": (Unknown, "generic.told-unknown"),
    "login": (Fatal, "generic.login-refused"),
    "ours": (Fatal, "generic.our-mistake"),
    "busy": (Retriable, "generic.busy"),
}
_UNSAID = {"contradictory": "generic.contradictory", "": "generic.unclear"}


def read(reading: Reading, reply: Reply, sent: Sent, operation: str) -> Answer | None:
    """The answer; None for surely not there. Raises what the site's rules make of it.

    ``Unknown`` for whatever they do not name, for an answer about something else (whatever it says
    of it), and for one that says that it was done and can't be understood: the effect may be there.
    """
    if reading.written:
        return Answer(reply.raw, waiting=reading.written == "stored")
    found = _unwrapped(reading, reply.value, operation)
    value, told = found.value, _generic_rules.verdict(reading.rules, found.value)
    if told and (other := _other(reading, value, sent, unsaid_is_other=told in _MUST_SAY)):
        raise Unknown("generic.answer-about-another", operation=operation, field=other)
    if told not in _generic_rules.AGREES:
        raise _error(told, reading, Reply(reply.raw, found), operation)
    if told == "not_there":
        return None
    reference = _reference(reading, value)
    if told in _WAITING:
        return Answer(reply.raw, reference, waiting=True)
    return _done(reading, Reply(reply.raw, value), reference, operation)


def despite(reading: Reading, error: Rejected, sent: Sent, operation: str) -> ZhidaError | None:
    """What a refusal by the wire (HTTP 400 with a body) says in the words of the site's rules.

    Returns the error that they make of it, or the wire's if they say nothing; None: surely not
    there. An answer that is success by its body and a refusal by its status is neither.
    """
    try:
        found = _unwrapped(reading, _json(error.raw), operation)
        told = _generic_rules.verdict(reading.rules, found.value)
    except (ValueError, RecursionError, Unknown):
        return error
    if told and (other := _other(reading, found.value, sent)):
        return Unknown("generic.answer-about-another", operation=operation, field=other)
    if told == "not_there":
        return None
    if told in _generic_rules.AGREES:
        told = "contradictory"
    return _error(told, reading, Reply(error.raw, found), operation) if told else error


def _unwrapped(reading: Reading, value: Any, operation: str) -> Unwrapped:
    found = _generic_unwrap.unwrapped(value, reading.unwrap)
    if found.unreadable is not None:
        path, facts = found.unreadable or "/", _generic_hint.unreadable(reading.rules, found)
        raise Unknown("generic.unreadable-answer", operation=operation, path=path, **facts)
    return found


def _error(told: str, reading: Reading, reply: Reply, operation: str) -> ZhidaError:
    """``reply.value`` is the answer as ``_unwrapped`` has it."""
    if told != "refused":
        facts = _generic_hint.facts(reading.rules, reply.value)
        if told in _UNSAID:
            wanted = _generic_wanted.facts(reading.rules, reply.value.value)
            return Unknown(_UNSAID[told], operation=operation, **facts, **wanted)
        kind, code = _SAID[told]
        return kind(code, operation=operation, seen=facts["seen"])
    answer = reply.value.value
    reason = _text(answer, reading.refused_text)
    number = _fact.code(_text(answer, reading.refused_code)) if reading.refused_code else "-"
    refusal = Rejected(REFUSED, operation=operation, code=number)
    return refusal.answered(reply.raw, reason[:_LONGEST_REASON])


def _text(value: Any, path: str) -> str:
    return _generic_rules.text(_generic_place.get(value, path)) or ""


def _other(
    reading: Reading, value: Any, sent: Sent, *, unsaid_is_other: bool = False
) -> str | None:
    """The first place that shows an answer to be about something else than what was asked.

    A refusal often leaves the number out that it refuses; one with another number is not ours.
    """
    for theirs, ours in reading.same.items():
        told = _generic_rules.text(_generic_place.get(value, theirs))
        asked = _generic_rules.text(_generic_place.get(sent.fields, ours))
        differs = told is None or told != asked
        if differs and (told or unsaid_is_other):
            return theirs
    return None


def _json(raw: bytes) -> Any:
    """The refusal has lost its header: what is no UTF-8 is read as GB 18030."""
    try:
        return json_text.read(raw)
    except UnicodeDecodeError:
        return json_text.read(raw, "gb18030")


def _reference(reading: Reading, value: Any) -> str:
    return "" if reading.reference is None else _text(value, reading.reference).strip()


def _done(reading: Reading, reply: Reply, reference: str, operation: str) -> Answer:
    as_of = _as_of(reading, reply.value, operation)
    if reading.record is None:
        return Answer(reply.raw, reference, as_of=as_of)
    try:
        record = reading.record.apply(_generic_place.get(reply.value, reading.record_at))
    except Invalid as error:
        raise _misunderstood(operation, str(error.facts.get("path", "/")), error.code) from None
    digest = reading.record.digest
    return Answer(reply.raw, reference, record, mapping_digest=digest, as_of=as_of)


def _as_of(reading: Reading, value: Any, operation: str) -> datetime | None:
    if not reading.as_of:
        return None
    path = reading.as_of["at"]
    try:
        return moment(_generic_place.get(value, path), reading.as_of.get("format", MOMENT))
    except Fault as fault:
        raise _misunderstood(operation, path, fault.code) from None


def _misunderstood(operation: str, path: str, problem: str) -> Unknown:
    facts = {"operation": operation, "path": path, "problem": problem}
    return Unknown("generic.answer-not-understood", **facts)


def moment(value: Any, pattern: str) -> datetime:
    """A peer's time: in China, to the second, or the day's beginning. Raises ``Fault``.

    >>> moment("20260105013000", "yyyyMMddHHmmss").isoformat()
    '2026-01-05T01:30:00+08:00'
    """
    target = "yyyy-MM-ddTHH:mm:ss" if "HH" in pattern else "yyyy-MM-dd"
    told = dates.converter([pattern], target)(_generic_rules.text(value) or "")
    return datetime.fromisoformat(told).replace(tzinfo=times.CHINA)
