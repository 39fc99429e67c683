"""Servers that tests of several rooms share, started once a session when first needed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.postgres import Postgres
from sandbox.rabbitmq import RabbitMq


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
