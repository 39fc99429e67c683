"""One call to the insurance platform: the envelope around it, and what its answer comes to."""

from __future__ import annotations

from dataclasses import dataclass

from adapters._insurance_envelope import (
    Outcome,
    Question,
    UnreadableAnswerError,
    envelope,
    outcome,
)
from adapters._insurance_settings import Settings
from exchange.errors import Fatal, Rejected, Retriable, Unknown
from exchange.ports import Clock, Connector, Reply

CALL = "POST /fsi/api/rsfComIfsService/callService/"


@dataclass(frozen=True, slots=True)
class Line:
    """The platform behind its wire, with our name and key there. Owns the wire."""

    connector: Connector
    settings: Settings
    clock: Clock

    def ask(self, question: Question, effect_key: str = "") -> tuple[Reply, Outcome]:
        """Send one question or act. The envelope is made now, since it tells the time."""
        body = envelope(
            question,
            self.settings.sender,
            at=self.clock(),
            effect_key=effect_key,
            secret=self.settings.secret,
        )
        reply = self.connector.call(CALL + question.number, body)
        try:
            return reply, outcome(reply.value)
        except UnreadableAnswerError:
            raise Unknown("insurance.unreadable-answer", infno=question.number) from None

    def refusal(
        self, told: Outcome, reply: Reply, number: str
    ) -> Rejected | Retriable | Unknown | Fatal:
        """What −1 means for the act ``number``."""
        rejected = Rejected("insurance.refused", infno=number).answered(reply.raw, told.text)
        return self.settings.trouble(told.text, number) or rejected

    def no_answer(self, told: Outcome, number: str) -> Retriable | Unknown | Fatal:
        """What −1 means for a question: nothing about what was asked for."""
        refused = Unknown("insurance.query-refused", infno=number)
        return self.settings.trouble(told.text, number) or refused
