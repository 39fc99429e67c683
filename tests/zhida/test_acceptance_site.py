"""The site of joint acceptance is right as it stands, and fits the procedure, the forms and the people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from exchange.store import schema
from mappings import site_files
from matters import acceptance_file
from matters.acceptance_events import LEAD, SAYS, UNIT
from matters.acceptance_parts import HUB, OWNER
from sandbox import production_kinds, project_library, site_layers
from sandbox.acceptance_district import SYSTEMS
from sandbox.district import District
from sandbox.oa_acceptance_forms import ACCEPTANCE_DEPARTMENTS, ACCEPTANCE_PEOPLE, EVENTS
from sandbox.process import ROOT
from zhida import mapping_check, site, site_check
from zhida.hub import open_hub

LAYER = ROOT / "sandbox" / "acceptance_site"
AFTER = acceptance_file.load(ROOT / "matters" / "acceptance" / "after.yaml")
ROLES = {role for role in AFTER.roles if role not in (OWNER, HUB)}


def read(file: Path) -> dict[str, Any]:
    told: dict[str, Any] = YAML(typ="safe", pure=True).load(file.read_text("utf-8"))
    return told


def folder(name: str) -> Iterator[dict[str, Any]]:
    yield from (read(file) for file in sorted((LAYER / name).glob("*.yaml")))


def laid(place: Path, *layers: Callable[[Path], None]) -> District:
    district = District(place, systems=(), signer=False)
    district.prepare()
    for lay in layers:
        lay(place / "site")
    Path(district.env["ZHIDA_VAR"]).mkdir(mode=0o700, exist_ok=True)
    return district


def test_the_check_of_the_whole_site_finds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = laid(tmp_path, site_layers.acceptance_alone)
    for name, value in district.env.items():
        monkeypatch.setenv(name, value)
    with open_hub() as hub:
        schema.upgrade(hub.store)
    assert {row["step"]: row["what"] for row in site_check.check_site() if not row["ok"]} == {}


def test_it_stands_beside_disputes_and_their_papers_whichever_is_laid_first(tmp_path: Path) -> None:
    papers = [site_layers.mediation, site_layers.mediation_papers]
    found = []
    for number, layers in enumerate(
        ([*papers, site_layers.acceptance], [site_layers.acceptance, *papers])
    ):
        laid(tmp_path / str(number), *layers)
        place = tmp_path / str(number) / "site"
        found.append({file.relative_to(place) for file in place.rglob("*.yaml")})
    assert found[0] == found[1]
    told = site.load(tmp_path / "0" / "site")
    assert {*site_layers.ACCEPTANCE_MATTERS, "mediation-paper"} <= told.matters.keys()


def test_alone_nothing_else_is_done_there(tmp_path: Path) -> None:
    with_it = District(tmp_path, systems=(), signer=False, acceptance=True)
    for _ in range(2):
        with_it.prepare()
    told = site.load(tmp_path / "site")
    assert tuple(told.matters) == site_layers.ACCEPTANCE_MATTERS
    assert set(told.systems) == {file.stem for file in (LAYER / "systems").glob("*.yaml")}
    connections = {each.connection for each in told.systems.values()}
    assert connections == set(SYSTEMS)
    assert {f"AIRFLOW_CONN_{name.upper()}" for name in connections} <= with_it.env.keys()


def test_production_has_a_district_of_it_and_says_who_stands_in(tmp_path: Path) -> None:
    assert "acceptance" in production_kinds.KINDS
    district = production_kinds.district_of(tmp_path, "acceptance")
    district.prepare()
    assert {process.name for process in district.processes()} == set(SYSTEMS)
    assert tuple(site.load(tmp_path / "site").matters) == site_layers.ACCEPTANCE_MATTERS


@pytest.mark.parametrize("file", sorted((LAYER / "mappings").glob("*.yaml")), ids=lambda f: f.stem)
def test_a_mapping_keeps_its_word_and_leaves_no_field_out(file: Path) -> None:
    (row,) = mapping_check.check([str(file)])
    assert row["problems"] == []
    assert row["tests"] > 0
    assert row["coverage"] == 100


def test_the_form_has_every_event_that_units_may_tell() -> None:
    by = {UNIT, LEAD}
    may = {name: say.title for name, say in SAYS.items() if by & set(say.by)}
    pairs = _pairs("/event")
    assert {pairs[value]: title for value, title in EVENTS.items()} == may
    assert pairs.keys() == EVENTS.keys()


def test_everybody_who_is_named_has_a_desk_in_the_oa_and_a_unit_that_has_the_role() -> None:
    roles = read(LAYER / "acceptance.yaml")["roles"]
    assert roles.keys() == ROLES | {OWNER}
    assert roles[OWNER] == {"unit": "acceptance-platform"}
    assert {roles[role]["desk"] for role in ROLES} == {str(user) for user in ACCEPTANCE_PEOPLE}
    for role in ROLES:
        department = ACCEPTANCE_DEPARTMENTS[int(roles[role]["desk"])]
        assert (_pairs("/role")[department], _pairs("/unit")[department]) == (
            role,
            roles[role]["unit"],
        )


def _pairs(to: str) -> dict[Any, Any]:
    mapping = site_files.load("oa_form_628_acceptance_event", LAYER).file
    (rule,) = [rule for rule in mapping.rules if rule.to == to]
    assert rule.step is not None
    return dict(rule.step.options["pairs"])


def test_the_contact_goes_to_the_lead_and_to_nobody_else() -> None:
    found = [each for each in folder("agreements") if each["document"] == "acceptance-project"]
    units = {each["receiver"] for each in found if any("contact" in f for f in each["fields"])}
    assert units == {"housing"}
    assert not any(field in ("/", "/*") for each in found for field in each["fields"])
    assert all("条" in each["basis"] for each in folder("agreements"))


def test_every_unit_is_told_of_its_items_and_of_nothing_by_its_role() -> None:
    roles = read(LAYER / "acceptance.yaml")["roles"]
    units = {roles[role]["unit"] for role in ROLES}
    for kind in ("acceptance-slip", "oa-task"):
        told = {e["receiver"] for e in folder("agreements") if e["document"] == kind}
        assert told == units


def test_drawings_go_to_whoever_looks_at_them_by_its_own_role() -> None:
    roles = read(LAYER / "acceptance.yaml")["roles"]
    large = [each for each in AFTER.materials.values() if each.large]
    readers = {AFTER.items[item].by for each in large for item in each.consumers}
    told = {
        e["receiver"]: e["requires"] for e in folder("agreements") if e["document"] == "file-claim"
    }
    assert told == {roles[role]["unit"]: f"/readers/{role}" for role in readers}


def test_the_library_has_what_is_asked_of_it() -> None:
    operations = read(LAYER / "systems" / "sharing-platform.yaml")["options"]["operations"]
    kinds = {each["constants"]["/kind"] for each in operations.values()}
    assert kinds == project_library.PAPERS.keys()
    assert all(project_library.PAPERS[kind][0] == AFTER.materials[kind].title for kind in kinds)
