"""A system at work by the plans of its system file: called, asked after, counted, listened to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from adapters import _generic_request
from adapters._feed_source import FeedSource
from adapters._generic_books import Books
from adapters._generic_call import Call, over
from adapters._generic_plan import Listed, Plan
from adapters._generic_request import Sent
from adapters._generic_sample import SampleWire
from adapters._generic_trial import Trial, tried
from exchange.errors import Fatal, Rejected, Retriable, Unknown
from exchange.names import nearest
from exchange.ports import (
    Answer,
    Arrival,
    BookEntry,
    Connector,
    Inputs,
    Operation,
    Prepared,
)


@dataclass(frozen=True, slots=True)
class Asked(Mapping[str, Any]):
    """What ``prepare`` makes: the call, and the question that asks after it.

    A mapping for who rehearses an operation and shows the message: what goes over the wire, under
    the call as the site wrote it.
    """

    request: Sent
    question: Sent | None = None

    @property
    def _shown(self) -> Mapping[str, Any]:
        sent = {"request": self.request} | ({"question": self.question} if self.question else {})
        return {name: {each.written: each.body} for name, each in sent.items()}

    def __getitem__(self, name: str) -> Any:
        return self._shown[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._shown)

    def __len__(self) -> int:
        return len(self._shown)


class Generic:
    """Adapter over one wire and the plans of what is done there. Owns the wire. Thread-safe."""

    def __init__(self, connector: Connector, plans: Mapping[str, Plan]) -> None:
        self._connector, self._plans = connector, dict(plans)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """What the system file describes."""
        return {name: each.operation for name, each in self._plans.items()}

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The message, and the question after it: both are checked before anything is sent."""
        told = self._plan(operation)
        request = _generic_request.built(told.request, inputs, effect_key)
        digest = told.request.mapping.digest if told.request.mapping else ""
        question = None
        if told.probe is not None:
            asked, earlier = told.probe[0], request.fields
            question = _generic_request.built(asked, inputs, effect_key, earlier)
        return Prepared(operation, effect_key, Asked(request, question), digest)

    def submit(self, prepared: Prepared) -> Answer:
        """Send it, and believe what the site's rules say of the answer, nothing else."""
        told = self._plan(prepared.operation)
        call = Call(self._connector, told.answer, prepared.operation)
        answer = call.do(prepared.body.request)
        if answer is None:  # the schema knows no rule for it here
            facts = dict.fromkeys(("seen", "places", "unread", "wanted", "place"), "-")
            raise Unknown("generic.unclear", operation=prepared.operation, **facts)
        return answer

    def fetch(self, prepared: Prepared) -> Answer:
        """The same for an operation that only reads."""
        return self.submit(prepared)

    def probe(self, prepared: Prepared) -> Answer | None:
        """What the system says of the effect; None only where it says that there is none.

        Who refuses the question has said nothing about the effect: only a refusal by the site's
        own rule is one.
        """
        told = self._plan(prepared.operation)
        if told.probe is None:
            raise Fatal("generic.not-probed", operation=prepared.operation)
        call = Call(self._connector, told.probe[1], prepared.operation)
        return call.ask(prepared.body.question)

    def rehearse(self, prepared: Prepared, sample: bytes, *, probe: bool = False) -> Trial:
        """What a sample answer (to the question after the effect, if ``probe``) comes to by the rules.

        Nothing is sent. Raises ``Invalid`` for what is no answer to such a call.
        """
        told, sent = self._plan(prepared.operation), prepared.body.request
        reading = told.answer
        if probe:
            if told.probe is None:
                raise Fatal("generic.not-probed", operation=prepared.operation)
            reading, sent = told.probe[1], prepared.body.question
        wire = SampleWire(sample, reading.unwrap, self._connector)
        return tried(Call(wire, reading, prepared.operation), sent, is_question=probe)

    def headers(self, prepared: Prepared) -> Mapping[str, Mapping[str, str]]:
        """``request``, ``question`` → the headers with which each would go out; nothing is sent.

        Empty for a wire that has none, or can't tell them without a call.
        """
        if not hasattr(self._connector, "signed"):
            return {}
        asked: Asked = prepared.body
        sent = {"request": asked.request} | ({"question": asked.question} if asked.question else {})
        found = {name: self._connector.signed(s.call, s.body) for name, s in sent.items()}
        return {name: told for name, told in found.items() if told}

    @property
    def booked(self) -> frozenset[str]:
        """The operations that the system lists."""
        return frozenset(name for name, each in self._plans.items() if each.books)

    def books(self, operation: str, since: datetime, until: datetime) -> Iterator[BookEntry]:
        """What the system lists for the span. ``Retriable`` if it is not the whole list."""
        return self._listed(operation, self._plan(operation).books, (since, until))

    @property
    def tells(self) -> frozenset[str]:
        """The operations of which the system lists what people have answered."""
        return frozenset(name for name, each in self._plans.items() if each.news)

    def news(self, operation: str, since: datetime, until: datetime) -> Iterator[BookEntry]:
        """What people answered in the span. ``Retriable`` if it is not the whole list."""
        return self._listed(operation, self._plan(operation).news, (since, until))

    def _listed(
        self, operation: str, told: Listed | None, span: tuple[datetime, datetime]
    ) -> Iterator[BookEntry]:
        if told is None:
            raise Fatal("generic.no-books", operation=operation)
        books = Books(*told, self._plan(operation).request.effect_key_as, operation)
        return books.read(partial(self._page, operation), *span)

    def _page(self, operation: str, question: Sent) -> Any:
        try:
            return over(self._connector, question).value
        except (Rejected, Unknown) as error:
            facts = {"operation": operation, "reason": error.code}
            raise Retriable("generic.unreadable-books", **facts) from None

    def close(self) -> None:
        """Close the wire."""
        self._connector.close()

    def _plan(self, operation: str) -> Plan:
        if operation not in self._plans:
            near = nearest(operation, self._plans)
            raise Fatal("generic.no-such-operation", operation=operation, nearest=near)
        return self._plans[operation]


class Receiving(Generic):
    """The same for a system that messages are taken from as well. Owns both wires."""

    def __init__(self, connector: Connector, plans: Mapping[str, Plan], source: FeedSource) -> None:
        super().__init__(connector, plans)
        self.source = source

    @property
    def wait_s(self) -> float:
        """How long a poll waits for the first message, in seconds."""
        return self.source.wait_s

    @wait_s.setter
    def wait_s(self, seconds: float) -> None:
        self.source.wait_s = seconds

    def poll(self, stream: str, cursor: str) -> tuple[Sequence[Arrival], str]:
        """What waits there, as the ``feed`` adapter reads it."""
        return self.source.poll(stream, cursor)

    def read_again(self, stream: str, key: str, raw: bytes) -> Arrival:
        """A message that was kept, as the stream's format and mapping read it now."""
        return self.source.read_again(stream, key, raw)

    def settle(self, stream: str, keys: Sequence[str]) -> None:
        """Tell the wire which messages are ours."""
        self.source.settle(stream, keys)

    def dead_letters(self, stream: str) -> int | None:
        """How many messages were delivered in vain; None: no such place."""
        return self.source.dead_letters(stream)

    def close(self) -> None:
        """Close both wires; what is not settled comes again."""
        self.source.close()
        super().close()
