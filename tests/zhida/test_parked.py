"""Which parked items are meant, in which order they go on, and what their operator is told."""

from __future__ import annotations

import doctest
import json
from typing import Any

import pytest

from exchange import canonical, times
from exchange.errors import Invalid, Rejected
from exchange.store import case_rows, ledger_rows
from sandbox.books import read_wire
from sandbox.handle import Handle
from zhida import case_view, parked, parked_view
from zhida.parked import Filter
from zhida.replay import replay
from zhida.watch import Watch

_numbers = iter(range(700, 799))

ROWS = [
    {
        "case": f"{n:032x}",
        "matter": "newborn",
        "item": item,
        "system": system,
        "code": code,
        "what": f"text of {code}",
        "updated_at": f"2026-03-0{day}T01:00:00.000000Z",
    }
    for n, item, system, code, day in [
        (1, "household", "police", "agreement.expired", 3),
        (2, "household", "police", "agreement.none", 1),
        (3, "insurance", "insurance", "agreement.expired", 2),
    ]
]


def chosen(**wanted: str) -> list[int]:
    return [int(row["case"], 16) for row in parked.choose(ROWS, Filter(**wanted))]


# --- which, in which order -------------------------------------------------------------------------


def test_doctests() -> None:
    found = doctest.testmod(parked)
    assert (found.failed, found.attempted > 2) == (0, True)


def test_what_was_parked_first_comes_first() -> None:
    assert chosen() == [2, 3, 1]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"code": "agreement.expired"}, [3, 1]),
        ({"system": "police"}, [2, 1]),
        ({"item": "insurance"}, [3]),
        ({"case": "00000000000000000000000000000002"}, [2]),
        ({"matter": "grants"}, []),
        ({"after": parked.moment("2026-03-02")}, [3, 1]),
        ({"before": parked.moment("2026-03-02")}, [2]),
        (
            {"after": parked.moment("2026-03-02"), "before": parked.moment("2026-03-03")},
            [3],
        ),
        ({"code": "agreement.expired", "system": "police"}, [1]),
    ],
)
def test_filters_hold_together(wanted: dict[str, str], told: list[int]) -> None:
    assert chosen(**wanted) == told


def test_a_day_begins_at_midnight_in_china() -> None:
    assert times.instant(parked.moment("2026-03-02")).hour == 16


def test_what_is_no_day_is_told() -> None:
    with pytest.raises(Invalid, match=r"parked\.moment"):
        parked.moment("昨天")


def test_reasons_are_counted_most_first_with_their_text() -> None:
    assert parked.counts(ROWS, "code") == [
        {"code": "agreement.expired", "count": 2, "what": "text of agreement.expired"},
        {"code": "agreement.none", "count": 1, "what": "text of agreement.none"},
    ]


# --- in a running district -------------------------------------------------------------------------


def park(town: Any, certificate: str, code: str = "agreement.expired") -> str:
    """The household item needs a person, from this moment on."""
    town.clock.skip(1)
    case: str = town.case(certificate).id
    values = {"state": "parked", "code": code, "updated_at": times.stamp(town.clock())}
    with town.hub.store.write() as connection:
        case_rows.set_item(connection, case, "household", values)
    return case


def zhida(town: Any, *words: str, operator: str = "") -> Any:
    with town.worker("-m", "zhida", *words, "--json", operator=operator) as process:
        out, _ = process.communicate(timeout=120)
    assert process.returncode == 0, out
    return json.loads(out)


@pytest.mark.guarantee("G2")
def test_many_are_replayed_dry_first_and_then_in_the_order_that_was_told_the_oldest_case_first(
    town: Any, police: Handle
) -> None:
    certificates = []
    for _ in range(4):
        certificates.append(town.bear(next(_numbers)))
        town.take_in()
        town.clock.skip(1)
    town.sweep("birth")
    for certificate in reversed(certificates):
        park(town, certificate, "agreement.not-yet")
    words = ("parked", "replay", "--system", "police", "--code", "agreement.not-yet")
    dry = zhida(town, *words)
    cases = [[town.case(each).id, "household"] for each in certificates]
    assert (dry["items"], dry["done"]) == (cases, 0)
    assert {town.item(each, "household").state for each in certificates} == {"parked"}
    town.sweep("household")
    assert [town.registered(each) for each in certificates] == [[], [], [], []]

    told = zhida(town, *words, "--yes", operator="wang")
    assert (told["done"], told["changed"]) == (4, 0)
    with town.hub.store.read() as connection:
        now = times.stamp(town.clock())
        due = case_rows.due(connection, "newborn", "household", now, 10)
    assert [case for case, _ in due] == [case for case, _ in cases]
    town.finish(*certificates)
    assert [town.effects(each) for each in certificates] == [(1, 1, 1)] * 4


