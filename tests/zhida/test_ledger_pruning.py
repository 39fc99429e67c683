"""Old bodies go by two people's word: what was exported still verifies, every count stays (G5, G7, G13)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange import audit, evidence_trust, pruning, times
from exchange.errors import Forbidden, Invalid, Rejected, ZhidaError
from exchange.evidence_verify import Checker, verify
from exchange.ledger import Entry
from exchange.store import ledger_rows
from matters.durations import Duration
from zhida import (
    flows,
    ledger_holds,
    ledger_prune_run,
    ledger_pruning,
    parked_view,
    proposals,
    watch,
)
from zhida.cli import app
from zhida.evidence_out import exporter
from zhida.ledger_check import keys_of
from zhida.ledger_pruning import PRUNE
from zhida.output import EXIT_USAGE, exit_code
from zhida.proposals import Wish
from zhida.site import Site

pytestmark = pytest.mark.guarantee("G7")
WHY = "保存期满，网络数据安全管理条例第十二条"
_MATTER = Path(__file__).parents[2] / "sandbox/site/matters/newborn.yaml"
DAY = 86_400


@pytest.fixture(scope="module")
def site_files() -> dict[str, str]:
    """A day's retention, so that no certificate ends before the records may go."""
    text = _MATTER.read_text("utf-8")
    assert "retention: 3 years" in text
    return {"matters/newborn.yaml": text.replace("retention: 3 years", "retention: 1 day ")}


@pytest.fixture(scope="module")
def old(town: Any) -> list[str]:
    """Two cases that were over four days ago, and their certificates' numbers."""
    found = [town.bear(801), town.bear(802)]
    town.take_in()
    town.finish(*found)
    town.clock.skip(4 * DAY)
    town.hub.ledger.commit(lambda _: [Entry("test", "today")])
    return found


@pytest.fixture(scope="module")
def bundle(town: Any, old: list[str]) -> bytes:
    """Of the second case, from before anything went."""
    return bytes(exporter(town.hub).export(town.case(old[1]).id))


def today(town: Any, back: int = 0) -> str:
    return (times.civil_day(town.clock()) - timedelta(days=back)).isoformat()


def decided(town: Any, action: str, item: str) -> str:
    row = proposals.propose(town.hub, town.operator("wang"), Wish(action, "", item, WHY))
    proposals.approve(town.hub, town.operator("li", "approve"), row.id)
    return row.id


def pruned(town: Any) -> int:
    found = audit.verify(town.hub.store, keys_of(watching(town)), town.hub.site.name)
    assert found.problems == []
    assert undecided(town) == []
    return found.pruned


def watching(town: Any) -> watch.Watch:
    return watch.Watch(town.hub.site, town.hub.store, town.clock)


def undecided(town: Any) -> list[str]:
    with town.hub.store.read() as connection:
        return [str(p.facts["reason"]) for p in ledger_pruning.problems(town.hub.site, connection)]


def counts(town: Any, before: str, site: Site | None = None) -> dict[str, tuple[int, int]]:
    with town.hub.store.read() as connection:
        told = site or town.hub.site
        found = ledger_pruning.looked_at(told, connection, before, town.clock())
    return {each.why: (each.entries, each.cases) for each in found}


def run(town: Any, proposal: str) -> int:
    return ledger_prune_run.run(town.hub, proposal, lambda _: None)


def test_the_longer_of_the_period_then_and_the_period_now_counts(town: Any, old: list[str]) -> None:
    site = town.hub.site
    assert counts(town, today(town))["ripe"][1] >= len(old)
    longer = replace(site.matters["newborn"], retention=Duration(30, "day"))
    later = replace(site, matters={**site.matters, "newborn": longer})
    assert counts(town, today(town), later).get("ripe", (0, 0)) == (0, 0)
    shorter = replace(site.matters["newborn"], retention=Duration(0, "day"))
    sooner = replace(site, matters={**site.matters, "newborn": shorter})
    assert counts(town, today(town), sooner) == counts(town, today(town))


def test_from_the_hold_to_the_bundle_that_still_verifies(
    town: Any, old: list[str], bundle: bytes
) -> None:
    held, free = (town.case(each).id for each in old)
    balance = flows.flows(town.hub.store)
    ledger_holds.put(town.hub, town.operator("wang"), held, "法院调取")
    with pytest.raises(Rejected, match=r"hold\.there"):
        ledger_holds.put(town.hub, town.operator("wang"), held, "法院调取")
    assert counts(town, today(town))["held"][1] == 1
    assert run(town, decided(town, PRUNE, today(town))) == counts(town, today(town))["gone"][0] > 9
    assert pruned(town) == counts(town, today(town))["gone"][0]
    assert {row.case for row in gone(town)} == {free}

    trust = evidence_trust.load(Path(town.env["ZHIDA_SITE"]).parent / "trust")
    checked = verify(bundle, Checker(trust, town.clock()))
    assert checked.case == free
    with town.hub.store.read() as connection:
        leaves = {r.seq: r.hash for r in ledger_rows.entries_of_case(connection, free)}
    assert {event.seq for event in checked.events} <= set(leaves)
    with pytest.raises(Rejected) as refused:
        exporter(town.hub).export(free)
    assert (refused.value.code, refused.value.facts["case"]) == ("evidence.pruned", free)
    exporter(town.hub).export(held)
    assert flows.flows(town.hub.store) == balance
    history = parked_view.history(watching(town), free, "household")
    assert history[0]["kind"] == "pruned"

    forged = {"operator": "wang", "reason": WHY, "tokens": ["x", "y"]}
    entry = Entry(ledger_holds.RELEASE, f"{ledger_holds.PREFIX}{held}", held, forged)
    town.hub.ledger.commit(lambda _: [entry, Entry(entry.kind, entry.ref, held)])
    assert counts(town, today(town))["held"][1] == 1  # nobody's word released it
    decided(town, ledger_holds.RELEASE, held)
    with pytest.raises(Rejected, match=r"hold\.none"):
        decided(town, ledger_holds.RELEASE, held)
    assert run(town, decided(town, PRUNE, today(town))) > 9
    assert {row.case for row in gone(town)} == {held, free}
    pruned(town)


