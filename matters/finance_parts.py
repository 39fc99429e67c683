"""What the file of order finance's checks says, and what comes of a check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from matters.conditions import Condition
from matters.durations import Duration

STAGES = ("signed", "in-production", "delivered", "invoiced", "due", "paid")
"""Of an order, in the order in which it goes through them."""
OWN = ("request", "letter")
"""The papers that the bank has handed in itself: they do not age, and need no consent."""
ORDER = "order"
"""The paper that tells the stage."""
NONE = "none"
"""Dataset of a check that looks at the bank's own papers only: no letter need cover it."""
DOWN = "R99"
"""Code: a source could not be reached. It is never a pass."""

State = Literal["pass", "fail", "manual", "not-due", "unknown", "not-authorised"]


@dataclass(frozen=True, slots=True)
class Document:
    """One paper that a case may have."""

    name: str
    kind: str
    title: str
    about: Mapping[str, str]
    """Path in it → path in the request or letter that must be the same; else it is about somebody else."""
    fresh: Duration | None = None
    """How long what it says may be relied on from the day as of which it is; None: it does not age."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason code, and when it is given."""

    code: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Question:
    """One check as the file says it."""

    name: str
    title: str
    source: str
    dataset: str
    """What the letter must name; ``NONE``: nothing."""
    reads: tuple[str, ...]
    """Papers without which it is unknown; the first that is not the bank's own tells whose word it is."""
    also: tuple[str, ...] = ()
    """Papers that are looked at if they are there."""
    due_from: str = STAGES[0]
    until: str = STAGES[-1]
    """The last stage at which it is asked."""
    needs: tuple[str, ...] = ()
    fails: tuple[Ground, ...] = ()
    manual: tuple[Ground, ...] = ()
    denied: str = ""
    """Code given where a holder says that it has no such thing; empty: that is not known either."""
    rule: str = ""
    """Name of what needs arithmetic (``finance_reckoning.RULES``)."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a district or bank sets."""

    value: int
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """The whole file."""

    name: str
    title: str
    parameters: Mapping[str, Parameter]
    documents: Mapping[str, Document]
    questions: Mapping[str, Question]

    @property
    def datasets(self) -> tuple[str, ...]:
        """What a letter may name, in the order of the file."""
        named = dict.fromkeys(each.dataset for each in self.questions.values())
        return tuple(each for each in named if each != NONE)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule, or a check's conditions, have come to."""

    fails: tuple[str, ...] = ()
    """Codes of what is surely against it."""
    manual: tuple[str, ...] = ()
    """Codes of what a person has to look at."""
    lacks: tuple[str, ...] = ()
    """What is not known: papers, paths, or what the hub would have to know."""
    basis: tuple[str, ...] = ()
    """What a law gives for it, in words."""
    is_down: bool = False
    """Something could not be looked up because its source is down."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one check came to, as the bank is told it."""

    name: str
    title: str
    state: State
    codes: tuple[str, ...] = ()
    """Every reason that was found, whatever the state; sorted."""
    basis: tuple[str, ...] = ()
    """What a law gives for it, in words."""
    source: str = ""
    as_of: date | None = None
    document: str = ""
    lacks: tuple[str, ...] = field(default=(), compare=False)
    """Of what is unknown: what is waited for. For the hub's own people; the bank is not told it."""


def joined(parts: Iterable[Finding]) -> Finding:
    """All of them as one.

    >>> joined([Finding(("R07",)), Finding(("R07",), lacks=("x",))])
    Finding(fails=('R07',), manual=(), lacks=('x',), basis=(), is_down=False)
    """
    found = list(parts)
    return Finding(
        fails=_once(code for each in found for code in each.fails),
        manual=_once(code for each in found for code in each.manual),
        lacks=_once(lack for each in found for lack in each.lacks),
        basis=_once(text for each in found for text in each.basis),
        is_down=any(each.is_down for each in found),
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
