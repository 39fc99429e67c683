"""A hub for one task, whose errors end in words that whoever looks at the task can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airflow.sdk.exceptions import AirflowException

from exchange.errors import ZhidaError
from zhida import site_words
from zhida.airflow import connections
from zhida.hub import Hub, open_hub


@contextmanager
def hub(step: str) -> Iterator[Hub]:
    """Open for the length of one task; ``step``: what is being done, for people."""
    with open_hub(find=connections.find) as opened:
        try:
            yield opened
        except ZhidaError as error:
            lines = [site_words.describe(opened.site, p.code, p.facts) for p in error.problems]
            said = "；".join(f"{what} {remedy}" for what, remedy in lines)
            raise AirflowException(f"{step}：{said} [{error.code}]") from None
