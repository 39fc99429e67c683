"""What a bureau may get wrong in a generic system's file: all of it told at once, each with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters import generic
from exchange.errors import Fatal, Invalid
from exchange.ports import Endpoint
from matters import files
from tests import how_to_files
from zhida import site_schemas, system_file
from zhida.hub import adapter_module
from zhida.site import System

SYSTEM = "systems/childcare.yaml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return how_to_files.write("connect-a-system", tmp_path)[SYSTEM]


def told(file: Path) -> list[tuple[str, int]]:
    system = System("childcare", "平台", "health", "generic", "childcare", file)
    try:
        system_file.check(system, adapter_module("generic"), file.parents[1])
    except Invalid as error:
        return [(p.code, int(p.facts["line"])) for p in error.problems]
    return []


def line_of(file: Path, text: str) -> int:
    lines = file.read_text("utf-8").splitlines()
    (found,) = [number for number, line in enumerate(lines, 1) if text in line]
    return found


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new), "utf-8")


def test_the_page_s_file_is_right(file: Path) -> None:
    assert told(file) == []


MISTAKES = [
    ("wire: rest", "wire: rset", "wire.no-such-wire", "wire: rset"),
    ("{timeout_s: 5}", "{timeout: 5}", "feed.unknown-setting", "{timeout: 5}"),
    ("{timeout_s: 5}", "{timeout_s: 0}", "feed.settings", "{timeout_s: 0}"),
    ("[citizen/citizen_id]", "[citzen/citizen_id]", "generic.identity", "identity:"),
    ("[citizen/citizen_id]", "[citizen/citizn_id]", "generic.identity-field", "identity:"),
    ("settle_s: 5", "occurrence: [citizen/month]", "generic.identity-field", "occurrence:"),
    ("      identity: [citizen/citizen_id]", "      #", "generic.no-identity", "    grant:"),
    ("idempotence: probe ", "idempotence: keyed ", "generic.irreversible", "irreversible:"),
    ("      idempotence: probe ", "      # ", "generic.no-idempotence", "    grant:"),
    ("settle_s: 5", "wrap: [{at: /person, as: xml}]", "generic.root", "wrap:"),
    ("settle_s: 5", "wrap: [{at: /person, as: json, root: R}]", "generic.root", "wrap:"),
    ("settle_s: 5", "wrap: [{at: /persn, as: json}]", "generic.nowhere", "wrap:"),
    ("settle_s: 5", "wrap: [{at: /person, as: json, order: [nmae]}]", "generic.nowhere", "wrap:"),
    ("settle_s: 5", "wrap: [{at: /person, as: xlsx}]", "generic.layout", "wrap:"),
    ("settle_s: 5", "wrap: [{at: /person, as: fixed, layout: {columns: [{name: a}]}}]", "generic.layout", "wrap:"),
    ("settle_s: 5", "wrap: [{at: /person, as: json, encoding: gb18031}]", "generic.encoding", "wrap:"),
    ("settle_s: 5", "amends: grand", "generic.no-root", "amends:"),
    ("settle_s: 5", "amends: grant\n      revokes: grant", "generic.amends-and-revokes", "revokes:"),
    (
        "mapping: citizen_childcare_request",
        "mapping: citizen_childcare_reqest",
        "mapping.no-such-mapping",
        "mapping:",
    ),
    ("needs: {citizen: citizen-id}", "needs: {citizen: birth-record}", "generic.mapping-input", "mapping:"),
    ("needs: {citizen: citizen-id}", "needs: {citizen: citizen-ids}", "shape.no-such-kind", "needs:"),
    ("settle_s: 5", "gives: citzen-id", "shape.no-such-kind", "gives:"),
    ("settle_s: 5", "gives: citizen-id", "generic.no-record", "      answer:"),
    (
        "        refused: {when: [{at: /code, one_of: [\"4001\", \"4002\"]}], text: /msg, code: /code}",
        "        refused: {when: [{at: /data, absent: true}]}",
        "generic.only-absent",
        "refused: {when",
    ),
    ('unknown: [{at: /code, equals: "9999"}]', 'unknown: [{at: /code, matches: "(a+)+"}]', "generic.bad-pattern", "unknown:"),
    ("at: {at: /time}", "at: {at: /time, format: yyyy-MM-dd}", "generic.bad-time", "at: {at: /time"),
    ('success: [{at: /code, equals: "0"}, {at: /data/id, present: true}]', "written: stored", "generic.answers", "written:"),
    ('success: [{at: /code, equals: "0"}, {at: /data/id, present: true}]', "#", "generic.one-success", "      answer:"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "where"), MISTAKES)
def test_each_mistake_is_told_with_its_line(
    file: Path, old: str, new: str, code: str, where: str
) -> None:
    edit(file, old, new)
    assert (code, line_of(file, where)) in told(file)


def test_an_answer_may_mean_done_or_stored_but_not_be_missing_too(file: Path) -> None:
    success = 'success: [{at: /code, equals: "0"}, {at: /data/id, present: true}]'
    edit(file, success, f'{success}\n        stored: [{{at: /code, equals: "2001"}}]')
    assert told(file) == []
    edit(file, success, f"{success}\n        written: stored")
    assert ("generic.one-success", line_of(file, "      answer:")) in told(file)


def test_a_query_s_mapping_may_need_no_more_than_the_question_carries(file: Path) -> None:
    options = files.load(file, site_schemas.SYSTEM)["options"]
    grant = options["operations"]["grant"]
    options["operations"]["grant"] = grant | {"effect": False}
    missing = [p for _, p in generic.mistakes(options, file.parents[1])]
    assert {p.code for p in missing} == {"generic.not-asked"}
    assert {p.facts["path"] for p in missing} == {"citizen/name", "citizen/birth_date"}
    asks = ["citizen/name", "citizen/birth_date"]
    options["operations"]["grant"] |= {"asks": asks}
    assert generic.mistakes(options, file.parents[1]) == []
    assert generic.declared(options)["grant"].asks == tuple(asks)


def test_an_identity_that_no_document_has_is_answered_with_the_nearest_field(file: Path) -> None:
    options = files.load(file, site_schemas.SYSTEM)["options"]
    options["operations"]["grant"]["identity"] = ["citizen/citizn_id"]
    [(_, problem)] = generic.mistakes(options, file.parents[1])
    assert (problem.facts["kind"], problem.facts["nearest"]) == ("citizen-id", "/citizen_id")


def test_what_a_question_and_a_list_write_is_known_too(file: Path) -> None:
    for at, found in (("/serial", []), ("/serail", ["generic.nowhere"])):
        options = files.load(file, site_schemas.SYSTEM)["options"]
        options["operations"]["grant"]["probe"]["wrap"] = [{"at": at, "as": "json"}]
        options["operations"]["grant"]["books"]["wrap"] = [{"at": "/begin", "as": "json"}]
        assert [p.code for _, p in generic.mistakes(options, file.parents[1])] == found


def without(file: Path, operation: str, **changes: Any) -> list[tuple[str, Any]]:
    options = files.load(file, site_schemas.SYSTEM)["options"]
    options["operations"]["grant"].pop(operation)
    options["operations"]["grant"] |= changes
    return [(p.code, at) for at, p in generic.mistakes(options, file.parents[1])]


def test_who_is_asked_after_needs_a_question(file: Path) -> None:
    at = "/operations/grant"
    assert without(file, "probe") == [("generic.needs-probe", at)]
    stored = {"stored": [{"at": "/code", "equals": "0"}]}
    told = {"irreversible": False, "idempotence": "natural", "answer": stored}
    assert without(file, "probe", **told) == [("generic.needs-probe", at)]
    assert without(file, "probe", idempotence="none") == []


def test_who_recognises_a_repetition_needs_a_key(file: Path) -> None:
    told = {"irreversible": False, "idempotence": "keyed"}
    found = ("generic.needs-key", "/operations/grant/idempotence")
    assert found in without(file, "effect_key", **told)
    assert found not in without(file, "effect_key", **told, call="POST /api/apply/{effect_key}")


def test_a_mapping_must_make_the_document_that_is_given(file: Path) -> None:
    record = {"mapping": "insurance_output_enrolment"}
    answer = {"success": [{"at": "/code", "equals": "0"}], "record": record}
    told = {"gives": "citizen-id", "idempotence": "none", "answer": answer}
    found = [("generic.record-kind", "/operations/grant/answer/record/mapping")]
    assert without(file, "probe", **told) == found
    assert without(file, "probe", **told | {"gives": "insurance-enrolment"}) == []


STREAM = """  receive:
    settings: {folders: {births: {folder: in}}}
    streams:
      births: {kind: birth-declaration, mapping: oa_form_615_birth_declaration}
