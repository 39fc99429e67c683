"""The two procedures that are shipped: as many as the district told, and honest about the rest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exchange.errors import Invalid
from matters import acceptance_file, conditions, terms
from matters.acceptance_file import BEFORE, SHIPPED
from matters.acceptance_mistakes import SILENT
from matters.acceptance_parts import INFERRED, PUBLIC, Delegation

AFTER, OLD = acceptance_file.load(SHIPPED), acceptance_file.load(BEFORE)
NOTHING_KNOWN = dict[str, str]()


def test_the_new_one_is_as_large_as_the_district_told() -> None:
    assert (len(AFTER.stages), len(AFTER.items), len(AFTER.materials)) == (5, 19, 98)
    assert [each.title for each in AFTER.stages.values()] == [
        "基础施工", "主体施工", "验收准备", "联合验收", "竣工备案（交付）"
    ]  # fmt: skip
    assert len(AFTER.checks) >= 60


def test_the_head_of_each_file_says_what_is_public_and_what_inferred() -> None:
    for file in (SHIPPED, BEFORE):
        head = file.read_text("utf-8").partition("\nprocedure:")[0]
        assert "公开的只有" in head and "推定" in head and "19 项" in head and "98 件" in head


@pytest.mark.parametrize("procedure", [AFTER, OLD])
def test_no_name_that_the_district_did_not_publish_is_told_to_be_public(procedure) -> None:  # type: ignore[no-untyped-def]
    """Only stages, filings and the delegations of fire and civil defence are."""
    for each in (*procedure.items.values(), *procedure.materials.values()):
        assert each.inferred, each
    for check in procedure.checks.values():
        assert check.source.startswith(INFERRED) and "未核对原文" in check.source, check
    for filing in procedure.filings.values():
        assert filing.source.startswith(PUBLIC) and "推定" in filing.source


def test_the_station_inspects_once_for_three() -> None:
    once = AFTER.items["quality-supervision"]
    assert (once.by, once.on_behalf_of) == ("station", ("fire", "defence"))
    assert AFTER.materials["inspection-records"].consumers >= {
        "quality-supervision", "fire-acceptance", "defence-filing"
    }  # fmt: skip
    delegated = {each.of: each for each in AFTER.delegations}
    for of in ("fire", "defence"):
        assert isinstance(delegated[of], Delegation) and delegated[of].source.startswith(PUBLIC)


def test_a_licence_is_not_delegated_to_the_station() -> None:
    """行政许可法第二十四条: only another administrative organ may be charged with it."""
    for item in AFTER.items.values():
        if item.kind in ("行政许可", "备案"):
            assert item.by != "station" and not item.on_behalf_of


def test_no_silence_is_an_approval() -> None:
    for item in (*AFTER.items.values(), *OLD.items.values()):
        assert item.silence.means == "nothing" or item.kind in SILENT


def test_what_a_project_does_not_state_is_never_no() -> None:
    for item in AFTER.items.values():
        assert item.when is None or conditions.holds(item.when, NOTHING_KNOWN), item.name
    shelter = AFTER.items["defence-filing"].when
    assert shelter is not None
    assert not conditions.holds(shelter, {"/project/air_raid_shelter": False})


def test_a_special_building_applies_and_another_files() -> None:
    apply, file = (AFTER.materials[name].when for name in ("fire-application", "fire-filing-form"))
    assert apply is not None and file is not None
    for told, wanted in (("special", True), ("other", False)):
        fields = {"/project/fire_class": told}
        assert [conditions.holds(each, fields) for each in (apply, file)] == [wanted, not wanted]


def test_periods_are_read() -> None:
    fire = AFTER.items["fire-acceptance"]
    assert fire.within == terms.WorkingDays(15)
    assert fire.remind == terms.Ahead(3, working=True)
    assert AFTER.items["gas-connection"].valid == terms.legal("6 months")
    sampling = AFTER.items["quality-supervision"].sampling
    assert sampling is not None and (sampling.percent, sampling.at_least) == (10, 3)


def test_a_site_has_its_own_instead(tmp_path: Path) -> None:
    assert acceptance_file.of_site(tmp_path) == AFTER
    folder = tmp_path / acceptance_file.FOLDER
    folder.mkdir(parents=True)
    own = SHIPPED.read_text("utf-8").replace("title: 规划验线（放线复核）", "title: 验线")
    (folder / "after.yaml").write_text(own, "utf-8")
    assert acceptance_file.of_site(tmp_path).items["line-check"].title == "验线"
    assert acceptance_file.of_site(tmp_path, BEFORE) == OLD


def test_a_silence_of_its_own_is_read(tmp_path: Path) -> None:
    text = SHIPPED.read_text("utf-8")
    kind = "    kind: 部门意见\n"
    assert text.count(kind) == 1
    told = f"{kind}    silence: {{means: no-objection, article: 示例：市级文件}}\n"
    file = tmp_path / "after.yaml"
    file.write_text(text.replace(kind, told), "utf-8")
    silence = acceptance_file.load(file).items["special-opinions"].silence
    assert (silence.means, silence.article) == ("no-objection", "示例：市级文件")


def test_what_is_only_looked_at_on_site_has_no_evidence(tmp_path: Path) -> None:
    line = "    evidence: [fire-test-report]\n    on_site: true\n    parts: [smoke]\n"
    text = SHIPPED.read_text("utf-8")
    assert text.count(line) == 1
    file = tmp_path / "after.yaml"
    file.write_text(text.replace(line, line.partition("\n")[2]), "utf-8")
    check = acceptance_file.load(file).checks["smoke-works"]
    assert (check.evidence, check.on_site) == (frozenset(), True)


def test_an_unknown_key_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "after.yaml"
    file.write_text(
        SHIPPED.read_text("utf-8").replace("on_behalf_of: [defence]", "on_behalf: [defence]"),
        "utf-8",
    )
    with pytest.raises(Invalid) as caught:
        acceptance_file.load(file)
    (problem,) = caught.value.problems
    assert (problem.code, problem.facts["nearest"]) == ("file.unknown-key", "on_behalf_of")
    lines = file.read_text("utf-8").splitlines()
    assert re.match(" +on_behalf:", lines[int(str(problem.facts["line"])) - 1])
