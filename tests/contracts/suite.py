"""What every adapter promises the core, whatever system it speaks for.

One line gives it to a new adapter: ``class TestIt(ActingContract): subject = "it"``, where ``it``
is a fixture that gives a ``Subject``: the adapter, and its far side as somebody else built it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown, ZhidaError
from exchange.ports import Adapter, Answer, Operation, Prepared


@dataclass
class Subject:
    """One operation of an adapter, and what can be done to the system behind it."""

    adapter: Adapter
    operation: str
    inputs: Callable[[], dict[str, Any]]
    """The documents of a new thing each time, or of the same one if ``key`` is the same."""
    key: Callable[[], str]
    effects: Callable[[], int]
    """How many there are in the system's own books."""
    strike: Callable[[str], None]
    """The next call: ``lost`` (done, no answer), ``late`` (done, answer after the time-out),
    ``garbled`` (an answer that is none), ``refused`` (by the system's rules), ``away``, ``back``."""
    personal: tuple[str, ...] = ()
    """Values of the inputs that name a person."""
    reason: str = ""
    """The system's own words of a refusal."""
    wordless: bool = False
    """Its refusal is a status without words for a person."""
    told: list[ZhidaError] = field(default_factory=list)
    """Every error that the contract has seen."""

    @property
    def declared(self) -> Operation:
        return self.adapter.operations[self.operation]

    def prepare(self) -> Prepared:
        return self.adapter.prepare(self.operation, self.inputs(), self.key())

    def do(self, prepared: Prepared) -> Answer | ZhidaError:
        return self._told(lambda: self.adapter.submit(prepared))

    def ask(self, prepared: Prepared) -> Answer | ZhidaError | None:
        return self._told(lambda: self.adapter.probe(prepared))

    def read(self, prepared: Prepared) -> Answer | ZhidaError:
        return self._told(lambda: self.adapter.fetch(prepared))

    def _told(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except ZhidaError as error:
            self.told.append(error)
            return error


def require_refusal(it: Subject, error: object) -> None:
    """The system's no, in its own words. ``Invalid`` would be ours: the question never left."""
    assert isinstance(error, Rejected), error
    assert not isinstance(error, Invalid), error
    assert bool(it.reason) != it.wordless, "a refusal without its words proves little"
    assert it.reason in error.reason
    assert error.raw or error.facts


class _Contract:
    subject = ""

    @pytest.fixture
    def it(
        self, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
    ) -> Iterator[Subject]:
        """The subject; whatever a test does to it, nothing personal is told of it."""
        found: Subject = request.getfixturevalue(self.subject)
        assert found.personal, "a contract without a person's data proves nothing of privacy"
        with caplog.at_level(logging.INFO):
            yield found
        told = [caplog.text]
        for error in found.told:
            told += [str(error), repr(error), repr(error.facts), repr(error.problems)]
        for value in found.personal:
            assert value not in "\n".join(told), "a person's data in a log or a fact"

    def test_what_is_declared_fits_together(self, it: Subject) -> None:
        for name, each in it.adapter.operations.items():
            assert each.name == name
            assert any(char >= "\u4e00" for char in each.title)
            assert all(path.partition("/")[0] in each.needs for path in each.identity)
            assert each.identity or not each.effect
            assert not each.corrects or each.corrects in it.adapter.operations

    def test_preparing_does_nothing_and_says_the_same_twice(self, it: Subject) -> None:
        inputs, key, before = it.inputs(), it.key(), it.effects()
        first, second = (it.adapter.prepare(it.operation, inputs, key) for _ in range(2))
        assert first == second
        assert first.effect_key == key
        assert it.effects() == before

    def test_a_thing_that_is_not_there_is_fatal(self, it: Subject) -> None:
        with pytest.raises(Fatal):
            it.adapter.prepare("no_such_operation", it.inputs(), it.key())


class ActingContract(_Contract):
    """For an operation with an effect."""

    def test_done_is_done_once_and_the_probe_finds_it(self, it: Subject) -> None:
        prepared, before = it.prepare(), it.effects()
        if it.declared.idempotence == "probe":
            assert it.ask(prepared) is None
        done = it.do(prepared)
        assert isinstance(done, Answer), done
        assert it.effects() == before + 1
        if it.declared.idempotence == "probe":
            found = it.ask(prepared)
            assert isinstance(found, Answer), found
            assert (done.reference, done.record) == (found.reference, found.record)
            assert done.waiting == found.waiting
        assert it.effects() == before + 1

    def test_doing_it_again_is_as_declared(self, it: Subject) -> None:
        if it.declared.idempotence not in ("natural", "keyed"):
            return
        prepared, before = it.prepare(), it.effects()
        first, second = it.do(prepared), it.do(prepared)
        assert isinstance(first, Answer), first
        assert isinstance(second, Answer), second
        assert first.reference == second.reference
        assert it.effects() == before + 1

    def test_what_gives_a_document_gives_one(self, it: Subject) -> None:
        done = it.do(it.prepare())
        assert isinstance(done, Answer), done
        if it.declared.gives and not done.waiting:
            assert done.record is not None
            assert done.mapping_digest
        assert done.raw

    def test_a_refusal_is_no_failure_and_leaves_nothing(self, it: Subject) -> None:
        prepared, before = it.prepare(), it.effects()
        it.strike("refused")
        require_refusal(it, it.do(prepared))
        assert it.effects() == before

    def test_a_system_that_is_away_has_done_nothing(self, it: Subject) -> None:
        prepared, before = it.prepare(), it.effects()
        it.strike("away")
        assert isinstance(it.do(prepared), Retriable)
        it.strike("back")
        assert it.effects() == before
        assert isinstance(it.do(prepared), Answer)

    @pytest.mark.parametrize("how", ["lost", "late"])
    def test_no_answer_is_unknown_and_the_way_out_is_as_declared(
        self, it: Subject, how: str
    ) -> None:
        prepared, before = it.prepare(), it.effects()
        it.strike(how)
        error = it.do(prepared)
        assert isinstance(error, Unknown), error
        it.strike("back")
        if it.declared.idempotence == "none":
            return
        again = it.ask if it.declared.idempotence == "probe" else it.do
        found = again(prepared)
        assert isinstance(found, Answer), found
        assert it.effects() == before + 1

    def test_an_answer_that_is_none_is_no_success_and_no_refusal(self, it: Subject) -> None:
        prepared = it.prepare()
        it.strike("garbled")
        assert isinstance(it.do(prepared), Unknown)

    def test_who_cannot_be_asked_has_said_nothing(self, it: Subject) -> None:
        if it.declared.idempotence != "probe":
            return
        prepared = it.prepare()
        assert isinstance(it.do(prepared), Answer)
        it.strike("away")
        assert isinstance(it.ask(prepared), Retriable | Unknown)
        it.strike("back")
        it.strike("garbled")
        assert isinstance(it.ask(prepared), Retriable | Unknown)


class ReadingContract(_Contract):
    """For an operation without an effect."""

    def test_it_reads_the_same_twice(self, it: Subject) -> None:
        assert not it.declared.effect
        prepared = it.prepare()
        first, second = it.read(prepared), it.read(prepared)
        assert isinstance(first, Answer), first
        assert isinstance(second, Answer), second
        assert (first.record, first.signed) == (second.record, second.signed)
        assert first.record is not None or first.signed

    def test_a_refusal_is_told_from_a_failure(self, it: Subject) -> None:
        it.strike("refused")
        require_refusal(it, it.read(it.prepare()))

    @pytest.mark.parametrize("how", ["lost", "late", "garbled", "away"])
    def test_no_answer_is_no_answer(self, it: Subject, how: str) -> None:
        prepared = it.prepare()
        it.strike(how)
        assert isinstance(it.read(prepared), Retriable | Unknown)
        it.strike("back")
        assert isinstance(it.read(prepared), Answer)
