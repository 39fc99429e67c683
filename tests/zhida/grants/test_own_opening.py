"""What the hub opens cases with itself: by natural keys, many at once, and looked at by nobody."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.errors import Fatal, Invalid
from exchange.store import case_rows, document_rows
from exchange.store.engine import Connection
from tests.zhida.grant_town import Town
from zhida import own_opening, sweep
from zhida.own_opening import Own


def batch(number: int, **changed: Any) -> Own:
    told = {"id": f"b{number}", "policy": "p", "title": "示例", "count": 1, "total_fen": 100}
    told |= {"rows": "编号", "masked_rows": "编号", "rows_digest": "0" * 64, "reviewer": "241"}
    return Own(f"batch/{number}", told | changed)


def cases(town: Town) -> int:
    with town.hub.store.read() as connection:
        return len(case_rows.list_cases(connection, "grant-payment"))


def into(town: Town) -> Any:
    return own_opening.stream(town.hub, "grant-payment", "grant-payment-batch")


def test_many_are_opened_together_and_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_opening, "CHUNK", 3)
    records = [batch(number) for number in range(7)]
    before = town.hub.store
    assert own_opening.take_all(into(town), records) == {"opened": 7}
    assert own_opening.take_all(into(town), records) == {"known": 7}
    assert cases(town) == 7
    with before.read() as connection:
        (heads,) = connection.exec_driver_sql("SELECT count(*) FROM ledger_head").one()
    assert heads == 3  # a signed head for each chunk, not for each case


def test_one_at_a_time_is_the_same(town: Town) -> None:
    assert own_opening.take(into(town), batch(1)) == "opened"
    assert own_opening.take(into(town), batch(1)) == "known"
    assert own_opening.take_all(into(town), [batch(1)]) == {"known": 1}


def test_what_was_taken_in_is_known_by_its_key_whatever_it_would_say_now(town: Town) -> None:
    assert not own_opening.is_known(town.hub, "batch/1")
    own_opening.take_all(into(town), [batch(1)])
    assert own_opening.is_known(town.hub, batch(1, title="另一个名称").key)
    assert not own_opening.is_known(town.hub, "batch/2")


def test_the_rest_of_a_chunk_that_is_known_in_part_is_opened(town: Town) -> None:
    own_opening.take_all(into(town), [batch(1)])
    found = own_opening.take_all(into(town), [batch(0), batch(1), batch(2)])
    assert found == {"opened": 2, "known": 1}


def test_what_is_not_of_its_kind_opens_nothing_and_is_not_kept_for_a_person(town: Town) -> None:
    with pytest.raises(Invalid):
        own_opening.take_all(into(town), [batch(1), batch(2, count="one")])
    assert cases(town) == 0
    with town.hub.store.read() as connection:
        assert document_rows.list_invalid(connection) == []


def test_what_is_written_beside_it_stands_or_falls_with_it(town: Town) -> None:
    def fails(connection: Connection, own: Own) -> list[Any]:
        raise Fatal("case.unknown", case="x")

    with pytest.raises(Fatal):
        own_opening.take_all(into(town), [batch(1)], fails)
    assert cases(town) == 0


def test_its_document_is_the_hubs_own_word(town: Town) -> None:
    own_opening.take(into(town), batch(1))
    with town.hub.store.read() as connection:
        (case,) = case_rows.list_cases(connection, "grant-payment")
        known = case_rows.documents(connection, case.id)["batch"]
    origin = town.hub.archive.get(known).origin
    assert (origin.kind, origin.provider, origin.issuer) == ("grant-payment-batch", "hub", "hub")
    assert (origin.custody, origin.source) == ("hub", "hub")


def test_nobody_looks_at_such_a_stream(town: Town) -> None:
    matter = town.hub.site.matter("grant-payment")
    assert town.hub.site.sources(matter) == ()
    assert sweep.take_in(town.hub, matter).sick is None


def test_a_stream_that_a_matter_does_not_have_is_told(town: Town) -> None:
    with pytest.raises(Fatal, match=r"own\.no-stream"):
        own_opening.stream(town.hub, "grant-payment", "grant-award")
