"""A centre's site, written once, and a hub of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.zhida.mediation_report import dispute_town
from tests.zhida.mediation_report.dispute_town import Town


@pytest.fixture(scope="session")
def dispute_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read by all; nobody writes into it."""
    folder = tmp_path_factory.mktemp("disputes")
    dispute_town.write_site(folder)
    return folder


@pytest.fixture
def town(dispute_site: Path, tmp_path: Path) -> Iterator[Town]:
    """Nothing has happened yet."""
    with dispute_town.opened(dispute_town.beside(tmp_path, dispute_site)) as found:
        yield found


@pytest.fixture(scope="module")
def lived(dispute_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Disputes that went different ways; read by several tests."""
    folder = dispute_town.beside(tmp_path_factory.mktemp("lived"), dispute_site)
    with dispute_town.opened(folder) as found:
        dispute_town.live(found)
        yield found