def gone(town: Any) -> list[Any]:
    with town.hub.store.read() as connection:
        return [row for row in ledger_rows.entries(connection, 0, 10_000) if not row.body]


def test_nothing_goes_without_a_fresh_decision_of_two(town: Any, old: list[str]) -> None:
    row = proposals.propose(town.hub, town.operator("wang"), Wish(PRUNE, "", today(town), WHY))
    with pytest.raises(Rejected, match=r"prune\.not-decided"):
        run(town, row.id)
    with pytest.raises(Forbidden, match=r"proposal\.same-person"):
        proposals.approve(town.hub, replace_role(town.operator("wang")), row.id)
    proposals.approve(town.hub, town.operator("li", "approve"), row.id)
    town.clock.skip(8 * DAY)
    with pytest.raises(Rejected, match=r"prune\.too-old"):
        run(town, row.id)


def replace_role(who: Any) -> Any:
    return replace(who, operator=replace(who.operator, roles=("operate", "approve")))


@pytest.mark.parametrize("day", ["2999-01-01", "20290101", "", "2029-13-01"])
def test_a_day_that_is_none(town: Any, day: str) -> None:
    with pytest.raises(Invalid, match=r"prune\.day"):
        ledger_pruning.day_of(day, times.civil_day(town.clock()))


def test_the_period_is_the_matters(town: Any, old: list[str]) -> None:
    """Closed on a day and kept for one day more: on the second day after it may go."""
    day = times.civil_day(town.clock())
    with town.hub.store.read() as connection:
        found = ledger_pruning.rule(town.hub.site, connection, day, day)
        [until] = found.until.values()
    assert times.civil_day(times.instant(until)) == day - timedelta(days=1)


def test_words_that_were_not_given_are_seen(town: Any, old: list[str]) -> None:
    """The hub's key alone is not enough: the audit wants two people, about this day, not long ago."""
    real = decided(town, PRUNE, today(town))
    order = ledger_prune_run.order(town.hub, real)
    tokens = list(order.told["tokens"])
    ways: dict[str, Callable[[], dict[str, Any]]] = {
        "operator.forged": lambda: {"tokens": [tokens[0], tokens[0]]},
        "form": lambda: {"tokens": [tokens[0]]},
    }
    for number, (_, way) in enumerate(ways.items()):
        commit(town, order, 0, {**order.told, **way()}, f"a{number}")
    commit(town, replace(order, before=today(town, 1)), 0, dict(order.told), "a8")
    town.clock.skip(9 * DAY)
    commit(town, order, 0, dict(order.told), "a9")
    found = undecided(town)
    assert found == ["operator.forged", "form", "operator.forged", "prune.too-old"]


def commit(town: Any, order: Any, seq: int, told: dict[str, Any], name: str) -> None:
    digest = town.hub.ledger._digest

    def write(connection: Any) -> list[Entry]:
        rows = pruning.prune_rows.shells(connection, (seq, seq))
        return [pruning._entry(rows, replace(order, told=told, proposal=name), digest)]

    town.hub.ledger.commit(write)


def command(town: Any, *words: str) -> tuple[int, Any]:
    gone = {name: None for name in os.environ if name.startswith(("ZHIDA_", "AIRFLOW_CONN_"))}
    env = {**gone, **town.env, **town.district.operator_env("wang")}
    done = CliRunner().invoke(app, ["ledger", *words], env=env)
    if isinstance(done.exception, ZhidaError):
        return exit_code(done.exception), done.exception.code
    return done.exit_code, done.stdout


def test_the_commands(town: Any, old: list[str]) -> None:
    day = times.civil_day(times.instant(times.stamp(watch.utc_now()))).isoformat()
    code, said = command(town, "prune", "--before", day, "--dry-run", "--json")
    assert code == 0
    assert {row["why"] for row in json.loads(said)} >= {"gone", "kind"}
    code, said = command(town, "prune", "--before", day, "--reason", WHY)
    assert (code, "清理账本正文" in said) == (0, True)
    assert command(town, "prune")[0] == EXIT_USAGE
    assert command(town, "prune", "--proposal", "ffff", "--json")[1] == "proposal.unknown"
    case = town.case(old[0]).id
    assert command(town, "hold", case[:12], "--reason", "复议")[0] == 0
    assert case[:12] in command(town, "holds")[1]
    code, said = command(town, "release", case[:12], "--reason", "复议已结")
    assert (code, "解除诉讼保全" in said) == (0, True)
