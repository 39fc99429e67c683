"""The hospital issues a certificate anew, under another number: one birth, one case, one effect (G2, G3).

The whole district, each unit with its interface; what came about is counted in their own books.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from exchange import times
from exchange.store import case_rows, delivery_rows, document_rows
from sandbox.books import read_effects
from sandbox.district import District
from sandbox.layout import SYSTEMS, UNITS
from sandbox.newborns import Newborn, newborn
from sandbox.world import World

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("reissued")
    with District(folder, systems=SYSTEMS + UNITS, whole=True) as district:
        yield World(district)


@pytest.fixture(scope="module")
def town(world: World, open_town: Callable[[District], Any]) -> Iterator[Any]:
    found = open_town(world.district)
    yield found
    found.close()


class Ward:
    """What the hospital and the window do about one birth."""

    def __init__(self, world: World, town: Any, number: int) -> None:
        self.world, self.town = world, town
        self.child: Newborn = newborn(number, {"certificate": "issued"})
        self.facts = self.child.facts
        self._spoken = 0

    @property
    def number(self) -> str:
        return str(self.facts["certificate"]["number"])

    def bear(self) -> None:
        self.world.tell(self.child)
        self._wait()

    def declare(self, number: str = "") -> None:
        form = self.child.form | ({"cszmbh": number} if number else {})
        self.world.clerk.fill_in(form)

    def reissue(self, number: str, **child: str) -> None:
        """Another certificate for the void one; ``child``: what was wrong on it."""
        told = self.facts["certificate"] | {"number": number, "replaces": self.number}
        self._spoken += 1
        at = datetime.now(times.CHINA) + timedelta(seconds=self._spoken)
        spoken = {"event": "A08", "recorded_at": f"{at:%Y%m%d%H%M%S.%f}"[:-2]}
        facts = self.facts | {"certificate": told, "child": self.facts["child"] | child}
        self.facts = facts
        self.world.district.birth(facts | spoken)
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + 30
        while any(row["ack"] != "AA" for row in self.world.district.system("hospital").books()):
            assert time.monotonic() < end, "the signer has not taken it"
            time.sleep(0.05)

    def work(self, sweeps: int = 25) -> dict[str, str]:
        """Until nothing but what waits for a person is left; what its items came to."""
        for _ in range(sweeps):
            self.sweep()
            self.world.work()
            states: dict[str, str] = self.town.states(self.number_of_case)
            if not {"waiting", "ready", "sent", "unknown", "stored"} & set(states.values()):
                return states
        raise AssertionError(states)

    def sweep(self, turns: str = "") -> None:
        """As if a minute had passed; the systems' clocks stay the hub's."""
        with self.town.hub.store.write() as connection:
            document_rows.poll_now(connection)
            case_rows.look_now(connection, times.stamp(self.town.clock()))
        self.town.sweep(turns)

    @property
    def number_of_case(self) -> str:
        return self.child.certificate


@pytest.fixture
def begin(world: World, town: Any) -> Callable[[int], Ward]:
    return lambda number: Ward(world, town, number)


def amended(world: World) -> list[dict[str, Any]]:
    """What the police's books tell of amendments."""
    rows = read_effects(world.district.directory / "police" / "books.sqlite", "amendments")
    return [json.loads(row["record"]) for row in rows]


def registered(world: World, *numbers: str) -> list[dict[str, Any]]:
    books = world.district.system("police").books()
    return [row for row in books if row["cszmbh"] in numbers]


def enrolled(world: World, citizen: str) -> list[dict[str, Any]]:
    books = world.district.system("insurance").books()
    return [row for row in books if row.get("certno") == citizen]


@pytest.mark.guarantee("G2")
@pytest.mark.guarantee("G3")
def test_who_can_amend_hears_once_and_who_can_t_is_told_by_a_person(
    begin: Callable[[int], Ward], world: World, town: Any
) -> None:
    ward = begin(601)
    ward.bear()
    ward.declare()
    assert set(ward.work().values()) <= {"applied", "skipped"}
    old, new = ward.number, "X320980601"
    sex = {"M": "F", "F": "M"}[ward.facts["child"]["sex"]]
    ward.reissue(new, sex=sex)
    states = ward.work()
    assert [row["cszmbh"] for row in amended(world)] == [new]
    (row,) = registered(world, old, new)
    assert row["cszmbh"] == new
    assert (states["household#1"], states["insurance#1"]) == ("applied", "applied")
    assert len(enrolled(world, row["gmsfhm"])) == 1
    parked = {name for name, state in states.items() if state == "parked"}
    assert parked == {"voucher#1", "vaccination#1", "parenting#1", "expense#1", "card#1"} | {
        name for name in parked if name.startswith(("identity-card", "complete"))
    }
    assert {town.item(old, name).code for name in parked} == {"amend.no-operation"}
    ward.work()
    assert len(amended(world)) == 1


