"""A leg can be stopped at once, and rehearsed before it goes live; both are signed and told."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchange import canonical
from exchange.errors import Forbidden, Invalid
from exchange.outcome import Outcome
from exchange.store import delivery_rows, ledger_rows
from sandbox.handle import Handle
from zhida import legs, operators, site, turn
from zhida.hands import Order
from zhida.leg_switch import switch
from zhida.watch import Watch

_numbers = iter(range(600, 699))


@pytest.fixture
def put(town: Any) -> Iterator[Callable[..., None]]:
    """Put a system into a mode, as wang; all are live again after the test."""

    def run(system: str, wanted: str) -> None:
        told = town.hub.site.systems[system]
        switch(town.hub, town.operator("wang"), told, wanted=wanted, reason="测试")

    yield run
    for system in town.hub.site.systems:
        run(system, legs.LIVE)


def has_work(town: Any) -> bool:
    return Watch(town.hub.site, town.hub.store, town.clock).has_work("newborn")


def circuit(town: Any, system: str) -> Any:
    with town.hub.store.read() as connection:
        return delivery_rows.get_circuit(connection, system)


def entries(town: Any, kind: str) -> list[dict[str, Any]]:
    with town.hub.store.read() as connection:
        rows = ledger_rows.entries(connection, 0, 100_000)
    return [canonical.loads(row.body) for row in rows if row.kind == kind]


# --- stopped ----------------------------------------------------------------------------------------


def test_nothing_is_started_on_a_stopped_system_and_no_alarm_is_raised(
    town: Any, put: Callable[..., None]
) -> None:
    certificate = town.bear(next(_numbers))
    town.take_in()
    put("police", "stopped")
    reports = town.sweep("birth household")
    assert (reports["household"].worked, reports["household"].sick) == (0, None)
    assert town.item(certificate, "household").state == "ready"
    assert town.calls(certificate) == 0
    assert circuit(town, "police") is None
    put("police", "live")
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


def test_a_stop_in_the_middle_of_a_turn_ends_the_turn(
    town: Any, put: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a backlog of thousands would be taken up case by case, to be put down again."""
    certificates = [town.bear(next(_numbers)) for _ in range(3)]
    town.take_in()
    town.sweep("birth")
    monkeypatch.setattr(turn, "CHUNK", 1)
    system, taken = town.hub.site.systems["police"], list[str]()

    def work(due: tuple[str, str]) -> Outcome:
        taken.append(due[0])
        put("police", legs.STOPPED)
        return Outcome("busy")

    order = Order("newborn", "household", budget=60)
    told = turn.Turn(town.hub, replace(system, concurrency=1), order)
    assert [outcome.state for outcome in told.outcomes(work)] == ["busy"]
    assert len(taken) == 1
    put("police", legs.LIVE)
    town.finish(*certificates)


def test_the_watch_does_not_wake_for_a_stopped_system(town: Any, put: Callable[..., None]) -> None:
    certificate = town.bear(next(_numbers))
    town.take_in()
    town.sweep("birth")
    assert has_work(town)
    put("police", "stopped")
    assert not has_work(town)
    put("police", "live")
    assert has_work(town)
    town.finish(certificate)


def test_nothing_is_taken_in_from_a_stopped_system(town: Any, put: Callable[..., None]) -> None:
    put("oa", "stopped")
    certificate = town.bear(next(_numbers))
    assert town.take_in().worked == 0
    put("oa", "live")
    assert town.take_in().states["opened"] == 1
    town.finish(certificate)


def test_a_call_under_way_ends_as_it_would_and_the_next_is_not_made(
    town: Any,
    police: Handle,
    put: Callable[..., None],
    until: Callable[..., None],
) -> None:
    certificate = town.bear(next(_numbers))
    town.take_in()
    town.sweep("birth")
    police.fault("hold", operation="csdj", times=1)
    sweeping = threading.Thread(target=town.sweep, args=("household",))
    sweeping.start()
    until(lambda: bool(police.held()))
    put("police", "stopped")
    police.ask("POST", "/release")
    sweeping.join(30)
    assert town.item(certificate, "household").state == "applied"
    assert len(town.registered(certificate)) == 1
    put("police", "live")
    town.finish(certificate)


