"""A sample answer tried on the rules of one operation: what each rule found, and what comes of it.

The sample is the engineer's own file, so values are shown as they are; nothing is sent or kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adapters import _generic_hint, _generic_place, _generic_rules, _generic_unwrap
from adapters._generic_call import Call
from adapters._generic_plan import Reading
from adapters._generic_request import Sent
from adapters._generic_unwrap import Unwrapped
from exchange.errors import Fatal, Invalid, Problem, ZhidaError
from exchange.ports import Answer


@dataclass(frozen=True, slots=True)
class Tested:
    """One test of a rule."""

    at: str
    test: str
    """``equals``, ``one_of``, ``matches``, ``present``, ``absent`` or ``empty``."""
    wanted: Any
    found: Any
    holds: bool
    nearest: str = ""
    """Where nothing stands: the place of the answer that was probably meant."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One pair of ``same``."""

    theirs: str
    ours: str
    found: str | None
    sent: str | None

    @property
    def holds(self) -> bool:
        """Is the answer about what was sent?"""
        return self.found is not None and self.found == self.sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a sample came to."""

    outcome: Answer | ZhidaError | None
    """What a real answer like it comes to; None: surely not there."""
    verdict: str = ""
    """Name of the rule that counts; empty: none does, or the wire made an error of the answer."""
    answer: Unwrapped | None = None
    """None: the wire made an error of it."""
    rules: Mapping[str, tuple[Tested, ...]] = field(default_factory=dict)
    same: tuple[Compared, ...] = ()
    code: str = ""
    """The refusal's, as it stands there."""
    record_problems: tuple[Problem, ...] = ()
    """Why the answer gives no document."""


def tried(call: Call, sent: Sent, *, is_question: bool) -> Trial:
    """The answer that the call's wire has, by the call's rules.

    Raises ``Invalid`` if the wire has none, or if nobody answers such a call (``written``).
    """
    if call.reading.written:
        raise Invalid("generic.no-answer", operation=call.operation)
    outcome = _outcome(call, sent, is_question=is_question)
    try:
        value = call.connector.call(sent.call, sent.body).value
    except Fatal:  # the system file is wrong, whatever the peer says
        raise
    except ZhidaError:
        return Trial(outcome=outcome)
    found = _generic_unwrap.unwrapped(value, call.reading.unwrap)
    is_read = found.unreadable is None
    verdict = _generic_rules.verdict(call.reading.rules, found.value) if is_read else ""
    return _explained(call.reading, sent, Trial(outcome=outcome, verdict=verdict, answer=found))


def _outcome(call: Call, sent: Sent, *, is_question: bool) -> Answer | ZhidaError | None:
    try:
        return call.ask(sent) if is_question else call.do(sent)
    except Invalid:
        raise
    except ZhidaError as error:
        return error


def _explained(reading: Reading, sent: Sent, trial: Trial) -> Trial:
    value, verdict = trial.answer.value if trial.answer else None, trial.verdict
    looked = [test["at"] for tests in reading.rules.values() for test in tests]
    there = [place for place, _ in _generic_hint.places(value, looked)]
    rules = {
        name: tuple(_tested(test, value, there) for test in tests)
        for name, tests in reading.rules.items()
    }
    return replace(
        trial,
        rules=rules,
        same=tuple(_compared(reading, value, sent)),
        code=_text(value, reading.refused_code) or "" if verdict == "refused" else "",
        record_problems=_record_problems(reading, value) if verdict in _DONE else (),
    )


_DONE = ("success", "there")


def _tested(test: Mapping[str, Any], value: Any, there: list[str]) -> Tested:
    name, wanted = next((key, told) for key, told in test.items() if key != "at")
    near = _generic_hint.nearest(test["at"], there) if _generic_hint.is_missed(test, value) else ""
    found, holds = _generic_place.get(value, test["at"]), _generic_rules.holds([test], value)
    return Tested(test["at"], name, wanted, found, holds, near)


def _compared(reading: Reading, value: Any, sent: Sent) -> Iterator[Compared]:
    for theirs, ours in reading.same.items():
        yield Compared(theirs, ours, _text(value, theirs), _text(sent.fields, ours))


def _text(tree: Any, path: str) -> str | None:
    return _generic_rules.text(_generic_place.get(tree, path)) if path else None


def _record_problems(reading: Reading, value: Any) -> tuple[Problem, ...]:
    if reading.record is None:
        return ()
    try:
        reading.record.apply(_generic_place.get(value, reading.record_at))
    except Invalid as error:
        return error.problems
    return ()


def leaves(value: Any) -> Iterator[tuple[str, Any]]:
    """Every place of an answer with its value, in the order of the answer.

    >>> list(leaves({"a": [1, {"b": "x"}], "c": []}))
    [('/a/0', 1), ('/a/1/b', 'x'), ('/c', [])]
    """
    waiting = [("", value)]
    while waiting:
        path, node = waiting.pop()
        inner: list[tuple[str, Any]] = []
        if isinstance(node, Mapping):
            inner = [(f"{path}/{_escaped(str(name))}", child) for name, child in node.items()]
        elif isinstance(node, list | tuple):
            inner = [(f"{path}/{index}", child) for index, child in enumerate(node)]
        if inner:
            waiting.extend(reversed(inner))
        else:
            yield path, node


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
