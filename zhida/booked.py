"""What a target's books say, spoken as an answer: for operations that nobody can probe."""

from __future__ import annotations

from collections.abc import Mapping

from exchange import canonical, times
from exchange.errors import Fatal, Rejected
from exchange.ports import Adapter, Answer, BookEntry, Inputs, Operation, Prepared


class Booked:
    """An adapter whose ``probe`` answers from one line of the books, and which sends nothing."""

    def __init__(self, adapter: Adapter, line: BookEntry) -> None:
        self._adapter = adapter
        self._line = line

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The adapter's own."""
        return self._adapter.operations

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The line answers for any content: its key says what it is about."""
        return Prepared(operation, effect_key, None)

    def submit(self, prepared: Prepared) -> Answer:
        """Never: who compares books sends nothing."""
        raise Fatal("reconcile.sends-nothing", operation=prepared.operation)

    def probe(self, prepared: Prepared) -> Answer:
        """The line. Raises ``Rejected`` if it tells of a refusal."""
        line = self._line
        told = {
            "effect": line.effect_key,
            "reference": line.reference,
            "state": line.state,
            "at": times.stamp(line.at),
        }
        raw = canonical.dumps(told)
        if line.state == "refused":
            raise Rejected("reconcile.refused-there").answered(raw)
        return Answer(raw, line.reference, as_of=line.at, waiting=line.state == "waiting")

    def fetch(self, prepared: Prepared) -> Answer:
        """Never: see ``submit``."""
        raise Fatal("reconcile.sends-nothing", operation=prepared.operation)

    def close(self) -> None:
        """The adapter is not ours to close."""