def test_a_stop_between_the_look_and_the_send_sends_nothing(
    town: Any, put: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last moment: the message is made, and the request would count as sent next."""
    certificate = town.bear(next(_numbers))
    town.take_in()
    town.sweep("birth")
    adapter = town.hub.adapter(town.hub.site.systems["police"])
    prepare = adapter.prepare

    def stop_then_prepare(*told: Any) -> Any:
        put("police", "stopped")
        return prepare(*told)

    monkeypatch.setattr(adapter, "prepare", stop_then_prepare)
    town.sweep("household")
    assert town.calls(certificate) == 0
    assert town.delivery(certificate, "household") == "none"
    assert town.item(certificate, "household").state == "ready"
    monkeypatch.undo()
    put("police", "live")
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


def test_another_process_heeds_the_stop_too(town: Any, put: Callable[..., None]) -> None:
    certificate = town.bear(next(_numbers))
    town.take_in()
    put("police", "stopped")
    with town.sweeper() as other:
        out, _ = other.communicate(timeout=60)
    assert ["household", {}, ""] in json.loads(out)
    assert town.calls(certificate) == 0
    put("police", "live")
    town.finish(certificate)


# --- in shadow --------------------------------------------------------------------------------------


@pytest.mark.guarantee("G8")
def test_a_leg_in_shadow_does_everything_but_the_effect(
    town: Any, put: Callable[..., None]
) -> None:
    certificate = town.bear(next(_numbers))
    town.take_in()
    put("police", "shadow")
    town.finish(certificate)
    assert town.states(certificate) == {
        "birth": "applied",
        "household": "shadowed",
        "insurance": "blocked",
        "reply": "applied",
    }
    assert town.case(certificate).state == "partial"
    assert town.effects(certificate) == (0, 0, 1)
    assert town.calls(certificate) == town.calls(certificate, "csdjcx") == 0
    assert "试运行" in town.form(certificate)["jgsm"]
    case = town.case(certificate).id
    with town.hub.store.read() as connection:
        moved = delivery_rows.transfers(connection, case)
    assert {row.item for row in moved} == {"birth", "reply"}, "nothing went to the police"
    assert town.delivery(certificate, "household") == "none"
    [told] = [e for e in entries(town, "shadow") if e["case"] == case]
    assert (told["item"], told["state"]) == ("household", "shadowed")
    assert len(told["content"]) == 32


def test_reads_still_run_in_shadow(town: Any, put: Callable[..., None]) -> None:
    certificate = town.bear(next(_numbers))
    town.take_in()
    put("his", "shadow")
    town.sweep("birth")
    assert town.item(certificate, "birth").state == "applied"
    put("his", "live")
    town.finish(certificate)


@pytest.mark.guarantee("G2")
def test_what_left_before_the_shadow_fell_is_not_called_a_rehearsal(
    town: Any, police: Handle, put: Callable[..., None]
) -> None:
    police.fault("reset", operation="csdj", times=1)
    certificate = town.bear(next(_numbers))
    town.take_in()
    town.sweep()
    assert town.item(certificate, "household").state == "unknown"
    put("police", "shadow")
    town.clock.skip(600)
    town.sweep("household")
    assert town.item(certificate, "household").state == "unknown"
    put("police", "live")
    town.finish(certificate, skip=60)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.calls(certificate) == 1


def test_the_sites_file_says_how_a_system_begins_and_an_operators_word_wins(
    town: Any, put: Callable[..., None], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(town.hub.site.folder, tmp_path / "site"))
    file = folder / "systems/police.yaml"
    file.write_text(file.read_text("utf-8") + "mode: shadow\n", "utf-8")
    begins = site.load(folder).systems["police"]
    fresh = replace(begins, name="never-touched")
    with town.hub.store.read() as connection:
        assert legs.mode(connection, fresh) == "shadow"
    put("police", "live")
    with town.hub.store.read() as connection:
        assert legs.mode(connection, begins) == "live"


# --- who --------------------------------------------------------------------------------------------


def test_each_change_is_signed_and_stands_in_the_ledger(
    town: Any, put: Callable[..., None]
) -> None:
    put("insurance", "stopped")
    told = entries(town, "leg")[-1]
    assert (told["ref"], told["mode"], told["was"]) == ("insurance", "stopped", "live")
    signed = operators.verify(town.hub.site, told["token"], role="operate")
    assert (signed.operator, signed.reason) == ("wang", "测试")
    assert signed.target == {"system": "insurance", "mode": "stopped"}
    town.audit()


@pytest.mark.guarantee("G8")
def test_without_a_reason_or_a_role_nothing_is_stopped(town: Any) -> None:
    told = town.hub.site.systems["insurance"]
    with pytest.raises(Invalid, match=r"operator\.reason-missing"):
        switch(town.hub, town.operator("wang"), told, wanted="stopped", reason="")
    with pytest.raises(Forbidden, match=r"operator\.no-role"):
        town.operator("zhao", "approve")
    with town.hub.store.read() as connection:
        assert legs.mode(connection, told) == "live"


def test_the_command_stops_and_starts_and_lists(town: Any, put: Callable[..., None]) -> None:
    def zhida(*words: str) -> Any:
        with town.worker("-m", "zhida", *words, "--json", operator="li") as process:
            out, _ = process.communicate(timeout=60)
        assert process.returncode == 0, out
        return json.loads(out)

    assert zhida("leg", "stop", "insurance", "--reason", "对方升级")["mode"] == "stopped"
    [row] = [row for row in zhida("leg", "list") if row["system"] == "insurance"]
    assert (row["mode"], row["operator"], row["reason"]) == ("stopped", "li", "对方升级")
    assert zhida("leg", "start", "insurance")["mode"] == "live"
