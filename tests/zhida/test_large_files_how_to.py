"""docs/how-to/large-files.md: its files are a site's, its commands and codes exist, its numbers are ours."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from exchange import agreement as agreements
from exchange.agreement import Flow
from exchange.problems import catalogue
from exchange.sealed_file import CHUNK
from mappings import shapes
from tests import how_to_files
from zhida import file_fetching, file_permit, files_served, site, system_wire
from zhida.site import Site

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/how-to/large-files.md").read_text("utf-8")


@pytest.fixture
def told(tmp_path: Path) -> Site:
    found = Path(shutil.copytree(ROOT / "sandbox/site", tmp_path / "site"))
    for unit in ("archive", "planning", "construction"):
        (found / f"units/{unit}.yaml").write_text(f"unit: {unit}\ntitle: {unit}（示例）\n", "utf-8")
    assert len(how_to_files.write("large-files", found)) == 4
    return site.load(found, with_matters=False)


def test_its_systems_are_right(told: Site) -> None:
    named = [system for system in told.systems.values() if system.adapter == "large_files"]
    assert {system.name for system in named} == {
        "archive-drawings", "platform-models", "planning-inbox",
    }  # fmt: skip
    for system in named:
        system_wire.checked(told, system)


def test_its_agreement_gives_the_file(told: Site) -> None:
    flow = Flow("archive", "planning", "file-claim", "acceptance")
    (mine,) = [a for a in told.agreements if a.document == "file-claim"]
    found = agreements.permit(told.agreements, flow, mine.valid_until)
    assert found.covers("/sha256")
    assert found.covers("/sm3")
    shape = shapes.shape("file-claim")
    assert {path[1:] for path in found.fields} <= shape["properties"].keys()


def test_its_codes_exist() -> None:
    named = set(re.findall(r"`(file\.[a-z-]+)`", PAGE))
    assert len(named) >= 9
    assert named <= catalogue().keys()


def test_its_numbers_are_those_of_the_code() -> None:
    assert CHUNK == 1 << 20
    assert "一块块 1 MiB" in PAGE
    assert file_permit.BYTES == 64 << 20
    assert file_permit.TIME.total_seconds() == 60
    assert "每 64 MiB、最多每 1 分钟再问一次" in PAGE
    assert files_served._AT_ONCE == file_fetching._AT_ONCE == 16
    assert "同时取 16 个" in PAGE
