"""Exact accounting of a town (G13): after every step, and in the standard fault scenario."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections import Counter
from contextlib import suppress
from itertools import count
from typing import Any

import pytest

from exchange.store import case_rows, document_rows
from zhida import kept, reread
from zhida.flows import flows

pytestmark = pytest.mark.guarantee("G13")

BIRTHS, TEMPORARY, INVALID = {"": (40, 4, 4), "full": (1000, 10, 10)}[
    os.environ.get("ZHIDA_ROUNDS", "")
]
"""Records, those answered 503 once, those that are invalid. One more is refused."""
NUMBERS = count(1)
BAD = {"sbrsfz": "320117", "lhfs": "9"}
"""Two mistakes in a form."""


def _flows(town: Any) -> dict[str, Counter[str]]:
    """Every flow's columns, with ``in``; all of them balanced."""
    found = flows(town.hub.store)
    assert [flow for flow in found if not flow.balanced] == []
    return {flow.name: flow.counts + Counter({"in": flow.into}) for flow in found}


def _at_rest(town: Any) -> dict[str, Counter[str]]:
    """The flows when nothing that an earlier test left is on its way to the police."""
    for _ in range(20):
        if not (found := _flows(town))["newborn/household"]["in-flight"]:
            return found
        town.clock.skip(61)
        town.sweep()
    raise AssertionError(found)


def _grown(town: Any, before: dict[str, Counter[str]], name: str) -> dict[str, int]:
    after = _flows(town)[name]
    after.subtract(before.get(name, Counter()))
    return {column: number for column, number in after.items() if number}


def test_the_identity_holds_after_every_step_of_a_bad_day(
    town: Any, ward: Any, police: Any, seed: int, record_property: Any
) -> None:
    rng, rounds, born = random.Random(seed), 40, [next(NUMBERS)]
    record_property("rounds", rounds)
    town.bear(born[0])
    steps = {
        "born": lambda: town.bear(born.append(next(NUMBERS)) or born[-1]),
        "corrected": lambda: ward.tells(rng.choice(born), name=f"李{rng.choice('甲乙丙')}"),
        "corrected late": lambda: ward.tells(rng.choice(born), name="李先前", late_s=600),
        "taken back": lambda: len(born) > 3 and ward.tells(born.pop(0), "A29"),
        "invalid": lambda: town.declare(next(NUMBERS), **BAD),
        "read again": lambda: _read_again(town),
        "twice": lambda: town.declare(rng.choice(range(1, next(NUMBERS) + 1))),
        "no": lambda: police.fault("refuse", operation="csdj", times=1),
        "reset": lambda: police.fault("reset", operation="csdj", stage="after", times=1),
        "503": lambda: police.fault("once503", operation="csdj"),
        "kill": lambda: _kill(town),
    }
    for _ in range(rounds):
        rng.choice(list(steps.values()))()
        town.take_in()
        _flows(town)
        town.sweep(rng.choice(["birth", "birth household", "insurance reply"]))
        _flows(town)
        town.clock.skip(rng.choice([1, 31]))
    assert _flows(town)["oa"]["in"] > 2