def test_what_takes_two_people_is_left_out_of_many(town: Any) -> None:
    certificate = town.bear(next(_numbers))
    town.take_in()
    park(town, certificate, "delivery.unknowable")
    told = zhida(town, "parked", "replay", "--code", "delivery.unknowable")
    assert (told["items"], told["two_people"]) == ([], 1)


def test_replaying_uses_the_cases_own_documents(town: Any) -> None:
    certificate = town.bear(next(_numbers))
    town.take_in()
    town.sweep("birth")
    case = park(town, certificate)
    with town.hub.store.read() as connection:
        before = case_rows.documents(connection, case)
    replay(town.hub, town.operator("wang"), case, "household")
    town.finish(certificate)
    with town.hub.store.read() as connection:
        after = case_rows.documents(connection, case)
    assert before.items() <= after.items()


def test_an_item_that_was_parked_again_in_the_meantime_is_not_replayed(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = town.bear(next(_numbers))
    town.take_in()
    case = park(town, certificate)
    who = town.operator("wang")
    sign = type(who).sign

    def meanwhile(self: Any, *args: Any, **more: Any) -> str:
        park(town, certificate, "agreement.none")
        return sign(self, *args, **more)

    monkeypatch.setattr(type(who), "sign", meanwhile)
    with pytest.raises(Rejected, match=r"replay\.changed"):
        replay(town.hub, who, case, "household")
    assert town.item(certificate, "household").code == "agreement.none"


def test_an_operator_is_told_why_what_has_happened_and_what_can_be_done(
    town: Any, police: Handle
) -> None:
    police.fault("reset", operation="csdj", times=1)
    certificate = town.bear(next(_numbers))
    town.take_in()
    town.sweep()
    case = park(town, certificate)
    replay(town.hub, town.operator("wang"), case, "household")
    park(town, certificate, "delivery.cannot-probe")
    watch = Watch(town.hub.site, town.hub.store, town.clock)
    told = parked_view.one(watch, case[:12], "household")
    assert (told["code"], told["two_people"]) == ("delivery.cannot-probe", True)
    assert told["remedy"]
    assert [(e["kind"], e["operator"]) for e in told["history"]] == [
        ("transfer", ""),
        ("transfer", ""),
        ("replay", "wang"),
    ]
    assert any("--found-applied" in command for command in told["can"])


def test_the_commands_of_two_people_work_from_their_shells(town: Any) -> None:
    certificate = town.bear(next(_numbers))
    town.take_in()
    case = park(town, certificate)
    words = (case[:12], "household", "--reason", "监护人撤回申请")
    made = zhida(town, "parked", "give-up", *words, operator="wang")
    [listed] = [p for p in zhida(town, "proposal", "list") if p["case"] == case]
    assert listed["proposal"] == made["proposal"]
    assert zhida(town, "parked", "show", case, "household")["proposals"] == [made["proposal"]]
    with town.worker(
        "-m", "zhida", "proposal", "approve", made["proposal"], operator="wang", stderr=-1
    ) as process:
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 77
    assert "proposal.same-person" in errors
    zhida(town, "proposal", "approve", made["proposal"][:8], operator="li")
    assert town.item(certificate, "household").state == "given-up"
    town.finish(certificate)
    assert town.effects(certificate) == (0, 0, 1)


def test_without_an_operator_nothing_is_changed_and_the_remedy_is_told(town: Any) -> None:
    certificate = town.bear(next(_numbers))
    town.take_in()
    case = park(town, certificate)
    with town.worker("-m", "zhida", "parked", "replay", case, "household", stderr=-1) as process:
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 77
    assert "ZHIDA_OPERATOR" in errors
    assert town.item(certificate, "household").state == "parked"


def test_the_list_tells_counts_by_reason(town: Any) -> None:
    with town.hub.store.read() as connection:
        rows = case_rows.parked(connection)
    told = zhida(town, "parked", "list", "--by", "code")
    assert sum(row["count"] for row in told) == len(rows)
    assert all(row["what"] for row in told)
    watch = Watch(town.hub.site, town.hub.store, town.clock)
    assert len(case_view.parked(watch)) == len(rows)


def test_nothing_of_it_is_read_from_the_wire(town: Any) -> None:
    """Looking at parked items asks no system anything."""
    wire = town.district.directory / "police" / "books.sqlite"
    before = len(read_wire(wire))
    zhida(town, "parked", "list")
    assert len(read_wire(wire)) == before


def test_every_replay_stands_in_the_ledger_with_a_token(town: Any) -> None:
    with town.hub.store.read() as connection:
        rows = [canonical.loads(e.body) for e in ledger_rows.entries(connection, 0, 100_000)]
    replays = [row for row in rows if row["kind"] == "replay"]
    assert replays
    assert all(row["token"] for row in replays)
    town.audit()
