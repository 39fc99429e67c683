"""Who sees what of a newborn: told from the bytes on each unit's own wire, and from nothing of ours (G8).

The father applies, so that what is the mother's is nobody else's. Where units have only the OA,
the forms on their desks hold the same and no more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest

from exchange import times
from exchange.store import case_rows, document_rows
from sandbox import received
from sandbox.books import read_wire
from sandbox.district import District
from sandbox.layout import SYSTEMS, UNITS
from sandbox.newborns import Newborn, newborn
from sandbox.world import World

pytestmark = [pytest.mark.timeout(300), pytest.mark.guarantee("G8")]

HEALTH = {
    "birth-record:/child/weight_g",
    "birth-record:/child/length_mm",
    "birth-record:/child/gestation_days",
    "birth-record:/child/birth_time",
    "birth-record:/child/birth_place/text",
    "birth-record:/facility/name",
    "birth-record:/facility/uscc",
    "birth-record:/mother/ethnicity",
    "birth-record:/certificate/issuer",
}
"""What the hospital knows and only health and the police may learn."""
SEEN = {
    "civil": {"mother's id", "father's id"},
    "tax": {"applicant's name", "applicant's id"},
    "social_security": {
        "child's name",
        "citizen id",
        "applicant's name",
        "applicant's id",
        "phone",
    },
    "bank": {"child's name", "citizen id", "applicant's name", "applicant's id", "phone"},
}
"""System → the telling values on its wire: the table “谁看见什么” of docs/matters/newborn.md."""


DESKS = {"civil": 641, "tax": 650, "social_security": 651, "bank": 652}
"""System → the workflow by which its people do the same in their OA (``sandbox/oa_unit_forms.py``)."""


def child() -> Newborn:
    born = newborn(701, {"certificate": "issued"})
    father = born.facts["father"]
    applicant = {"sbrxm": father["name"], "sbrsfz": father["id_number"], "sbrgx": "父亲"}
    return replace(born, form=born.form | applicant)


CHILD = child()


def telling(citizen: str) -> dict[str, set[str]]:
    """Values that name somebody or something → what they are; the father is the applicant too."""
    facts, form = CHILD.facts, CHILD.form
    told = {
        "mother's name": facts["mother"]["name"],
        "mother's id": facts["mother"]["id_number"],
        "father's id": facts["father"]["id_number"],
        "applicant's name": form["sbrxm"],
        "applicant's id": form["sbrsfz"],
        "child's name": form["xsexm"],
        "citizen id": citizen,
        "phone": form["sbrlxdh"],
        "certificate": CHILD.certificate,
        "place": facts["child"]["place"],
        "facility": facts["facility"]["name"],
        "facility's code": facts["facility"]["uscc"],
    }
    found: dict[str, set[str]] = {}
    for name, value in told.items():
        found.setdefault(value, set()).add(name)
    return found


def run(town: Any, world: World) -> None:
    world.tell(CHILD)
    world.declare(CHILD)
    for _ in range(40):
        with town.hub.store.write() as connection:
            document_rows.poll_now(connection)
            case_rows.look_now(connection, times.stamp(town.clock()))
        town.sweep()
        world.work()
        if town.is_over(CHILD.certificate):
            assert town.case(CHILD.certificate).state == "done"
            return
    raise AssertionError(town.states(CHILD.certificate))


@pytest.fixture(scope="module")
def wired(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[[District], Any]
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("seen")
    with District(folder, systems=SYSTEMS + UNITS, whole=True) as district:
        town, world = open_town(district), World(district)
        run(town, world)
        town.close()
        yield world


@pytest.fixture(scope="module")
def by_hand(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[[District], Any]
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("seen-on-desks")
    with District(folder, systems=("oa",), signer=False, whole=True, by_hand=True) as district:
        town, world = open_town(district), World(district, by_hand=True)
        run(town, world)
        town.close()
        yield world


def texts(body: bytes) -> str:
    """A body as anyone could read it: each charset of these wires, escaped or not."""
    plain = {body, unquote_to_bytes(body)}
    read = [each.decode(code, "replace") for each in plain for code in ("utf-8", "gb18030")]
    escaped = [each.encode().decode("unicode_escape", "replace") for each in read if "\\u" in each]
    return "\n".join([*read, *escaped])


def on_the_wire(world: World, system: str) -> str:
    rows = read_wire(world.district.directory / system / "books.sqlite")
    bodies = [row["body"] for row in rows if row["direction"] == "in"]
    assert bodies, f"{system} was never called"
    return "\n".join(map(texts, bodies))


def on_the_desk(world: World, workflow: int) -> str:
    """Everything that stands in the forms of one workflow, what the officer wrote included."""
    books = world.district.directory / "oa" / "books.sqlite"
    query = "SELECT value FROM fields JOIN requests ON id = request WHERE workflow = ?"
    with closing(sqlite3.connect(books)) as db:
        found = [str(row[0]) for row in db.execute(query, (workflow,))]
    assert found, workflow
    return "\n".join(found)


def registered_on_the_desk(world: World) -> str:
    text = on_the_desk(world, 646)
    return next(line for line in text.split("\n") if line.startswith("320117202601"))


def citizen(world: World) -> str:
    (row,) = world.district.system("police").books()
    return str(row["gmsfhm"])


def seen(text: str, citizen: str) -> set[str]:
    found = [names for value, names in telling(citizen).items() if value in text]
    return set().union(*found)


def wanted(system: str) -> set[str]:
    """Who gets the father's number gets the applicant's: it is the same."""
    both = {"father's id", "applicant's id"}
    return SEEN[system] | (both if SEEN[system] & both else set())


@pytest.mark.parametrize("system", SEEN)
def test_a_unit_s_wire_holds_what_it_needs_and_nothing_else(wired: World, system: str) -> None:
    assert seen(on_the_wire(wired, system), citizen(wired)) == wanted(system)


@pytest.mark.parametrize("system", DESKS)
def test_a_person_s_form_in_the_oa_holds_the_same(by_hand: World, system: str) -> None:
    text = on_the_desk(by_hand, DESKS[system])
    assert seen(text, registered_on_the_desk(by_hand)) == wanted(system)


def test_the_hospital_s_data_reach_neither_bank_nor_tax_nor_human_resources(wired: World) -> None:
    told = received.received(wired.district.directory)
    for unit in ("bank", "tax", "human-resources", "civil-affairs"):
        facts = {fact for field in told[unit] for fact in field.facts}
        assert facts, unit
        assert facts & HEALTH == set(), unit


def test_civil_affairs_get_two_numbers_of_two_people(wired: World) -> None:
    told = received.received(wired.district.directory)["civil-affairs"]
    facts = {fact for field in told for fact in field.facts}
    assert facts <= {"birth-record:/mother/id_number", "birth-record:/father/id_number"}


def test_the_scan_finds_what_is_there(wired: World) -> None:
    """Else the tests above would say nothing."""
    text = on_the_wire(wired, "police")
    assert {"mother's name", "place", "certificate"} <= seen(text, citizen(wired))
