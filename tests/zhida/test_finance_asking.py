"""All callers share the hub's threads; one holder that breaks off costs nobody else's word, and is told by its kind."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exchange.errors import Fatal
from matters import matter
from tests.zhida import finance_stores
from tests.zhida.finance_stores import at_once as side_by_side
from tests.zhida.finance_town import Place
from zhida import at_once, finance_asking

place = finance_stores.place
SHIPPED = Path(matter.__file__).with_name("order-finance") / "matter.yaml"
SIZE = 3


@pytest.fixture
def hub() -> Iterator[Any]:
    """No more of a hub than asking needs."""
    with ThreadPoolExecutor(SIZE) as beside:
        yield SimpleNamespace(
            site=SimpleNamespace(matter=lambda _: matter.load(SHIPPED)), beside=beside
        )


def ask(hub: Any, work: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> frozenset[str]:
    monkeypatch.setattr(at_once, "work_on", lambda _, __, item: work(item))
    request: Any = SimpleNamespace(case="case-1")
    return finance_asking.ask(hub, request, 30)


def test_everybody_is_asked_once_and_who_needs_another_s_word_after_it(
    hub: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    assert ask(hub, asked.append, monkeypatch) == frozenset()
    assert Counter(asked) == Counter(list(matter.load(SHIPPED).items))
    assert asked.index("delivery") > asked.index("order") < asked.index("opinion")


def test_what_breaks_off_is_told_by_its_kind_and_the_others_are_asked(
    hub: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def work(item: str) -> None:
        if item == "order":
            raise KeyError("某某公司 PO-2026-007")
        if item == "pledge":
            raise Fatal("store.broken", reason="某某公司")
        asked.append(item)

    asked: list[str] = []
    with caplog.at_level(logging.ERROR):
        assert ask(hub, work, monkeypatch) == {"order", "pledge"}
    assert {*asked, "order", "pledge"} == {*matter.load(SHIPPED).items}
    assert "item=order code=KeyError" in caplog.text
    assert "item=pledge code=store.broken" in caplog.text
    assert "某某" not in caplog.text and "PO-2026" not in caplog.text


def test_those_who_wait_share_the_threads(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lock, at_work, most = threading.Lock(), 0, 0

    def work(_: str) -> None:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        threading.Event().wait(0.005)
        with lock:
            at_work -= 1

    found = side_by_side([lambda: ask(hub, work, monkeypatch)] * 5)
    assert found == [frozenset()] * 5
    assert 1 < most <= SIZE


def test_when_the_time_is_over_what_has_not_begun_is_left_and_what_has_goes_on(
    hub: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    released = threading.Event()

    def work(_: Any, __: str, item: str) -> None:
        begun.append(item)
        assert released.wait(30)

    monkeypatch.setattr(at_once, "work_on", work)
    request: Any = SimpleNamespace(case="case-1")
    assert finance_asking.ask(hub, request, 0.05) == frozenset()
    released.set()
    hub.beside.shutdown()
    assert len(begun) == SIZE


def test_its_owner_closes_it(place: Place) -> None:
    hub = place.open_hub()
    done: list[int] = []
    hub.beside.submit(done.append, 1)
    hub.close()
    assert done == [1]
    with pytest.raises(RuntimeError):
        hub.beside.submit(done.append, 2)
