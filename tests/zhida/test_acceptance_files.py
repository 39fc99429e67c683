"""Large papers of a building: one claim of each version, for those whose items look at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Forbidden
from tests.zhida import acceptance_town, small_town
from tests.zhida.acceptance_town import Town, digest
from zhida import acceptance_files, file_claims

SYSTEM = """system: platform-files
title: 区平台（文件，示例）
unit: acceptance-platform
adapter: large_files
connection: office
options: {wire: files, take: out, settings: {folders: {out: {folder: out}}}}
"""
AGREEMENT = """agreement: {unit}-drawings
provider: acceptance-platform
receiver: {unit}
document: file-claim
purpose: acceptance
basis: 示例
requires: /readers/{role}
fields: [/material, /title, /sm3]
valid_from: "2020-01-01"
valid_until: "2040-12-31"
"""
UNITS = {"fire": "fire-review", "green": "landscape", "station": "quality-station"}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    acceptance_town.write_site(tmp_path)
    told = tmp_path / "site"
    (told / "systems/platform-files.yaml").write_text(SYSTEM, "utf-8")
    for role, unit in UNITS.items():
        text = AGREEMENT.format(unit=unit, role=role)
        (told / f"agreements/{unit}-drawings.yaml").write_text(text, "utf-8")
    with acceptance_town.installed():
        found = Town(tmp_path, small_town.monday())
        yield found
        found.audit()
        found.hub.close()


def drawing(version: str = "1") -> dict[str, Any]:
    return {"name": "drawing", "digest": digest("drawing", version), "size_bytes": 7}


def to_joint(town: Town, *more: dict[str, Any]) -> str:
    number = town.register()
    town.hand_in(number, "steel", "alarm-report")
    told = town.say(number, "submitted", "owner", materials=[drawing(), *more])
    assert told["accepted"]
    town.say(number, "passed", "station", "frame")
    return number


def claimed(town: Town, number: str) -> str:
    found = acceptance_files.claim(town.hub, town.acceptance(number))
    assert found.keys() == {"drawing"}
    return found["drawing"]


def may(town: Town, claim: str) -> dict[str, str]:
    """Role → why not; empty: it may have the file."""
    known = file_claims.exact(town.hub, claim)
    told: dict[str, str] = {}
    for role, unit in UNITS.items():
        try:
            told[role] = ""
            file_claims.permit(town.hub, known, unit)
        except Forbidden as error:
            told[role] = error.code
    return told


def test_who_looks_at_it_gets_the_claim_with_the_slip_and_may_have_the_file(town: Town) -> None:
    number = to_joint(town)
    claim = claimed(town, number)
    slips = {
        s["slip"]["item"]: s["slip"]["materials_text"] for s in town.effects("review_acceptance")
    }
    assert {name for name, text in slips.items() if claim in text} == {"fire", "trees"}
    assert may(town, claim) == {"fire": "", "green": "", "station": "file.no-use"}
    record = file_claims.exact(town.hub, claim).document.record
    assert record["readers"] == {"fire": True, "green": True}
    assert record["title"] == f"竣工图（{number}）"
    assert (record["bytes"], record["sm3"]) == (7, digest("drawing"))


def test_what_is_handed_in_once_more_or_called_otherwise_has_the_same_claim(town: Town) -> None:
    number = to_joint(town)
    claim = claimed(town, number)
    told = [drawing(), {"name": "sheet", "digest": digest("sheet")}]
    assert town.say(number, "submitted", "owner", materials=told)["accepted"]
    assert claimed(town, number) == claim
    relist(town, "title: 竣工图", "title: 竣工图纸")
    assert claimed(town, number) == claim
    assert may(town, claim)["fire"] == ""


def test_a_new_version_corrects_the_claim_of_the_one_before(town: Town) -> None:
    number = to_joint(town)
    first = claimed(town, number)
    for version in ("2", "1"):  # and back again: each is another claim
        town.say(number, "submitted", "owner", materials=[drawing(version)])
    second = claimed(town, number)
    assert second != first
    assert may(town, first)["fire"] == "file.corrected"
    assert may(town, second)["fire"] == ""
    assert file_claims.exact(town.hub, second).claim.digests == {"sm3": digest("drawing")}


def test_who_looks_at_it_by_the_list_of_now_may_have_it_and_who_does_not_may_not(
    town: Town,
) -> None:
    number = to_joint(town)
    first = claimed(town, number)
    relist(town, "consumers: [fire, trees], large", "consumers: [fire], large")
    relist(town, "evidence: [site-layout, drawing]", "evidence: [site-layout]")
    second = claimed(town, number)
    assert may(town, first)["green"] == "file.corrected"
    assert may(town, second) == {"fire": "", "green": "file.no-use", "station": "file.no-use"}
    assert claimed(town, number) == second


def test_what_came_without_its_size_or_from_who_gives_no_files_has_none(town: Town) -> None:
    number = town.register()
    town.hand_in(number, "steel", "drawing")
    assert acceptance_files.claim(town.hub, town.acceptance(number)) == {}
    systems = {n: s for n, s in town.hub.site.systems.items() if n != "platform-files"}
    town.hub.site = replace(town.hub.site, systems=systems)
    other = to_joint(town)
    assert acceptance_files.claim(town.hub, town.acceptance(other)) == {}


def relist(town: Town, old: str, new: str) -> None:
    """The district's list reads otherwise from now on."""
    file = town.folder / "site/matters/acceptance/after.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
