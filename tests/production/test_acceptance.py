"""A finished building under a real scheduler, on PostgreSQL: through all five stages, to the archive.

The scheduler is killed with all its tasks while items are with their units.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exchange.store.acceptance_rows import LOG, AcceptanceRow
from matters import acceptance_standing as standings
from sandbox.acceptance_findings import Slip, Step
from sandbox.acceptance_people import AcceptancePeople
from sandbox.production_kinds import district_of
from tests.production.conftest import command, environment
from tests.production.schedulers import Schedulers
from zhida import acceptance, acceptance_rules, site
from zhida.acceptance import Acceptance
from zhida.hub import Hub

LONGEST = 3300.0
BUILDINGS = 2
pytestmark = [pytest.mark.airflow, pytest.mark.peer("production"), pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("acceptance")
    try:
        up = command("up", place, "--district", "acceptance")
        assert up.returncode == 0, up.stderr
        yield place.resolve()
    finally:
        assert command("down", place).returncode == 0


@pytest.fixture(scope="module")
def hub(folder: Path) -> Iterator[Hub]:
    env = environment(folder)
    found = Hub(
        site.load(Path(env["ZHIDA_SITE"])),
        var=Path(env["ZHIDA_VAR"]),
        secret=env["ZHIDA_KEY_PASSWORD"].encode(),
        store=env["ZHIDA_STORE_URL"],
    )
    yield found
    found.close()


@pytest.fixture
def schedulers(folder: Path) -> Iterator[Schedulers]:
    found = Schedulers(folder)
    yield found
    found.stop()


def rows(hub: Hub) -> list[AcceptanceRow]:
    with hub.store.read() as connection:
        return LOG.opened_between(connection, "", "9")


def read(hub: Hub) -> list[Acceptance]:
    rules = acceptance_rules.of_site(hub.site)
    return [acceptance.find(hub, rules, row.number) for row in rows(hub)]


def finds(verdict: Callable[[str], str]) -> Callable[[Slip], list[Step]]:
    """The first fire acceptance fails; everything else passes."""
    failed: set[str] = set()

    def found(slip: Slip) -> list[Step]:
        if slip.item == standings.OPINION:
            return [Step("opinion", verdict=verdict(slip.acceptance))]
        if slip.item == "fire-acceptance" and not failed:
            failed.add(slip.acceptance)
            return [Step("failed", checks=slip.checks[:1])]
        return [Step("passed")]

    return found


@pytest.mark.guarantee("G2")
def test_every_building_goes_through_five_stages_and_each_item_to_its_unit_once_a_round(
    folder: Path, hub: Hub, schedulers: Schedulers
) -> None:
    district = district_of(folder, "acceptance")
    district.prepare()

    def verdict(number: str) -> str:
        found = acceptance.find(hub, acceptance_rules.of_site(hub.site), number)
        return "pass" if standings.can_pass(found.plan, found.standing) else "fail"

    people = AcceptancePeople(district, finds(verdict))
    for number in range(1, BUILDINGS + 1):
        assert command("building", folder, str(number)).returncode == 0
    end, killed = time.monotonic() + LONGEST, False
    while len(found := read(hub)) < BUILDINGS or not all(each.standing.ended for each in found):
        assert time.monotonic() < end, [
            dict(standings.holders(each.plan, each.standing)) for each in found
        ]
        people.work()
        if not killed and any(each.standing.opened >= 3 for each in found):
            killed = True
            schedulers.kill(whole=True)
            schedulers.start()
        time.sleep(2)
    assert killed
    for each in found:
        assert each.standing.opened == 5
        documents = [row.document for row in each.told if row.document]
        assert len(documents) == len(set(documents)), "each word counts once"
    rounds = {(e.row.number, n): p.rounds for e in found for n, p in e.standing.parts.items()}
    assert max(rounds.values()) > 1
    sealed = [row["data"] for row in district.system("seals").books()]
    assert len(sealed) == len(set(sealed)) >= 2 * BUILDINGS, "a paper is sealed once"
