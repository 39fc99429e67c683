"""The pages of a source, of which the next one is read while one is worked on."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from connectors.tables_keyset import Span
from connectors.tables_page import Read
from zhida.sync_questions import Source


def pages(
    source: Source, span: Span, size: int, go_on: Callable[[], None]
) -> Generator[Sequence[Read]]:
    """Every page of the span, none of them empty.

    ``go_on`` is asked before each is given, and stops by raising: what was read ahead is then forgotten. One page
    waits in memory at most. The source is in another thread meanwhile; close this before you use it again.
    """
    go_on()
    page = source.page(span, size)
    with ThreadPoolExecutor(1, "sync-page") as ahead:
        while len(page) == size:
            span = replace(span, after=page[-1].marks)
            coming = ahead.submit(source.page, span, size)
            yield page
            go_on()
            page = coming.result()
    if page:
        yield page
