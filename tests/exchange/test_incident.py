"""One incident for all that comes of one cause; a relapse is no new one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from exchange import circuit, incident, times
from exchange.incident import RELAPSE, Trouble
from exchange.store import incident_rows
from exchange.store.engine import Store
from exchange.store.incident_rows import IncidentRow

LATER = "2999-01-01T00:00:00.000000Z"
LONG = RELAPSE.total_seconds() + 1


def begin(
    store: Store, clock: Any, system: str = "police", kind: str = "system", **more: str
) -> None:
    trouble = Trouble(system, kind, more.get("code", "wire.refused"), {"peer": "p:1"})
    with store.write() as connection:
        incident.begin(connection, trouble, clock())


def end(store: Store, clock: Any, kind: str = "system") -> None:
    with store.write() as connection:
        incident.end(connection, "police", kind, clock())


def told(store: Store, identifier: str, clock: Any) -> None:
    with store.write() as connection:
        incident_rows.change(connection, identifier, told_at=times.stamp(clock()))


def rows(store: Store) -> list[IncidentRow]:
    with store.read() as connection:
        return incident_rows.newest(connection)


def untold(store: Store) -> list[str]:
    with store.read() as connection:
        return [row.id for row in incident_rows.untold(connection, LATER)]


def test_the_third_failure_opens_one_and_the_next_hundred_none(store: Store, clock: Any) -> None:
    began = times.stamp(clock())
    for failures in range(1, 100):
        with store.write() as connection:
            circuit.failed(connection, "police", "wire.refused", clock(), facts={"peer": "p:1"})
        assert len(rows(store)) == (failures >= circuit.TOLERATED)
        clock.forward(60)
    [row] = rows(store)
    assert (row.id, row.kind, row.code, row.opened_at) == (
        "police-1",
        "system",
        "wire.refused",
        began,
    )
    assert row.facts == '{"peer":"p:1"}'


def test_an_answer_closes_it(store: Store, clock: Any) -> None:
    begin(store, clock, "insurance")
    for _ in range(3):
        with store.write() as connection:
            circuit.failed(connection, "police", "wire.refused", clock())
    with store.write() as connection:
        circuit.answered(connection, "police", clock())
    closed = {row.system: row.closed_at for row in rows(store)}
    assert closed == {"police": times.stamp(clock()), "insurance": ""}


def test_what_fails_again_soon_is_the_same_incident(store: Store, clock: Any) -> None:
    begin(store, clock)
    told(store, "police-1", clock)
    for _ in range(20):
        end(store, clock)
        clock.forward(RELAPSE.total_seconds() - 1)
        begin(store, clock)
    assert [(row.id, row.closed_at) for row in rows(store)] == [("police-1", "")]
    assert untold(store) == []


def test_what_fails_again_later_is_a_new_one(store: Store, clock: Any) -> None:
    begin(store, clock)
    end(store, clock)
    clock.forward(LONG)
    begin(store, clock)
    assert [row.id for row in rows(store)] == ["police-2", "police-1"]


def test_after_its_end_was_told_it_is_a_new_one_however_soon(store: Store, clock: Any) -> None:
    begin(store, clock)
    told(store, "police-1", clock)
    clock.forward(60)
    end(store, clock)
    clock.forward(1)
    told(store, "police-1", clock)
    begin(store, clock)
    assert untold(store) == ["police-2"]


def test_what_comes_back_for_another_cause_tells_that_one_and_is_told_again(
    store: Store, clock: Any
) -> None:
    begin(store, clock, code="generic.login-refused")
    told(store, "police-1", clock)
    with store.write() as connection:
        incident_rows.change(connection, "police-1", acknowledged_by="wang")
    clock.forward(11)
    end(store, clock)
    clock.forward(240)
    began = times.stamp(clock())
    begin(store, clock, code="generic.unclear")
    [row] = rows(store)
    assert (row.id, row.code, row.opened_at) == ("police-1", "generic.unclear", began)
    assert (row.closed_at, row.acknowledged_by) == ("", "")
    assert untold(store) == ["police-1"]


def test_a_network_that_fails_in_one_way_and_another_rings_once(store: Store, clock: Any) -> None:
    begin(store, clock, code="wire.refused")
    told(store, "police-1", clock)
    end(store, clock)
    clock.forward(60)
    begin(store, clock, code="wire.no-answer")
    assert [row.code for row in rows(store)] == ["wire.no-answer"]
    assert untold(store) == []


def test_what_a_person_ended_is_over(store: Store, clock: Any) -> None:
    begin(store, clock, kind="messages", code="intake.refused")
    end(store, clock, "messages")
    begin(store, clock, kind="messages", code="intake.refused")
    assert {row.id for row in rows(store)} == {"police-1", "police-2"}


def test_kinds_and_reasons_for_parking_are_told_apart_and_codes_of_a_system_are_not(
    store: Store, clock: Any
) -> None:
    for kind, code in (
        ("system", "wire.refused"),
        ("system", "wire.no-answer"),
        ("source", "wire.refused"),
        ("parked", "delivery.unknowable"),
        ("parked", "delivery.unknowable"),
        ("parked", "agreement.none"),
    ):
        begin(store, clock, kind=kind, code=code)
    assert sorted((row.kind, row.code) for row in rows(store)) == [
        ("parked", "agreement.none"),
        ("parked", "delivery.unknowable"),
        ("source", "wire.refused"),
        ("system", "wire.no-answer"),  # the cause that it has now
    ]


def test_beginning_and_end_are_each_to_be_told_once(store: Store, clock: Any) -> None:
    begin(store, clock)
    assert untold(store) == ["police-1"]
    told(store, "police-1", clock)
    assert untold(store) == []
    clock.forward(60)
    end(store, clock)
    assert untold(store) == ["police-1"]
    assert not incident.is_over(rows(store)[0], clock())
    clock.forward(LONG)
    assert incident.is_over(rows(store)[0], clock())
    told(store, "police-1", clock)
    assert untold(store) == []


def test_of_what_was_over_before_it_was_told_nobody_is_told(store: Store, clock: Any) -> None:
    begin(store, clock)
    end(store, clock)
    clock.forward(LONG)
    assert untold(store) == []


def test_silence_ends_at_its_time(store: Store, clock: Any) -> None:
    begin(store, clock)
    until = times.stamp(clock() + timedelta(hours=1))
    with store.write() as connection:
        incident_rows.change(connection, "police-1", silenced_until=until)
    assert incident.is_silenced(rows(store)[0], clock())
    clock.forward(3600)
    assert not incident.is_silenced(rows(store)[0], clock())


def test_an_id_that_another_worker_has_just_taken_is_passed_over(store: Store, clock: Any) -> None:
    with store.write() as connection:
        taken = IncidentRow("police-1", "insurance", "system", "a.b", "{}", times.stamp(clock()))
        assert incident_rows.add(connection, taken)
        assert not incident_rows.add(connection, taken)
        assert incident_rows.get(connection, "police-1") == taken


def test_what_is_about_one_item_is_told_apart_by_it(store: Store, clock: Any) -> None:
    with store.write() as connection:
        for about in ("c1/household", "c2/household", "c1/household"):
            incident.begin(connection, Trouble("police", "near", "a.b", about=about), clock())
        found = incident_rows.still_open(connection, "near")
        assert sorted(row.about for row in found) == ["c1/household", "c2/household"]
        assert [r.id for r in incident_rows.open_about(connection, "c2/household")] == ["police-2"]
        incident.begin(connection, Trouble("police", "near", "a.b"), clock())
        assert len(incident_rows.still_open(connection, "near")) == 3, "and one about none"