"""


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("birth-declaration,", "birth-declaraton,", "shape.no-such-kind"),
        ("birth-declaration,", "birth-record,", "feed.other-kind"),
        ("615_birth", "516_birth", "mapping.no-such-mapping"),
        ("615_birth_declaration}", "615_birth_declaration, encoding: gb18031}", "generic.encoding"),
    ],
)
def test_what_is_received_is_of_a_known_kind_which_its_mapping_makes(
    file: Path, old: str, new: str, code: str
) -> None:
    text = file.read_text("utf-8").replace("  wire: rest\n", "  wire: files\n")
    assert STREAM.count(old) == 1
    file.write_text(text + STREAM.replace(old, new), "utf-8")
    found = told(file)
    assert (code, line_of(file, "      births: {kind")) in found


def test_an_unknown_key_is_answered_with_the_nearest(file: Path) -> None:
    edit(
        file, "        reference: /data/id\n        same: {/data/idno", "        same: {/data/idno"
    )
    edit(file, "not_there:", "not_their:")
    with pytest.raises(Invalid) as caught:
        system_file.check(
            System("c", "", "", "generic", "", file), adapter_module("generic"), file.parents[1]
        )
    (problem,) = caught.value.problems
    assert (problem.code, problem.facts["nearest"]) == ("file.unknown-key", "not_there")
    assert problem.facts["line"] == line_of(file, "not_their")


def test_two_tests_in_one_are_refused(file: Path) -> None:
    edit(file, '{at: /code, equals: "4040"}', '{at: /code, equals: "4040", present: true}')
    assert [code for code, _ in told(file)] == ["file.schema"]


def test_all_mistakes_come_at_once(file: Path) -> None:
    edit(file, "wire: rest", "wire: rset")
    edit(file, "[citizen/citizen_id]", "[citzen/citizen_id]")
    edit(file, "mapping: citizen_childcare_request", "mapping: other")
    found = {code for code, _ in told(file)}
    assert found == {"wire.no-such-wire", "generic.identity", "mapping.no-such-mapping"}


def test_a_site_s_mapping_in_a_shipped_one_s_place_is_a_mistake_of_who_names_it(file: Path) -> None:
    own = file.parents[1] / "mappings" / "result_oa_form_615.yaml"
    own.write_text("mapping: result_oa_form_615", "utf-8")
    edit(file, "mapping: citizen_childcare_request", "mapping: result_oa_form_615")
    assert ("mapping.two-of-a-name", line_of(file, "      mapping:")) in told(file)


WRONG: list[dict[str, Any]] = [
    {},
    {"wire": "rest", "operations": {}},
    {"wire": "rest", "operations": {"x": {"title": "t", "call": "c", "answer": {}}}},
]


@pytest.mark.parametrize("options", WRONG)
def test_operations_are_declared_of_right_options_only(options: dict[str, Any]) -> None:
    with pytest.raises(Fatal) as caught:
        generic.declared(options)
    right_form = options.get("operations", {}).get("x") is not None
    assert caught.value.code == ("generic.no-identity" if right_form else "generic.options")


def test_nothing_is_opened_with_a_mistake(file: Path) -> None:
    edit(file, "[citizen/citizen_id]", "[citzen/citizen_id]")
    options = files.load(file, site_schemas.SYSTEM)["options"]
    with pytest.raises(Fatal) as caught:
        generic.open_system(options, Endpoint("http://127.0.0.1:9", site=file.parents[1]))
    assert caught.value.code == "generic.identity"
