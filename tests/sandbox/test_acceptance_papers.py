"""Who has which material: what the procedure fetches is with somebody, and the register knows every permit."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappings import site_files
from matters import acceptance_file
from sandbox import acceptance_complaints, acceptance_papers
from sandbox.buildings import building
from sandbox.process import ROOT
from sandbox.project_library import PAPERS

AFTER = acceptance_file.load(Path(acceptance_file.__file__).parent / "acceptance" / "after.yaml")
LAYER = ROOT / "sandbox" / "acceptance_site"


def test_every_material_that_is_fetched_is_with_one_of_them() -> None:
    fetched = {n: m.fetched.partition(".")[0] for n, m in AFTER.materials.items() if m.fetched}
    by = {
        "certificates": acceptance_papers.CERTIFICATES,
        "sharing_platform": PAPERS.keys(),
        "desk": acceptance_papers.ASKED.keys(),
    }
    assert {name: {n for n, s in fetched.items() if s == name} for name in by} == by
    assert fetched.keys() == acceptance_papers.FROM_OTHERS


@pytest.mark.parametrize("name", acceptance_papers.ASKED)
def test_a_task_is_known_by_its_title(name: str) -> None:
    assert acceptance_papers.ASKED[name] == AFTER.materials[name].title
    assert acceptance_papers.asked(f"竣工联合验收：{AFTER.materials[name].title}") == name


def test_what_is_there_only_afterwards_is_there_after_an_item_or_the_opinion() -> None:
    assert acceptance_papers.AFTER.keys() <= acceptance_papers.ASKED.keys()
    assert set(acceptance_papers.AFTER.values()) <= AFTER.items.keys()


@pytest.mark.parametrize("number", range(40))
def test_an_invented_building_is_one_that_the_platform_takes(number: int) -> None:
    told = {"registerNo": "JG1", **building(number).wire}
    assert acceptance_complaints.complaint("project", told) == ""
    assert building(number) == building(number)
    site_files.load("platform_project", LAYER).apply(told)


def test_the_register_has_what_is_asked_of_it_for_a_building() -> None:
    """By the very questions of the site's mappings."""
    made = building(5)
    project = site_files.load("platform_project", LAYER).apply({"registerNo": "1", **made.wire})
    known = [
        {name: each[name] for name in ("CZZTDM", "ZZLXDM", "ZZBH")} for each in made.certificates
    ]
    for name in acceptance_papers.CERTIFICATES:
        query = f"project_{name.replace('-', '_')}_query"
        asked = site_files.load(query, LAYER).apply({"project": project})
        wanted = {n: v for n, v in asked.items() if n != "CZZTDMLXDM"}
        assert sum(wanted.items() <= row.items() for row in known) == 1
