"""A receipt leaves only after our commit; what was not receipted comes again, and is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchange import times
from exchange.errors import Invalid, Retriable
from exchange.ports import Arrival
from exchange.store import case_rows, document_rows
from mappings import compiler
from sandbox.births import birth
from zhida import intake, message, opening
from zhida.flows import flows
from zhida.message import Stream
from zhida.watch import Watch

KIND, FORM = "birth-declaration", compiler.load("oa_form_615_birth_declaration")


def arrival(number: int, **changed: str) -> Arrival:
    form = birth(number).form | changed
    raw = json.dumps(form).encode()
    return Arrival(f"k{number}", raw, KIND, FORM.apply(form), mapping_digest=FORM.digest)


class Waiting:
    """A source that keeps what it is not told to be ours."""

    def __init__(self, town: Any, *arrivals: Arrival) -> None:
        self.town, self.left = town, {one.key: one for one in arrivals}
        self.receipts: list[tuple[str, bool]] = []
        self.fails = False

    def poll(self, stream: str, cursor: str) -> tuple[Sequence[Arrival], str]:
        return list(self.left.values()), f"{cursor}+"

    def settle(self, stream: str, keys: Sequence[str]) -> None:
        for key in keys:
            with self.town.hub.store.read() as connection:
                ours = document_rows.seen(connection, "oa", key) is not None
            self.receipts.append((key, ours))
        if self.fails:
            raise Retriable("wire.refused", peer="queue")
        for key in keys:
            self.left.pop(key, None)

    def close(self) -> None:
        pass


@pytest.fixture
def wait_at(town: Any) -> Iterator[Any]:
    """``wait_at(arrivals…)``: the OA's place is taken by a source with these."""
    before = town.hub.adapter(town.hub.site.systems["oa"])

    def put(*arrivals: Arrival) -> Waiting:
        found = Waiting(town, *arrivals)
        town.hub._adapters["oa"] = found
        return found

    yield put
    town.hub._adapters["oa"] = before


def look(town: Any) -> intake.Intake:
    town.clock.skip(600)
    return intake.take_in(town.hub, town.matter)


def cursor(town: Any) -> str:
    with town.hub.store.read() as connection:
        return document_rows.get_cursor(connection, "oa", "form:615")[0]


@pytest.mark.guarantee("G1")
def test_opened_invalid_and_known_messages_are_receipted_once_they_are_ours(
    town: Any, wait_at: Any
) -> None:
    bad = replace(arrival(901), record=None)
    source = wait_at(arrival(900), bad)
    found = look(town)
    assert (found.words["opened"], found.words["invalid"], found.error) == (1, 1, None)
    assert source.receipts == [("k900", True), ("k901", True)]
    again = wait_at(arrival(900))
    assert look(town).words["known"] == 1
    assert again.receipts == [("k900", True)]


