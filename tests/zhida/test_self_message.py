"""A message to oneself: through everything, leaving nothing but its entries on the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from connectors.http_message import Request, Response
from exchange import audit
from exchange.errors import Fatal
from exchange.store import ledger_rows, tables
from sandbox.postgres import Postgres
from tests.zhida.endpoint import Endpoint
from zhida import self_message
from zhida.hub import Hub
from zhida.mailbox import Mailbox

WORK = (
    tables.document,
    tables.inbox,
    tables.delivery,
    tables.transfer,
    tables.receipt,
    tables.circuit,
    tables.matter_case,
    tables.case_item,
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Endpoint]:
    found = Endpoint(tmp_path / "d", {})
    yield found
    found.hub.close()


def left(hub: Hub) -> dict[str, int]:
    with hub.store.read() as connection:
        counts = {
            each.name: connection.execute(select(func.count()).select_from(each)).scalar_one()
            for each in WORK
        }
    return {name: number for name, number in counts.items() if number}


def buckets(place: Endpoint) -> list[str]:
    return sorted(each.name for each in (place.folder / "var/keys").iterdir())


def test_it_comes_back_and_leaves_only_its_entries(place: Endpoint) -> None:
    first, second = self_message.send(place.hub), self_message.send(place.hub)
    assert first.marker != second.marker
    assert second.size == 2 * first.size
    assert left(place.hub) == {}
    assert buckets(place) == ["lookup.key"]
    with place.hub.store.read() as connection:
        kinds = [row.kind for row in ledger_rows.entries(connection, 0, 100)]
    assert set(kinds) == {"self-message"}
    was = [each["was"] for each in place.entries("self-message")]
    assert was[: first.size] == ["document", "transfer", "receipt", "repeated"]
    assert not audit.verify(place.hub.store, place.hub.signer.public, "yuhuatai-test").problems


def test_on_postgresql_too(place: Endpoint, postgres: Postgres) -> None:
    from exchange.store import schema
    from zhida import site

    told = site.load(place.site)
    secret = place.env["ZHIDA_KEY_PASSWORD"].encode()
    url = postgres.database("self_message")
    hub = Hub(told, var=place.folder / "var", secret=secret, store=url)
    schema.upgrade(hub.store)
    assert self_message.send(hub).size == 4
    assert left(hub) == {}
    hub.close()


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (lambda box, token: box._kept.clear(), "mailbox"),
        (lambda box, token: box._kept.update(twice=token), "mailbox"),
    ],
)
def test_what_the_mailbox_holds_must_be_the_message_once(
    place: Endpoint, monkeypatch: pytest.MonkeyPatch, change: object, step: str
) -> None:
    honest = Mailbox.answer

    def answer(box: Mailbox, request: Request) -> Response:
        told = honest(box, request)
        change(box, box.messages[0])  # type: ignore[operator]
        return told

    monkeypatch.setattr(Mailbox, "answer", answer)
    with pytest.raises(Fatal, match=f"doctor.self-message .step={step}"):
        self_message.send(place.hub)
    assert left(place.hub) == {}


def test_a_mailbox_that_refuses_is_told(place: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mailbox, "answer", lambda *_: Response(403))
    with pytest.raises(Fatal, match="doctor.not-delivered") as caught:
        self_message.send(place.hub)
    assert caught.value.facts["because"]
    assert left(place.hub) == {}
    assert buckets(place) == ["lookup.key"]


def test_what_a_killed_doctor_left_is_removed_by_the_next_an_hour_later(
    place: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(self_message._Errand, "clear", lambda _: None)  # as kill -9 would have it
        self_message.send(place.hub)
    assert left(place.hub) == {
        "document": 1,
        "inbox": 1,
        "delivery": 1,
        "transfer": 1,
        "receipt": 1,
    }
    place.clock.skip(minutes=10)
    self_message.send(place.hub)
    assert left(place.hub)["document"] == 1  # it might be alive
    place.clock.skip(minutes=51)
    self_message.send(place.hub)
    assert left(place.hub) == {}
    assert buckets(place) == ["lookup.key"]


def test_an_expired_key_signs_none(place: Endpoint) -> None:
    place.clock.now += timedelta(days=3650)
    with pytest.raises(Exception, match="key.lapsed|certificate"):
        self_message.send(place.hub)
    assert left(place.hub) == {}
