"""What one call to a target came to, told in the words of a case's item."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from exchange import canonical
from exchange.errors import (
    Fact,
    Fatal,
    Forbidden,
    Invalid,
    NotYet,
    Rejected,
    Retriable,
    ZhidaError,
)
from exchange.ports import Answer, Prepared


@dataclass(frozen=True, slots=True)
class Outcome:
    """The item's next state and why; ``sick`` means that the leg itself failed, not the data.

    ``acted``: the target did now what it is there for, or refused to; not only told what it had done.
    ``took``: the seconds that it kept us waiting. What our own store took is not its slowness.
    """

    state: str
    code: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    answer: Answer | None = None
    refusal: Rejected | None = None
    sick: bool = False
    acted: bool = False
    took: float = field(default=0.0, compare=False)

    @property
    def facts_json(self) -> str:
        """The facts as the store keeps them."""
        return canonical.dumps(tellable(self.facts)).decode()


BUSY = Outcome("busy")
"""Another worker owns it, or it is too early: nothing was done and nothing changes."""
ABSENT = Outcome("absent")
"""A probe found that the effect surely did not come about."""


def of_call(
    call: Callable[[], Answer | None], *, lost: str = "unknown", unsent: str = "ready"
) -> Outcome:
    """Make a call and tell what it came to. No exception leaves it but an interrupt.

    ``lost`` is the state if the answer was lost, ``unsent`` if the call surely was not executed.
    An error that nobody foresaw counts as a lost answer, and so does an answer that can't be
    kept: what was sent may have been executed.
    """
    began = time.monotonic()
    outcome = _of_call(call, lost, unsent)
    return outcome if outcome is ABSENT else replace(outcome, took=time.monotonic() - began)


def _of_call(call: Callable[[], Answer | None], lost: str, unsent: str) -> Outcome:
    try:
        answer = call()
        if answer is not None and answer.record is not None:
            _must_be_storable(answer)
    except Invalid as error:
        return of_invalid(error)
    except Rejected as error:
        return Outcome("refused", error.code, error.facts, refusal=error)
    except ZhidaError as error:
        surely_not = isinstance(error, Retriable | Fatal | Forbidden)
        state = unsent if surely_not else lost
        return Outcome(state, error.code, error.facts, sick=not isinstance(error, NotYet))
    except Exception as defect:  # noqa: BLE001
        return Outcome(lost, "delivery.defect", {"type": type(defect).__name__}, sick=True)
    if answer is None:
        return ABSENT
    return Outcome("stored" if answer.waiting else "applied", answer=answer)


def of_acting(
    call: Callable[[], Answer | None], *, lost: str = "unknown", unsent: str = "ready"
) -> Outcome:
    """``of_call`` for what the target is there for (an act, or a question that is its item's)."""
    outcome = of_call(call, lost=lost, unsent=unsent)
    if outcome.answer is None and outcome.refusal is None:
        return outcome
    return replace(outcome, acted=True)


def of_preparing(prepare: Callable[[], Prepared]) -> Prepared | Outcome:
    """The message, or why there is none. Nothing was sent, so nothing is unknown.

    What only this record does to the adapter (a defect) waits for a person and does not make the
    whole leg sick.
    """
    try:
        return prepare()
    except Invalid as error:
        return of_invalid(error)
    except Rejected as error:
        return Outcome("refused", error.code, error.facts)
    except ZhidaError as error:
        return Outcome("ready", error.code, error.facts, sick=True)
    except Exception as defect:  # noqa: BLE001
        return Outcome("parked", "delivery.cannot-prepare", {"type": type(defect).__name__})


def cannot_ask(outcome: Outcome, still: str) -> Outcome:
    """The message of a doubtful effect can't be built now: that says nothing about the effect.

    ``still`` is what it stays until its leg is mended; the record itself is for a person.
    """
    if outcome.state == "ready":
        return replace(outcome, state=still)
    if outcome.state in ("invalid", "refused", "parked"):
        return Outcome("parked", "delivery.cannot-probe", {"because": outcome.code})
    return outcome


def of_invalid(error: Invalid) -> Outcome:
    """Data that can't be put on this wire, with every problem (JSON in the fact ``problems``)."""
    problems = canonical.dumps(told_problems(error)).decode()
    return Outcome("invalid", error.code, {**error.facts, **found_by(error), "problems": problems})


FOUND_BY = ("mapping", "mapping_digest")


def found_by(error: Invalid) -> dict[str, Fact]:
    """The mapping that found it, as store and ledger keep it; nothing if none did.

    >>> found_by(Invalid("mapping.missing", path="/a").by("form", "9f"))
    {'mapping': 'form', 'mapping_digest': '9f'}
    """
    if not error.mapping:
        return {}
    return dict(zip(FOUND_BY, (error.mapping, error.mapping_digest), strict=True))


def told_problems(error: Invalid) -> list[dict[str, Fact]]:
    """Every problem of a record as the ledger and the store tell it."""
    return [{**tellable(p.facts), "code": p.code} for p in error.problems]


def tellable(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Facts in canonical JSON, whatever a peer's text or number brought in.

    >>> tellable({"code": "\\ud800", "n": 10**30})
    {'code': '?', 'n': '1000000000000000000000000000000'}
    """
    return {
        name: fact
        if isinstance(fact, int) and abs(fact) <= canonical.EXACT
        else str(fact).encode("utf-8", "replace").decode()
        for name, fact in facts.items()
    }


def _must_be_storable(answer: Answer) -> None:
    """An adapter's record with a float or null in it is the adapter's defect, not the data's."""
    try:
        canonical.dumps(dict(answer.record or {}))
    except Invalid as error:
        raise TypeError(error.code) from None
