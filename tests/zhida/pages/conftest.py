"""A town in which a child is registered, one waits for a person, and one was refused; and its pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from exchange import canonical, times
from exchange.store import case_rows
from zhida.pages import book
from zhida.pages.ask import Answer, Ask
from zhida.pages.desk import Desk

OPERATORS = {
    "operators/li.yaml": "operator: li\ntitle: 李示例\nroles: [operate, approve]\n"
    "airflow: li\ncertificate: ../keys/operators/li.crt\n",
    "operators/wang.yaml": "operator: wang\ntitle: 王示例\nroles: [operate, approve, see]\n"
    "airflow: wang\ncertificate: ../keys/operators/wang.crt\n",
}
"""Li may do much and see no values, Wang may."""


@pytest.fixture(scope="module")
def site_files() -> dict[str, str]:
    return OPERATORS


@pytest.fixture(scope="module")
def cases(town: Any) -> dict[str, str]:
    """Which case is which."""
    finished, parked, invalid = (town.bear_ready(number) for number in (901, 902, 903))
    town.sweep("household")
    _hold(town, parked, "parked", "delivery.unknowable", {})
    _hold(town, invalid, "invalid", "mapping.missing", {"path": "/child/name", "rule": "1"})
    town.finish(finished)
    told = {"finished": finished, "parked": parked, "invalid": invalid}
    return {name: town.case(number).id for name, number in told.items()}


def _hold(town: Any, certificate: str, state: str, code: str, facts: dict[str, str]) -> None:
    """As if it had come to that: the call was made, and its end was another."""
    town.clock.skip(1)
    values = {"state": state, "code": code, "updated_at": times.stamp(town.clock())}
    values["facts"] = canonical.dumps(facts).decode()
    with town.hub.store.write() as connection:
        case_rows.set_item(connection, town.case(certificate).id, "household", values)


@pytest.fixture(scope="module")
def desk(town: Any, cases: dict[str, str]) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in town.env.items():
            patch.setenv(name, value)
        found = Desk(town.clock)
        yield found
        found.close()


@pytest.fixture
def ask(desk: Desk) -> Callable[..., Answer]:
    """Ask at an address: ``ask("/cases", state="done")``; ``form``: send one."""

    def at(
        path: str, *, user: str = "li", form: dict[str, str] | None = None, **query: str
    ) -> Answer:
        pages = book.PAGES if form is None else book.FORMS
        page, parts = _route(pages, path)
        told = Ask(parts, query, form or {}, user=user, base="/zhida", path=path, token="t")
        return book.answer(desk, page, told)

    return at


def _route(pages: Any, path: str) -> tuple[Any, dict[str, str]]:
    for pattern, page in pages.items():
        found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern), path)
        if found:
            return page, found.groupdict()
    raise AssertionError(path)
