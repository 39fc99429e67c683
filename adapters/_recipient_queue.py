"""A batch as messages: one a row, persistent, in a window of publisher confirms."""

from __future__ import annotations

from adapters._recipient_form import Consignment
from connectors.amqp import AmqpPublisher, Outgoing
from exchange import canonical, canonical_rows
from exchange.errors import Invalid

_NO_ROW = b'"row":{}'


def bodies(what: Consignment) -> list[bytes]:
    """The messages: what the batch is, and a row; of one that is gone, its key.

    >>> told = Consignment(sync="s", document="d", batch="b", number=1, key=("a",), columns=("a",), rows=[{"a": "1"}])
    >>> bodies(told)
    [b'{"batch":"b","document":"d","gone":false,"key":["a"],"number":1,"row":{"a":"1"},"sync":"s"}']
    """
    # Canonical JSON around the row is the same for all; no text can hold these bytes, for its quotes are escaped.
    head, _, tail = canonical.dumps({**what.about, "row": {}}).partition(_NO_ROW)
    return [head + b'"row":' + row + tail for row in canonical_rows.bodies(what.rows)]


def unfit(what: Consignment, most: int) -> dict[int, Invalid]:
    """Rows whose message would be longer than ``most`` bytes, by their number."""
    sizes = [len(body) for body in bodies(what)]
    return {
        n: Invalid("recipient.too-long", bytes=s, limit=most)
        for n, s in enumerate(sizes)
        if s > most
    }


def publish(publisher: AmqpPublisher, what: Consignment) -> None:
    """The broker holds all of them when this returns. Raises what came of the first that it does not.

    A message that no queue wants is no fault of its row: ``Rejected amqp.unroutable`` stops the sync, and
    nothing is lost.
    """
    messages = [
        Outgoing(what.route, body, identifier)
        for body, identifier in zip(bodies(what), what.ids, strict=True)
    ]
    for told in publisher.publish(messages):
        if told is not None:
            raise told