@pytest.mark.guarantee("G1")
def test_what_we_failed_to_keep_is_not_receipted_and_the_others_are(
    town: Any, wait_at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = wait_at(arrival(902), arrival(903))
    take, before = message.take, cursor(town)

    def fail(stream: Any, one: Arrival) -> str:
        if one.key == "k902":
            raise Retriable("store.unavailable", reason="disk full")
        return take(stream, one)

    with monkeypatch.context() as broken:
        broken.setattr(message, "take", fail)
        found = look(town)
    assert found.error is not None
    assert source.receipts == [("k903", True)]
    assert cursor(town) == before
    assert look(town).words["opened"] == 1
    assert source.left == {}


@pytest.mark.guarantee("G1")
def test_a_receipt_that_fails_is_told_and_given_again_without_a_second_case(
    town: Any, wait_at: Any
) -> None:
    source = wait_at(arrival(904))
    source.fails = True
    found = look(town)
    assert (found.words["opened"], found.error and found.error.code) == (1, "wire.refused")
    assert cursor(town).endswith("+")
    source.fails = False
    found = look(town)
    assert (found.words["opened"], found.words["known"], found.error) == (0, 1, None)
    assert source.left == {}


@pytest.mark.guarantee("G1")
def test_the_same_key_twice_in_one_look_is_counted_twice(town: Any, wait_at: Any) -> None:
    source = wait_at()
    source.left = {"a": arrival(905), "b": arrival(905)}
    found = look(town)
    assert (found.words["opened"], found.words["known"]) == (1, 1)
    assert source.receipts == [("k905", True)]


# --- kill -9 --------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys, dataclasses
from zhida import intake, site
from zhida.environment import site_folder, var_folder
from zhida.hub import Hub
from matters.matter import Opening

os.environ["AIRFLOW_CONN_DROP"] = sys.argv[2]
secret = os.environ["ZHIDA_KEY_PASSWORD"].encode()
hub = Hub(site.load(site_folder()), var=var_folder(), secret=secret)
opening = Opening("feed", "service-window", "births", "declaration", 0, ("/certificate/number",))
matter = dataclasses.replace(hub.site.matter("newborn"), opens_on=(opening,))

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(*{"settle": (intake, "_settle"), "cursor": (intake, "_move")}.get(sys.argv[1], (hub, "x")), die)
found = intake.take_in(hub, matter)
print(found.words["opened"], found.words["invalid"], found.words["known"], found.error)
"""


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize(("number", "where"), [(910, "cursor"), (920, "settle")])
def test_a_kill_between_commit_and_receipt_makes_the_messages_come_again_and_they_are_known(
    town: Any, tmp_path: Path, number: int, where: str
) -> None:
    (tmp_path / "births").mkdir()
    for each in range(3):
        form = birth(number + each).form
        (tmp_path / "births" / f"{each}.json").write_text(json.dumps(form), "utf-8")
    (town.district.directory / "site" / "systems" / "drop.yaml").write_text(
        "{system: drop, title: 接收目录, unit: service-window, adapter: feed, connection: drop,"
        " options: {wire: files, settings: {folders: {births: {folder: births}}}, streams:"
        " {births: {kind: birth-declaration, mapping: oa_form_615_birth_declaration}}}}",
        "utf-8",
    )
    place = json.dumps({"host": str(tmp_path)})
    told = []
    for mode in (where, "live", "live"):
        with town.worker("-c", KILLED, mode, place) as worker:
            told.append((worker.communicate(timeout=60)[0].strip(), worker.returncode))
    assert told == [("", -9), ("0 0 3 None", 0), ("0 0 0 None", 0)]
    with town.hub.store.read() as connection:
        for each in range(3):
            identity = town.hub.vault.tag("case", "newborn", birth(number + each).form["cszmbh"])
            assert case_rows.by_identity(connection, "newborn", identity)
    assert len(list((tmp_path / "births" / "done").rglob("*.json"))) == 3


@pytest.mark.parametrize("verb", ["poll", "settle"])
def test_a_defect_of_one_source_is_told_by_its_kind_and_holds_up_no_other(
    town: Any, wait_at: Any, verb: str
) -> None:
    """It is looked at again after a pause, not at once for ever."""

    def broken(*_: Any) -> Any:
        raise KeyError("张小直")

    source = wait_at(arrival(906 if verb == "poll" else 907))
    setattr(source, verb, broken)
    found = look(town)
    assert found.error is not None
    assert (found.error.code, found.error.facts) == ("sweep.defect", {"type": "KeyError"})
    streams = [("oa", "form:615"), ("his", town.matter.changes_on[0].stream)]
    with town.hub.store.read() as connection:
        places = [document_rows.get_cursor(connection, *each) for each in streams]
    assert all(next_at > times.stamp(town.clock()) for _, next_at, _ in places)
    assert [failures > 0 for *_, failures in places] == [True, False]


@pytest.mark.guarantee("G1")
def test_a_number_that_is_used_again_for_something_else_is_told_not_swallowed(
    town: Any, wait_at: Any
) -> None:
    one = arrival(31)
    other, unreadable = (replace(arrival(32), key=one.key), replace(one, raw=b"?", record=None))
    unreadable = replace(unreadable, error=Invalid("intake.unreadable"))
    again = replace(one, raw=one.raw + b" ")
    wait_at(one)
    assert look(town).words == {"opened": 1}
    for arrived, word in ((other, "invalid"), (unreadable, "invalid"), (again, "known")):
        wait_at(arrived)
        assert look(town).words == {word: 1}
        wait_at(arrived)
        assert look(town).words == {"known": 1}, "the same once more"
    with town.hub.store.read() as connection:
        kept = [json.loads(row.problems) for row in document_rows.list_invalid(connection)[:2]]
    told = [[problem["code"] for problem in problems] for problems in reversed(kept)]
    assert told == [["intake.conflict"], ["intake.conflict", "intake.unreadable"]]
    assert [flow for flow in flows(town.hub.store) if not flow.balanced] == []
    town.audit()


def test_a_source_that_gave_a_lot_is_looked_at_again_at_once(
    town: Any, wait_at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MANY", 3)
    watch = Watch(town.hub.site, town.hub.store, town.clock)
    opening = town.matter.opens_on[0]
    for fresh, due in ((2, False), (3, True)):
        wait_at(*(arrival(960 + 10 * fresh + number) for number in range(fresh)))
        assert look(town).words["opened"] == fresh
        assert watch.opening_due(opening) == due
    wait_at()
    look(town)
    assert not watch.opening_due(opening)


@pytest.mark.guarantee("G1")
def test_another_message_under_the_same_number_at_the_same_time_is_kept_and_told(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = Stream(town.hub, town.matter, town.matter.opens_on[0], town.hub.site.systems["oa"])
    ours, theirs = arrival(993), replace(arrival(994), key="k993")
    read, words = opening.read, list[str]()

    def meanwhile(*of: Any) -> Any:
        if not words:
            words.append("")
            words[0] = intake.take(stream, theirs)
        return read(*of)

    monkeypatch.setattr(opening, "read", meanwhile)
    assert intake.take(stream, ours) == "invalid"
    assert words == ["opened"]
    assert town.case(birth(994).form["cszmbh"])
    with town.hub.store.read() as connection:
        assert "intake.conflict" in document_rows.list_invalid(connection)[0].problems
    assert [flow for flow in flows(town.hub.store) if not flow.balanced] == []
