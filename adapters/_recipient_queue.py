"""A batch as messages: one a row, persistent, in a window of publisher confirms."""

from __future__ import annotations

from adapters._recipient_form import Consignment
from connectors.amqp import AmqpPublisher, Outgoing
from exchange import canonical
from exchange.errors import Invalid
from exchange.ports import Record


def body(what: Consignment, row: Record) -> bytes:
    """One message: what the batch is, and the row; of one that is gone, its key.

    >>> told = Consignment(sync="s", document="d", batch="b", number=1, key=("a",), columns=("a",), rows=())
    >>> body(told, {"a": "1"})
    b'{"batch":"b","document":"d","gone":false,"key":["a"],"number":1,"row":{"a":"1"},"sync":"s"}'
    """
    return canonical.dumps({**what.about, "row": dict(row)})


def unfit(what: Consignment, most: int) -> dict[int, Invalid]:
    """Rows whose message would be longer than ``most`` bytes, by their number."""
    sizes = {number: len(body(what, row)) for number, row in enumerate(what.rows)}
    return {
        n: Invalid("recipient.too-long", bytes=s, limit=most) for n, s in sizes.items() if s > most
    }


def publish(publisher: AmqpPublisher, what: Consignment) -> None:
    """The broker holds all of them when this returns. Raises what came of the first that it does not.

    A message that no queue wants is no fault of its row: ``Rejected amqp.unroutable`` stops the sync, and
    nothing is lost.
    """
    messages = [
        Outgoing(what.route, body(what, row), identifier)
        for row, identifier in zip(what.rows, what.ids, strict=True)
    ]
    for told in publisher.publish(messages):
        if told is not None:
            raise told
