"""What tests of several rooms share: servers, started once a session; the seed; counted kills."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings

from exchange.store import schema
from sandbox.postgres import Postgres
from sandbox.rabbitmq import RabbitMq
from tests.kills import PROPERTY, Kills
from tests.new_stores import copying

FULL = os.environ.get("ZHIDA_ROUNDS") == "full"
"""Search anew. Otherwise what is drawn is the same for the same commit, so that a change is not blamed
for what an older one left to be found.
"""
# No test is about time: on a busy machine an example is slow to draw and slow to run.
settings.register_profile(
    "zhida", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=not FULL
)
settings.load_profile("zhida")

LONG = (
    *("test_grants_demo.py", "test_acceptance_dag.py", "test_thousand_disputes.py", "test_demo.py"),
    *(
        "test_tutorial.py",
        "test_grants_kills.py",
        "test_kill.py",
        "test_flows.py",
        "test_grants_dag.py",
    ),
    *("test_server_kills.py", "test_acceptance_whole.py", "test_dag.py", "test_mediation_dag.py"),
    *("test_bank_kit.py", "test_bank_mtls.py"),
)
"""Files that take a worker a minute and more: begun first (``--no-loadscope-reorder``), or one worker would
end with them while the others have nothing left.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, otherwise as they were found."""
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONG)))


@pytest.fixture(scope="session", autouse=True)
def new_stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The migrations run once for all tests of a worker: ``tests/new_stores.py``."""
    with pytest.MonkeyPatch.context() as patched:
        template = tmp_path_factory.mktemp("new") / "store.db"
        patched.setattr(schema, "upgrade", copying(schema.upgrade, template))
        yield


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A real PostgreSQL without fsync: what is killed in tests is a process, not the machine."""
    with Postgres(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMq]:
    """A real RabbitMQ, plain on loopback; whoever ends it starts it again."""
    with RabbitMq(tmp_path_factory.mktemp("broker")) as server:
        yield server


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """Printed, so that a failed round can be repeated with ``ZHIDA_SEED``."""
    drawn = random.SystemRandom().randrange(1, 10**6) if FULL else 1
    found = int(os.environ.get("ZHIDA_SEED", "0")) or drawn
    print(f"\nZHIDA_SEED={found}", file=sys.stderr)
    return found


@pytest.fixture
def kills(
    capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> Iterator[Kills]:
    """Counts where the kills of a test fell; told even when the test fails."""
    found = Kills()
    yield found
    record_property(PROPERTY, found.told())
    with capsys.disabled():
        print(f"\n{found.line()}")
