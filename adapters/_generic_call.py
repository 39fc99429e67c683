"""One call of a system and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from adapters import _generic_answer
from adapters._generic_plan import Reading
from adapters._generic_request import Sent
from exchange.errors import Invalid, Rejected, Unknown, ZhidaError
from exchange.ports import Answer, Connector, Reply


@dataclass(frozen=True, slots=True)
class Call:
    """By whose rules a wire's answer is read, for one operation."""

    connector: Connector
    reading: Reading
    operation: str

    def do(self, sent: Sent) -> Answer | None:
        """Send and read. Raises what the rules make of the answer, or what the wire raises."""
        try:
            reply = over(self.connector, sent)
        except Invalid:
            raise
        except Rejected as error:
            told = _generic_answer.despite(self.reading, error, sent, self.operation)
            if told is None:
                return None
            raise told from None
        return _generic_answer.read(self.reading, reply, sent, self.operation)

    def ask(self, sent: Sent) -> Answer | None:
        """The same for a question: that the wire refused it says nothing about the effect."""
        try:
            return self.do(sent)
        except Invalid:
            raise
        except Rejected as error:
            if error.code == _generic_answer.REFUSED:
                raise
            raise Unknown(error.code, **error.facts) from None


def over(connector: Connector, sent: Sent) -> Reply:
    """The wire's answer. Its errors name the call as the site wrote it: a path may name a person."""
    with _named(sent.written):
        return connector.call(sent.call, sent.body)


@contextmanager
def _named(call: str) -> Iterator[None]:
    try:
        yield
    except ZhidaError as error:
        if "operation" in error.facts:
            error.facts["operation"] = call
        raise