def test_a_correction_is_one_more_on_the_item_s_way_and_its_message_one_of_the_ward_s(
    town: Any, ward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window's case stays the window's, whatever other sources say of it."""
    number = next(NUMBERS)
    certificate = town.bear(number)
    town.take_in()
    town.finish(certificate)
    before = _at_rest(town)
    his = town.hub.adapter(town.hub.site.systems["his"])
    ask, seen = his.poll, slice(None)
    monkeypatch.setattr(his, "poll", lambda *a: ((t := ask(*a))[0][seen], t[1]))
    for names, seen in (
        (["甲"], slice(None)),
        (["乙", "丙"], slice(None, None, -1)),  # the older one comes last
        (["丁", "丙"], slice(1, None)),  # only the one that says what is known
        ([], slice(None)),
    ):
        for name in names:
            ward.tells(number, name=f"李{name}")
        if not names:
            ward.tells(number, "A29")
        town.clock.skip(61)
        town.sweep("intake")
        _flows(town)
        town.finish(certificate)
        _flows(town)
    came = {"in": 5, "changed": 3, "duplicate": 1, "superseded": 1}
    assert _grown(town, before, "his") == came
    assert _grown(town, before, "newborn/household") == {"in": 3, "applied": 3}
    assert _grown(town, before, "oa") == {}
    assert not [name for name in _flows(town) if "#" in name]


def test_a_change_whose_message_is_gone_is_noticed(town: Any, ward: Any) -> None:
    number = next(NUMBERS)
    certificate = town.bear(number)
    town.take_in()
    town.finish(certificate)
    ward.tells(number, name="李小知")
    town.clock.skip(61)
    town.finish(certificate)
    gone = "DELETE FROM inbox WHERE source = 'his'"
    with town.hub.store.write() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM inbox WHERE source = 'his'").all()
        connection.exec_driver_sql(gone)
    (lost,) = [flow for flow in flows(town.hub.store) if not flow.balanced]
    assert (lost.name, lost.into) == ("", len(rows))
    with town.hub.store.write() as connection:
        put = "INSERT INTO inbox VALUES (?, ?, ?, ?, ?)"
        for row in rows:
            connection.exec_driver_sql(put, tuple(row))
    _flows(town)


def _read_again(town: Any) -> None:
    """All invalid messages, although nothing was mended."""
    with town.hub.store.read() as connection:
        found = kept.choose(connection, kept.Filter(source="oa"))
    for each in found:
        reread.tried(each, town.hub, town.operator("wang"), again=True)


def _kill(town: Any) -> None:
    """A worker dies somewhere in its sweep."""
    with town.sweeper() as worker:
        with suppress(subprocess.TimeoutExpired):
            worker.wait(random.uniform(1.0, 2.0))
        worker.kill()


def _declared(town: Any, one_by_one: bool) -> list[str]:
    """All records of the scenario, the invalid ones spread among them."""
    every = BIRTHS // INVALID
    certificates = []
    for place in range(BIRTHS):
        number = next(NUMBERS)
        if place % every == 1:
            certificates.append(town.declare(number, **BAD))
        else:
            certificates.append(town.bear(number))
        if one_by_one:
            town.take_in()
            town.sweep()
    if not one_by_one:
        town.take_in()
    return certificates


@pytest.mark.parametrize("one_by_one", [False, True], ids=["in bulk", "one by one"])
def test_the_standard_fault_scenario(
    town: Any, police: Any, one_by_one: bool, record_property: Any
) -> None:
    """1,000 records, 10 answered 503 once, 1 refused always, 10 invalid: 989 applied, no duplicate."""
    record_property("rounds", BIRTHS)
    police.clear()
    _until_quiet(town)
    before, rows = _flows(town), len(police.books())
    police.fault("once503", operation="csdj", times=TEMPORARY)
    police.fault("refuse", operation="csdj", reason="父母户口均不在本区", times=1)
    certificates = _declared(town, one_by_one)
    _until_quiet(town)

    applied = BIRTHS - INVALID - 1
    assert _grown(town, before, "oa") == {
        "in": BIRTHS,
        "opened": BIRTHS - INVALID,
        "invalid": INVALID,
    }
    household = {"in": BIRTHS - INVALID, "applied": applied, "refused": 1}
    assert _grown(town, before, "newborn/household") == household
    insurance = {"in": BIRTHS - INVALID, "applied": applied, "blocked": 1}
    assert _grown(town, before, "newborn/insurance") == insurance
    there = Counter(row["cszmbh"] for row in police.books()[rows:])
    assert (len(there), max(there.values())) == (applied, 1)
    assert set(there) <= set(certificates)
    _every_error_is_named(town)
    town.audit()


def _every_error_is_named(town: Any) -> None:
    with town.hub.store.read() as connection:
        kept = document_rows.list_invalid(connection)[:INVALID]
    for row in kept:
        problems = json.loads(row.problems)
        assert len(problems) == len(BAD), problems
        assert all(problem["code"] and problem["path"] for problem in problems)


def _until_quiet(town: Any) -> None:
    for _ in range(200):
        town.take_in()
        town.sweep()
        with town.hub.store.read() as connection:
            counted = case_rows.count_states(connection, "newborn")
        open_ones = {name: n for name, n in counted.items() if name[1] in case_rows.WORKABLE}
        waiting_for_birth = {("birth", "stored"), ("birth", "ready")}
        if not set(open_ones) - waiting_for_birth:
            return
        town.clock.skip(61)
    raise AssertionError(open_ones)


def test_the_command_is_loud_when_something_is_nowhere(town: Any) -> None:
    town.finish(town.bear(next(NUMBERS)))
    with town.worker("-m", "zhida", "report", "flows", "--json") as process:
        told = json.loads(process.communicate()[0])
    assert process.returncode == 0
    assert {row["flow"] for row in told["flows"]} - {"his"} == {
        "oa",
        *(f"newborn/{item}" for item in town.matter.items),
    }

    lost = town.case(list(town.forms)[-1]).id
    with town.hub.store.write() as connection:
        connection.exec_driver_sql(f"DELETE FROM case_item WHERE \"case\" = '{lost}'")
    with town.worker("-m", "zhida", "report", "flows", stderr=subprocess.PIPE) as process:
        loud = process.communicate()[1]
    assert (process.returncode, loud.count("去向不明")) == (1, len(town.matter.items))
