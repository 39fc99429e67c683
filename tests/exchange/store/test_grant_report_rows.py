"""Sums over awards are what one gets who adds up the rows one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from exchange.store import award_rows, grant_report_rows, grant_rows
from exchange.store.award_rows import AwardRow
from exchange.store.engine import Connection, Store
from exchange.store.grant_report_rows import Off, Scope
from exchange.store.grant_rows import RunRow, SheetRow

STORES = ("sqlite", "postgresql")
AT = "2026-03-02T01:00:00.000000Z"
POLICIES, YEARS = ("jobs", "research"), ("2025", "2026")
STATES = ("paid", "listed", "screened-out")


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.write() as opened:
        yield opened


def run(connection: Connection, identifier: str, day: str, **changed: str) -> None:
    told = {"state": "matched", "began_at": f"{day}T00:00:00.000000Z", **changed}
    row = RunRow(identifier, day, "", "", "", "{}", "{}", "", AT)
    grant_rows.add_run(connection, RunRow(**{**_told(row), **told}))


def _told(row: RunRow) -> dict[str, str]:
    return {name: getattr(row, name) for name in RunRow.__slots__}


def awards(connection: Connection) -> list[AwardRow]:
    """Forty of them, of two policies and two years; firms have several."""
    chance, made = Random(7), []
    for year in YEARS:
        run(connection, f"r{year}", f"{year}-12-31")
    for number in range(40):
        policy, year, state = (chance.choice(each) for each in (POLICIES, YEARS, STATES))
        row = AwardRow(
            f"a{number:02}", f"r{year}", "", "", policy, year, "", f"firm{number % 7}", f"{number}",
            chance.choice((10**15, 333)), state, f"{state}-code", "", number, b"", AT,
        )  # fmt: skip
        assert award_rows.add(connection, row)
        made.append(row)
    return made


@pytest.mark.parametrize("scope", [Scope(), Scope(2025), Scope(2026, "jobs"), Scope(0, "research")])
def test_sums_are_those_of_the_rows(connection: Connection, scope: Scope) -> None:
    rows = [
        row
        for row in awards(connection)
        if scope.year in (0, int(row.version)) and scope.policy in ("", row.policy)
    ]
    told = grant_report_rows.standing(connection, scope)
    flat = {(p, s): pair for p, states in told.items() for s, pair in states.items()}
    numbers, fen = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in rows:
        numbers[row.policy, row.state] += 1
        fen[row.policy, row.state] += row.amount_fen
    assert flat == {key: (numbers[key], fen[key]) for key in numbers}
    firms = grant_report_rows.firms(connection, scope, ["paid", "listed"])
    kept = {(r.policy, r.firm) for r in rows if r.state != "screened-out"}
    assert firms == Counter(policy for policy, _ in kept)
    both = grant_report_rows.firms_of_any(connection, scope, ["paid", "listed"], POLICIES)
    assert both == len({firm for _, firm in kept}) < len(kept) or scope.policy
    (codes,) = {
        c for found in grant_report_rows.codes(connection, scope, "paid").values() for c in found
    }
    assert codes == "paid-code"


def test_what_is_spent_is_told_by_version(connection: Connection) -> None:
    rows = awards(connection)
    told = grant_report_rows.spent(connection, Scope(), ["paid"])
    for policy in POLICIES:
        for year in YEARS:
            which = [r for r in rows if (r.policy, r.version, r.state) == (policy, year, "paid")]
            assert told[policy].get(year, 0) == sum(row.amount_fen for row in which)


def test_the_newest_run_is_the_last_that_is_over(connection: Connection) -> None:
    awards(connection)
    run(connection, "dead", "2027-01-01", state="begun")
    newest = grant_report_rows.newest_run(connection, "matched")
    earlier = grant_report_rows.newest_run(connection, "matched", 2025)
    assert newest is not None and earlier is not None
    assert (newest.id, earlier.id) == ("r2026", "r2025")
    assert grant_report_rows.newest_run(connection, "matched", 2024) is None


def test_the_last_day_of_a_year_belongs_to_it(connection: Connection) -> None:
    rows = awards(connection)
    told = grant_report_rows.standing(connection, Scope(2026))
    whole = sum(number for states in told.values() for number, _ in states.values())
    assert whole == sum(row.version == "2026" for row in rows)


def test_a_run_s_awards_are_counted_by_policy(connection: Connection) -> None:
    rows = awards(connection)
    told = grant_report_rows.of_run(connection, "r2026")
    assert told == Counter(row.policy for row in rows if row.run == "r2026")


def test_a_list_whose_awards_are_others_is_told(connection: Connection) -> None:
    awards(connection)
    for identifier, number, fen in (("right", 2, 700), ("short", 3, 900), ("empty", 1, 5)):
        sheet = SheetRow(identifier, "list", "r", "jobs", "2026", number, fen, "", "open", "", AT)
        grant_rows.add_sheet(connection, sheet)
    for sheet, fens in (("right", (300, 400)), ("short", (300, 400))):
        for fen in fens:
            row = AwardRow(
                f"{sheet}{fen}", "r2026", sheet, "", "jobs", "2026", "", f"{sheet}{fen}", "", fen,
                "listed", "", "", 0, b"", AT,
            )  # fmt: skip
            award_rows.add(connection, row)
    found = grant_report_rows.sheets_off(connection, "list")
    assert set(found) == {Off("short", 3, 2, 900, 700), Off("empty", 1, 0, 5, 0)}
    assert grant_report_rows.sheets_off(connection, "batch") == []
