"""A site that gives grants, written once, and a town of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.zhida import grant_town
from tests.zhida.grant_town import Town


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read by all towns; nobody writes into it."""
    folder = tmp_path_factory.mktemp("grants")
    grant_town.write_site(folder)
    return folder


@pytest.fixture
def town(site_folder: Path, tmp_path: Path) -> Iterator[Town]:
    """A hub with books of its own; its ledger is whole at the end."""
    with grant_town.beside(site_folder, tmp_path) as found:
        yield found
