"""The shared adapters in a site: what is wrong is told with its line, and which wire is meant."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from exchange.errors import Invalid
from mappings import site_files as mapping_files
from tests import how_to_files
from zhida import hub, site, system_wire

EXAMPLE = Path(__file__).resolve().parents[2] / "sandbox" / "site"
HEAD = "system: x\ntitle: 某系统\nunit: hub\nconnection: x\nadapter: "
NOTICES = HEAD + "notification\noptions:\n  channel: sms\n  templates: [born]\n"
SERVICE = """      title: 参保信息查询
      call: POST /service/insured
      needs: {citizen: citizen-id}
      gives: insurance-enrolment
      mapping: who
      record: insurance_output_enrolment
      same: {/certno: /certno}
"""
SHARING = HEAD + "sharing_platform\noptions:\n  gateway: tif\n  body_signature: sm2\n  services:\n"
SHARING += "    find_insured:\n" + SERVICE
TEMPLATE = "notice: born\ntitle: 办结\ntext: 已办结。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = Path(shutil.copytree(EXAMPLE, tmp_path / "site"))
    (found / "notices").mkdir()
    return found


def _problems(folder: Path, text: str) -> list[tuple[str, int, str]]:
    (folder / "systems/x.yaml").write_text(text, "utf-8")
    told = site.load(folder)
    try:
        system_wire.checked(told, told.systems["x"])
    except Invalid as error:
        facts = [(p.code, p.facts) for p in error.problems]
        return [(code, int(told["line"]), str(told["file"])) for code, told in facts]
    return []


def test_a_template_is_looked_for_and_its_own_line_told(folder: Path) -> None:
    assert _problems(folder, NOTICES) == [("notification.no-template", 8, "x.yaml")]
    (folder / "notices/born.yaml").write_text(TEMPLATE + "fields: {a: {title: 甲}}\n", "utf-8")
    assert _problems(folder, NOTICES) == [("notification.template", 4, "born.yaml")]
    (folder / "notices/born.yaml").write_text(TEMPLATE, "utf-8")
    assert _problems(folder, NOTICES) == []


def test_settings_and_mappings_are_checked_with_the_file(folder: Path) -> None:
    wrong = NOTICES + "  settings: {timeout: 3}\n"
    (folder / "notices/born.yaml").write_text(TEMPLATE, "utf-8")
    assert _problems(folder, wrong) == [("feed.unknown-setting", 9, "x.yaml")]
    assert _problems(folder, SHARING) == [("mapping.no-such-mapping", 15, "x.yaml")]
    text = HEAD + "certificates\noptions:\n  record: register_certificat\n"
    assert _problems(folder, text) == [("mapping.no-such-mapping", 7, "x.yaml")]
    assert _problems(folder, HEAD + "seal\n") == []


def test_the_how_to_page_s_files_are_right_as_they_stand(folder: Path) -> None:
    files = how_to_files.write("shared-systems", folder)
    told = site.load(folder)
    systems = {Path(name).stem for name in files if name.startswith("systems/")}
    assert systems == {"sms", "oa", "licences", "seals", "sharing", "civil", "tax"}
    for name in systems:
        system_wire.checked(told, told.systems[name])
    assert list(mapping_files.problems(folder)) == []
    assert set(hub.declared(told.systems["oa"])) == {"todo", "message", "reply"}
    assert hub.declared(told.systems["sms"])["send_sms"].idempotence == "keyed"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (NOTICES.replace("sms", "wecom") + "  agent: 1\n", "login"),
        (SHARING, "signature"),
        (HEAD + "seal\n", "none"),
        (HEAD + "oa\noptions: {hub_user: 900, api: rest, forms: {}}\n", "weaver-e9"),
    ],
)
def test_the_check_of_a_connection_knows_how_one_logs_in(
    folder: Path, text: str, kind: str
) -> None:
    (folder / "systems/x.yaml").write_text(text, "utf-8")
    wire = system_wire.of(site.load(folder).systems["x"])
    assert (wire.alias, wire.settings["auth"]["kind"]) == ("rest", kind)


def test_the_oa_over_soap_is_what_it_was(folder: Path) -> None:
    wire = system_wire.of(site.load(folder).systems["oa"])
    assert (wire.alias, wire.settings["path"]) == ("soap", "/services/WorkflowService")
