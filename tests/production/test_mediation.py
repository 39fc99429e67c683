"""Labour disputes under a real scheduler, on PostgreSQL: from the desk that took them down to the file.

The scheduler is killed with all its tasks while they are on their way.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.store import dispute_rows
from exchange.store.dispute_rows import DisputeRow
from sandbox.disputes import dispute
from sandbox.mediation_people import MediationPeople
from sandbox.production_kinds import district_of
from tests.production.conftest import command, environment
from tests.production.schedulers import Schedulers
from zhida import dispute as disputes
from zhida import mediation_rules, site
from zhida.hub import Hub

LONGEST = 1500.0
pytestmark = [pytest.mark.airflow, pytest.mark.peer("production"), pytest.mark.timeout(2400)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("mediation")
    try:
        up = command("up", place, "--district", "mediation")
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


def rows(hub: Hub) -> list[DisputeRow]:
    with hub.store.read() as connection:
        return dispute_rows.LOG.opened_between(connection, "", "9")


@pytest.mark.guarantee("G2")
def test_every_dispute_comes_to_its_file_and_is_handed_over_once(
    folder: Path, hub: Hub, schedulers: Schedulers
) -> None:
    district = district_of(folder, "mediation")
    district.prepare()
    people = MediationPeople(district)
    assert command("dispute", folder, "1").returncode == 0
    people.register(dispute(2, migrant="1", workers="12", street=""))
    people.register(dispute(3, relation="0"), "court_platform")
    people.register(dispute(4, mediator="1"), "union_platform")
    end, killed = time.monotonic() + LONGEST, False
    while len(found := rows(hub)) < 4 or not all(row.closed_at for row in found):
        assert time.monotonic() < end, [(row.number, row.closed_at) for row in found]
        people.work()
        if len(found) == 4 and not killed:
            killed = True
            schedulers.kill(whole=True)
            schedulers.start()
        time.sleep(3)
    ladder = mediation_rules.of_site(hub.site).ladder
    told = [disputes.find(hub, row.number) for row in found]
    assert {each.standing(ladder).state("dispute") for each in told} == {"closed"}
    for each in told:
        documents = [event.document for event in each.told if event.document]
        assert len(documents) == len(set(documents)), "each word counts once"
    slips = [
        row["given"]["referralNo"]
        for name in ("union_platform", "court_platform", "arbitration_platform")
        for row in people.received(name, "dispute")
    ]
    assert len(slips) == len(set(slips)) >= 2
    sealed = [row["data"] for row in district.system("seals").books()]
    assert len(sealed) == len(set(sealed)), "a paper is sealed once"
    handings = [e for each in told for e in each.told if e.name in ("diverted", "agreed")]
    assert len(sealed) >= len(handings) > len(told)
