"""The site of labour disputes is right as it stands: alone, and laid over everything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from exchange.store import schema
from mappings import site_files
from matters import ladder_file
from sandbox import site_layers
from sandbox.district import District
from sandbox.oa_mediation_forms import EVENTS, MEDIATION_DEPARTMENTS, MEDIATION_PEOPLE
from sandbox.process import ROOT
from zhida import mapping_check, site, site_check
from zhida.hub import open_hub

LAYER = ROOT / "sandbox" / "mediation_site"
LADDER = ROOT / "matters" / "mediation" / "ladder.yaml"
TAKERS = {"hub", "street", "people", "inspection", "aid", "response"}
"""Roles of those who have no platform, so tell by the form."""


def laid(folder: Path, *layers: Callable[[Path], None]) -> District:
    district = District(folder, systems=(), signer=False)
    district.prepare()
    for lay in layers:
        lay(folder / "site")
    Path(district.env["ZHIDA_VAR"]).mkdir(mode=0o700, exist_ok=True)
    return district


@pytest.mark.parametrize(
    "layers",
    [
        [site_layers.mediation_alone, site_layers.mediation_papers],
        [site_layers.mediation_alone],
        [site_layers.whole, site_layers.mediation, site_layers.mediation_papers],
    ],
)
def test_the_check_of_the_whole_site_finds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layers: list[Any]
) -> None:
    district = laid(tmp_path, *layers)
    for name, value in district.env.items():
        monkeypatch.setenv(name, value)
    with open_hub() as hub:
        schema.upgrade(hub.store)
    assert {row["step"]: row["what"] for row in site_check.check_site() if not row["ok"]} == {}


def test_alone_nothing_else_is_done_there(tmp_path: Path) -> None:
    with_it = District(tmp_path, systems=(), signer=False, mediation=True)
    for _ in range(2):
        with_it.prepare()
    told = site.load(tmp_path / "site")
    assert tuple(told.matters) == (*site_layers.MEDIATION_MATTERS, "mediation-paper")
    connections = {f"AIRFLOW_CONN_{each.connection.upper()}" for each in told.systems.values()}
    assert connections <= with_it.env.keys()
    layers = (LAYER, ROOT / "sandbox" / "mediation_papers_site")
    files = [file for layer in layers for file in (layer / "systems").glob("*.yaml")]
    assert set(told.systems) == {file.stem for file in files}
    assert len(told.systems) == 13 + 8


@pytest.mark.parametrize("file", sorted((LAYER / "mappings").glob("*.yaml")), ids=lambda f: f.stem)
def test_a_mapping_keeps_its_word_and_leaves_no_field_out(file: Path) -> None:
    (row,) = mapping_check.check([str(file)])
    assert row["problems"] == []
    assert row["tests"] > 0
    assert row["coverage"] == 100


def test_the_form_has_every_event_that_those_without_a_platform_may_tell() -> None:
    """All but the registration itself, which is a form of its own."""
    events = ladder_file.load(LADDER).says
    may = {name: event.title for name, event in events.items() if TAKERS & set(event.by)}
    del may["registered"]
    mapping = site_files.load("oa_form_626_mediation_event", LAYER).file
    (rule,) = [rule for rule in mapping.rules if rule.to == "/event"]
    assert rule.step is not None
    pairs = dict(rule.step.options["pairs"])
    assert {pairs[value]: title for value, title in EVENTS.items()} == may
    assert pairs.keys() == EVENTS.keys()


def test_everybody_who_is_named_has_a_desk_in_the_oa_and_a_unit_that_has_the_role() -> None:
    roles = YAML(typ="safe", pure=True).load((LAYER / "mediation.yaml").read_text("utf-8"))["roles"]
    assert roles.keys() == ladder_file.load(LADDER).roles.keys()
    named = {
        str(person)
        for each in roles.values()
        for person in (
            *filter(None, [each.get("desk")]),
            *each.get("desks", {}).values(),
            *each.get("roster", ()),
            *each.get("duty", ()),
        )
    }
    assert named == {str(user) for user in MEDIATION_PEOPLE}
    mapping = site_files.load("oa_form_626_mediation_event", LAYER).file
    for to, key in (("/unit", "unit"), ("/role", "role")):
        (rule,) = [rule for rule in mapping.rules if rule.to == to]
        assert rule.step is not None
        said = dict(rule.step.options["pairs"])
        assert said.keys() == set(MEDIATION_DEPARTMENTS.values())
        wanted = {name if key == "role" else roles[name]["unit"] for name in TAKERS}
        assert set(said.values()) == wanted


def test_what_a_person_did_not_agree_to_is_in_the_agreements_of_every_unit() -> None:
    read = YAML(typ="safe", pure=True).load
    told = [read(file.read_text("utf-8")) for file in (LAYER / "agreements").glob("*.yaml")]
    units = {read(file.read_text("utf-8"))["unit"] for file in (LAYER / "units").glob("*.yaml")}
    for kind, field, wanted in (
        ("mediation-substance", "/consent/share", units),
        ("mediation-record", "/consent/offers", {"labour-arbitration", "court"}),
    ):
        found = [each for each in told if each["document"] == kind]
        assert {each["receiver"] for each in found} == wanted
        assert {each["requires"] for each in found} == {field}
    assert {each["receiver"] for each in told if each["document"] == "mediation-referral"} == units
    assert all(set(each) & {"basis"} and "条" in each["basis"] for each in told)
