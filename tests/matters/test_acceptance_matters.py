"""The matters of joint acceptance fit the procedure: what is fetched, who gets a slip, a record, a paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from matters import acceptance_file, conditions, matter
from matters.acceptance_parts import HUB, OWNER, SEAL
from matters.conditions import Fields
from matters.matter import Matter
from matters.parts import Item

ROOT = Path(acceptance_file.__file__).parent
AFTER = acceptance_file.load(ROOT / "acceptance" / "after.yaml")
FETCHED = {
    name: each
    for name, each in AFTER.materials.items()
    if each.fetched and not each.fetched.startswith(SEAL)
}
"""What is sealed comes by itself."""
SYSTEMS = {each.fetched.partition(".")[0] for each in FETCHED.values()}
UNITS = {role for role in AFTER.roles if role not in (OWNER, HUB)}
STATED: Fields = {
    "/project/fire_class": "special",
    **{f"/project/{name}": True for name in ("air_raid_shelter", "gas", "green", "lifts")},
    **{f"/project/permits/{n}": "1" for n in ("land_use", "plan", "fire_design", "defence")},
    **{f"/project/{n}/uscc": "9" for n in ("tester", "fire_installer", "defence_installer")},
}


def load(name: str) -> Matter:
    return matter.load(ROOT / name / "matter.yaml")


def done(told: Matter, fields: Fields) -> list[Item]:
    """Items that these documents do not spare."""
    return [
        item
        for item in told.items.values()
        if not item.lanes.skip_when or not conditions.holds(item.lanes.skip_when, fields)
    ]


def test_each_material_that_the_hub_can_get_is_fetched_once_under_its_own_name() -> None:
    items = {
        i.name: i for i in load("acceptance").items.values() if i.adapter in SYSTEMS and i.gives
    }
    assert items.keys() == FETCHED.keys()
    for name, item in items.items():
        assert (item.gives, item.title) == (name, FETCHED[name].title)
        assert item.adapter == FETCHED[name].fetched.partition(".")[0]
    assert len({(i.unit, i.adapter, i.operation) for i in items.values()}) == len(items)


def test_all_is_fetched_of_a_building_that_has_everything() -> None:
    found = {item.name for item in done(load("acceptance"), STATED)}
    assert found >= FETCHED.keys()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/project/fire_class", "other"),
        *((f"/project/{n}", False) for n in ("air_raid_shelter", "gas", "green", "lifts")),
    ],
)
def test_what_the_procedure_spares_a_building_is_not_fetched_and_nothing_else(
    path: str, value: str | bool
) -> None:
    told = {**STATED, path: value}
    found = {item.name for item in done(load("acceptance"), told)} & FETCHED.keys()
    spared = {
        name
        for name, each in FETCHED.items()
        if each.when is not None and not conditions.holds(each.when, told)
    }
    assert spared
    assert found == FETCHED.keys() - spared


@pytest.mark.parametrize("path", [path for path in STATED if path.count("/") == 2])
def test_what_nobody_has_stated_is_not_taken_for_a_no(path: str) -> None:
    told = {name: value for name, value in STATED.items() if name != path}
    assert {item.name for item in done(load("acceptance"), told)} >= FETCHED.keys()


@pytest.mark.parametrize("role", sorted(UNITS))
def test_a_slip_goes_to_exactly_the_unit_that_has_the_role(role: str) -> None:
    (item,) = done(load("acceptance-review"), {"/slip/role": role})
    assert item.name == role


def test_every_role_that_decides_an_item_gets_slips_and_no_other() -> None:
    review = load("acceptance-review")
    assert review.items.keys() == UNITS
    assert {item.by for item in AFTER.items.values()} <= UNITS
    assert len({item.unit for item in review.items.values()}) == len(UNITS)


def test_a_record_goes_to_whoever_has_delegated_the_inspection() -> None:
    record = load("acceptance-record")
    assert {each.of for each in AFTER.delegations} == record.items.keys()
    told = {"/record/on_behalf_of/fire": True, "/record/on_behalf_of/defence": True}
    assert {item.name for item in done(record, told)} == {"fire", "defence"}
    for item in AFTER.items.values():
        assert set(item.on_behalf_of) <= record.items.keys()


@pytest.mark.parametrize(
    ("kind", "to"),
    [
        ("opinion", {"seal", "owner", "archives", "platform"}),
        ("filing", {"seal", "owner", "archives", "platform"}),
        ("notice", {"seal", "owner"}),
    ],
)
def test_a_paper_is_sealed_before_it_is_delivered(kind: str, to: set[str]) -> None:
    found = done(load("acceptance-paper"), {"/paper/kind": kind})
    assert {item.name for item in found} == to
    assert all(item.needs == ("seal",) for item in found if item.name != "seal")


@pytest.mark.parametrize(
    ("unit", "item"), [("acceptance-platform", "reply-platform"), ("water-group", "reply")]
)
def test_who_tells_something_is_answered_where_it_was_told(unit: str, item: str) -> None:
    (found,) = done(load("acceptance-event"), {"/event/unit": unit})
    assert found.name == item