@pytest.mark.guarantee("G3")
def test_a_mere_new_number_concerns_only_who_got_the_old_one(
    begin: Callable[[int], Ward], world: World, town: Any
) -> None:
    ward, before = begin(602), len(amended(world))
    ward.bear()
    ward.declare()
    ward.work()
    for number in ("X320980602", "X320980702"):
        ward.reissue(number)
        states = ward.work()
    told = [row["cszmbh"] for row in amended(world)[before:]]
    assert told == ["X320980602", "X320980702"], "each once, in the hospital's order"
    assert (states["household#1"], states["household#2"]) == ("applied", "applied")
    assert states["insurance#1"] == "superseded"
    assert states["card#1"] == "superseded"
    assert town.item(ward.number_of_case, "card#1").code == "amend.no-change"
    assert (states["voucher#1"], states["voucher#2"]) == ("superseded", "parked")


@pytest.mark.guarantee("G2")
def test_what_is_not_done_yet_is_done_once_and_under_the_key_of_the_first_number(
    begin: Callable[[int], Ward], world: World, town: Any
) -> None:
    ward = begin(603)
    ward.bear()
    ward.declare()
    first = ward.number
    ward.sweep("intake birth")
    ward.reissue("X320980603")
    ward.sweep("intake")
    states = ward.work()
    assert states["voucher"] == "applied"
    assert states["household"] == "by-hand", "a certificate that is not the first is looked at"
    with town.hub.store.read() as connection:
        case = town.case(first).id
        sent = {row.item: row for row in delivery_rows.deliveries(connection, case)}
    for item in ("voucher", "vaccination", "parenting", "expense"):
        key = town.hub.vault.tag("effect", sent[item].system, sent[item].operation, first)
        assert sent[item].effect == key, item
    assert all("#" not in name for name in states), states


def test_a_form_under_the_new_number_joins_the_case_or_is_told_and_opens_no_other(
    begin: Callable[[int], Ward], world: World, town: Any
) -> None:
    ward = begin(604)
    ward.bear()
    ward.sweep()  # the hospital has told of it: the case has no form yet
    ward.reissue("X320980604")
    ward.sweep()
    ward.declare("X320980604")
    states = ward.work()
    assert states["reply"] == "applied"
    ward.declare("X320980604")
    ward.declare()
    ward.sweep()
    with town.hub.store.read() as connection:
        kept = [json.loads(row.problems) for row in document_rows.list_invalid(connection)]
    assert [each[0]["code"] for each in kept] == ["intake.duplicate-case"] * 2
    assert {each[0]["case"] for each in kept} == {town.case(ward.number_of_case).id}
    with pytest.raises(AssertionError, match="has no case"):
        town.case("X320980604")


def test_a_form_under_a_new_number_opens_a_case_and_a_form_under_the_void_one_no_second(
    begin: Callable[[int], Ward], world: World, town: Any
) -> None:
    ward = begin(605)
    ward.bear()
    ward.reissue("X320980605")
    ward.declare("X320980605")
    ward.sweep()
    ward.sweep()
    ward.declare()
    ward.sweep()
    assert town.case("X320980605").state in ("open", "done")
    with pytest.raises(AssertionError, match="has no case"):
        town.case(ward.number_of_case)


@pytest.mark.guarantee("G2")
def test_two_cases_of_one_birth_are_told_to_a_person_and_the_first_goes_on(
    begin: Callable[[int], Ward], world: World, town: Any
) -> None:
    ward = begin(606)
    ward.bear()
    ward.declare()
    ward.work()
    ward.reissue("X320980606")
    ward.declare("X320980606")
    states = ward.work()
    assert states["household#1"] == "applied"
    assert town.states("X320980606")["birth"] == "parked"
    row = town.item("X320980606", "birth")
    assert row.code == "case.two-of-one"
    assert json.loads(row.facts)["case"] == town.case(ward.number_of_case).id
    assert set(town.states("X320980606").values()) == {"parked", "waiting"}
    assert len(registered(world, ward.number_of_case, "X320980606")) == 1


def test_the_ledger_is_whole(town: Any) -> None:
    town.audit()
