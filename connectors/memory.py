"""The simplest wire: callables in this process. Real enough for the core's tests and for demos.

Same protocol as the other connectors, so nothing needs patching: an answer is what the callable
returns, a failure is what it raises. Nothing is shared between two instances.

Error map (raised by a callable → leaves this wire)::

    ConnectionRefusedError        Retriable  wire.refused
    ConnectionError, TimeoutError Unknown    wire.lost, wire.no-answer
    our own family                as it is
    anything else                 as it is: a bug in the callable must be seen
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson

from exchange.errors import Fatal, Retriable, Unknown, ZhidaError
from exchange.names import nearest
from exchange.ports import Reply

Operation = Callable[[Any], Any]

_ERRORS: Mapping[type[OSError], tuple[type[ZhidaError], str]] = {
    ConnectionRefusedError: (Retriable, "wire.refused"),
    ConnectionError: (Unknown, "wire.lost"),
    TimeoutError: (Unknown, "wire.no-answer"),
}


class Memory:
    """Answers from a table of callables: operation → ``callable(body)``.

    A callable returns a ``Reply``, bytes, or any JSON value; the raw bytes of a value are its
    canonical JSON.

    >>> Memory({"echo": lambda body: {"got": body}}).call("echo", 1).value
    {'got': 1}
    """

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self._operations = dict(operations)
        self._closed = False

    def call(self, operation: str, body: Any) -> Reply:
        """Hand ``body`` to the operation's callable. Raises what it raises, mapped as above."""
        if self._closed:
            raise Fatal("wire.closed", peer="memory")
        answer_to = self._operations.get(operation)
        if answer_to is None:
            near = nearest(operation, self._operations)
            raise Fatal("wire.no-operation", operation=operation, nearest=near)
        with _translated(operation):
            return _reply(answer_to(body))

    def close(self) -> None:
        """No call goes through after this."""
        self._closed = True


def _reply(answer: Any) -> Reply:
    if isinstance(answer, Reply):
        return answer
    raw = answer if isinstance(answer, bytes) else orjson.dumps(answer, option=orjson.OPT_SORT_KEYS)
    return Reply(raw, answer)


@contextmanager
def _translated(operation: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        for theirs, (ours, code) in _ERRORS.items():
            if isinstance(error, theirs):
                raise ours(code, peer="memory", operation=operation) from None
        raise
