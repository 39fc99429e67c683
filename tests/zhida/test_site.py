"""The site's folder: everything that is wrong is told at once, with file, line and nearest name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from exchange.errors import Fatal, Invalid, Problem
from zhida import site
from zhida.watch import open_watch

EXAMPLE = Path(__file__).resolve().parents[2] / "sandbox" / "site"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "site"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(Invalid) as caught:
        site.load(folder)
    return list(caught.value.problems)


def codes(folder: Path) -> list[str]:
    return [problem.code for problem in problems(folder)]


def test_the_example_site_is_whole(folder: Path) -> None:
    told = site.load(folder)
    assert set(told.matters) == {"newborn"}
    assert told.system_of(told.matters["newborn"].items["household"]).name == "police"
    assert told.key == folder / "keys/hub.key"


def test_agreements_hold_on_their_last_day(folder: Path) -> None:
    agreement = {a.id: a for a in site.load(folder).agreements}["hospital-to-police"]
    assert agreement.valid_until.isoformat() == "2028-12-31"
    assert agreement.covers("/child/birth_place/text")
    assert not agreement.covers("/child/weight_g")


def test_a_folder_without_site_file_is_told(tmp_path: Path) -> None:
    assert codes(tmp_path) == ["site.not-found"]


def test_an_unknown_key_is_told_with_line_and_nearest_name(folder: Path) -> None:
    edit(folder / "systems/police.yaml", "adapter:", "adaptor:")
    [unknown] = [p for p in problems(folder) if p.code == "file.unknown-key"]
    assert unknown.facts["file"] == "police.yaml"
    assert unknown.facts["line"] == 4
    assert unknown.facts["nearest"] == "adapter"


def test_mistakes_of_several_files_are_told_together(folder: Path) -> None:
    edit(folder / "systems/police.yaml", "adapter:", "adaptor:")
    edit(folder / "agreements/hub-to-window.yaml", "purpose:", "purpos:")
    files = {problem.facts["file"] for problem in problems(folder)}
    assert {"police.yaml", "hub-to-window.yaml"} <= files


def test_a_date_that_yaml_would_turn_into_something_else_must_be_quoted(folder: Path) -> None:
    edit(folder / "agreements/hub-to-window.yaml", '"2028-12-31"', "2028-12-31")
    [problem] = problems(folder)
    assert (problem.code, problem.facts["line"]) == ("mapping.quote-it", 10)


def test_a_file_saved_by_notepad_as_gbk_is_named(folder: Path) -> None:
    path = folder / "units/hospital.yaml"
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    assert "file.not-utf8" in codes(folder)


def test_a_byte_order_mark_does_no_harm(folder: Path) -> None:
    path = folder / "units/hospital.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert "hospital" in site.load(folder).units


def test_a_unit_that_does_not_exist_is_told_with_the_nearest(folder: Path) -> None:
    edit(folder / "agreements/hospital-to-police.yaml", "public-security", "public-securty")
    [problem] = problems(folder)
    assert problem.code == "site.no-unit"
    assert problem.facts["nearest"] == "public-security"


def test_an_item_without_a_system_is_told(folder: Path) -> None:
    (folder / "systems/insurance.yaml").unlink()
    [problem] = problems(folder)
    assert problem.code == "site.no-system"
    assert (problem.facts["unit"], problem.facts["found"]) == ("medical-insurance", 0)


def test_an_unknown_matter_is_answered_with_the_nearest(folder: Path) -> None:
    with pytest.raises(Invalid) as caught:
        site.load(folder).matter("newbron")
    assert caught.value.facts["nearest"] == "newborn"


def test_a_day_that_is_not_in_the_calendar_is_told(folder: Path) -> None:
    edit(folder / "agreements/hub-to-window.yaml", '"2028-12-31"', '"2026-02-30"')
    [problem] = problems(folder)
    assert (problem.code, problem.facts["file"]) == ("site.date", "hub-to-window.yaml")


def test_two_files_that_claim_one_name_are_told(folder: Path) -> None:
    shutil.copy(folder / "systems/police.yaml", folder / "systems/police-2.yaml")
    [first, *_] = problems(folder)
    assert first.code == "site.duplicate"
    assert first.facts == {"kind": "systems", "name": "police", "count": 2}


def test_operators_are_read_with_what_they_may_do(folder: Path) -> None:
    told = site.load(folder).operators
    assert told["wang"].roles == ("operate", "approve")
    assert told["zhao"].roles == ("operate",)
    assert told["li"].certificate.resolve() == folder / "keys/operators/li.crt"


def test_a_role_that_does_not_exist_is_told(folder: Path) -> None:
    edit(folder / "operators/zhao.yaml", "[operate]", "[operate, aprove]")
    [problem] = problems(folder)
    assert problem.facts["file"] == "zhao.yaml"


def test_two_files_for_one_operator_are_told(folder: Path) -> None:
    shutil.copy(folder / "operators/li.yaml", folder / "operators/li-2.yaml")
    [problem] = problems(folder)
    assert problem.facts == {"kind": "operators", "name": "li", "count": 2}


def test_a_site_without_operators_can_still_be_looked_at(folder: Path) -> None:
    shutil.rmtree(folder / "operators")
    assert site.load(folder).operators == {}


def test_a_proposal_waits_seven_days_unless_the_site_says_otherwise(folder: Path) -> None:
    assert site.load(folder).proposal_days == 7
    edit(folder / "site.yaml", "language: zh\n", "language: zh\nproposal_days: 3\n")
    assert site.load(folder).proposal_days == 3


def test_a_placeholder_that_does_not_exist_in_the_stores_address_is_told(folder: Path) -> None:
    edit(folder / "site.yaml", "{var}", "{vra}")
    with pytest.raises(Fatal, match=r"site\.store-url"):
        site.load(folder).store_url(folder)


def test_the_limits_of_a_system_are_read(folder: Path) -> None:
    edit(
        folder / "systems/police.yaml",
        "concurrency: 4",
        'rate: 600 per minute\nwindow: "08:00-12:00, 13:00-18:00"',
    )
    police = site.load(folder).systems["police"]
    assert police.concurrency == 4
    assert police.rate is not None
    assert (police.rate.calls, police.rate.per.total_seconds()) == (600, 60)
    assert [one.opens.hour for one in police.windows] == [8, 13]
    oa = site.load(folder).systems["oa"]
    assert (oa.rate, oa.windows) == (None, ())


@pytest.mark.parametrize("limit", ['rate: "10/s"', 'window: "8:00-18:00"', "window: 08:00－18:00"])
def test_a_limit_in_another_spelling_is_an_error_not_no_limit(folder: Path, limit: str) -> None:
    edit(folder / "systems/police.yaml", "concurrency: 4", limit)
    [problem] = problems(folder)
    assert problem.facts["file"] == "police.yaml"


def test_where_alerts_go_is_read(folder: Path) -> None:
    assert site.load(folder).alerts is None
    edit(folder / "site.yaml", "matters:", "alerts: {webhook: robot}\nmatters:")
    assert site.load(folder).alerts == site.Alerts("robot", "dingtalk")
    edit(folder / "site.yaml", "{webhook: robot}", "{webhook: robot, style: telegram}")
    assert problems(folder)


# --- matters ------------------------------------------------------------------------------------

CORE = Path(site.__file__).parents[1] / "sandbox" / "site" / "matters" / "newborn.yaml"


@pytest.mark.parametrize("place", ["matters/welcome.yaml", "matters/welcome/matter.yaml"])
def test_a_bureau_adds_a_joint_service_by_writing_a_file(folder: Path, place: str) -> None:
    file = folder / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(CORE.read_text("utf-8").replace("matter: newborn", "matter: welcome"))
    edit(folder / "site.yaml", "matters: [newborn]", "matters: [newborn, welcome]")
    assert set(site.load(folder).matters) == {"newborn", "welcome"}
    assert [matter.name for matter in site.load_matters(folder)] == ["newborn", "welcome"]


def test_a_site_s_own_matter_comes_before_the_packaged_one_of_its_name(folder: Path) -> None:
    assert "card" not in site.load(folder).matters["newborn"].items
    (folder / "matters" / "newborn.yaml").unlink()
    (packaged,) = site.load_matters(folder)
    assert "card" in packaged.items


def test_a_mistake_in_a_site_s_own_matter_is_told_with_its_file(folder: Path) -> None:
    edit(folder / "matters" / "newborn.yaml", "lead:", "leed:")
    told = [p.facts["file"] for p in problems(folder) if p.code == "file.unknown-key"]
    assert told == ["newborn.yaml"]


# --- the store ----------------------------------------------------------------------------------


def test_the_environment_s_store_comes_before_the_site_s(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIDA_SITE", str(folder))
    monkeypatch.setenv("ZHIDA_VAR", str(tmp_path))
    monkeypatch.setenv("ZHIDA_STORE_URL", f"sqlite:///{tmp_path}/elsewhere.db")
    with open_watch() as watch:
        assert watch.store.engine.url.database == f"{tmp_path}/elsewhere.db"


MEAL = """title: 助餐
type: object
additionalProperties: false
properties: {card: {title: 身份证号, type: string}}
"""


def test_an_agreement_names_a_kind_that_there_is(folder: Path) -> None:
    edit(folder / "agreements/hub-to-window.yaml", "matter-result", "matter-reslt")
    [problem] = problems(folder)
    assert (problem.code, problem.facts["nearest"]) == ("site.no-kind", "matter-result")
    assert problem.facts["file"] == "agreements/hub-to-window.yaml"


def test_a_kind_of_the_site_s_own_is_one(folder: Path) -> None:
    edit(folder / "agreements/hub-to-window.yaml", "matter-result", "助餐")
    assert codes(folder) == ["site.no-kind"]
    (folder / "documents").mkdir()
    (folder / "documents" / "助餐.yaml").write_text(MEAL, "utf-8")
    assert site.load(folder)


def test_a_matter_s_paper_stands_in_a_kind_that_there_is(folder: Path) -> None:
    text = CORE.read_text("utf-8").replace("document: citizen-id", "document: citizen-ids")
    (folder / "matters" / "newborn.yaml").write_text(text, "utf-8")
    [problem] = problems(folder)
    assert (problem.code, problem.facts["file"]) == ("site.no-kind", "matters/newborn")
    assert problem.facts["nearest"] == "citizen-id"
