"""A mapping keeps its word: tests in the file are run, and no source field is forgotten."""

from collections.abc import Callable

from mappings.compiler import Mapping

Build = Callable[[str], Mapping]
HEAD = "from: [/a, /b, /c/d]\nto: wire\nfields:\n  - {to: /x, from: /a, when: {present: /b}}\n"


def codes(mapping: Mapping) -> list[str]:
    return [problem.code for problem in mapping.check()]


def test_a_field_neither_mapped_nor_ignored_is_told(compiled: Build) -> None:
    [problem] = compiled(HEAD).check()
    assert problem.code == "mapping.not-covered"
    assert problem.facts["path"] == "/c/d"


def test_an_ignored_object_covers_its_fields(compiled: Build) -> None:
    assert codes(compiled(HEAD + "ignore:\n  - {fields: [/c], reason: not-needed}\n")) == []


def test_what_is_used_cannot_be_ignored(compiled: Build) -> None:
    body = HEAD + "ignore:\n  - {fields: [/c, /a], reason: internal}\n"
    assert codes(compiled(body)) == ["mapping.ignored-but-used"]


def test_asking_whether_an_object_is_there_does_not_map_its_fields(compiled: Build) -> None:
    body = "from: [/a, /c/d]\nto: wire\nfields:\n  - {to: /x, from: /a, when: {present: /c}}\n"
    assert codes(compiled(body)) == ["mapping.not-covered"]


def test_a_required_field_of_the_target_without_a_rule_is_told(compiled: Build) -> None:
    body = "from: [/a]\nto: insurance-enrolment\nfields:\n  - {to: /kind, from: /a}\n"
    paths = {problem.facts["path"] for problem in compiled(body).check()}
    assert paths == {"/citizen_id", "/enrolled_on", "/person_number", "/place"}


TESTED = "from: [/a]\nto: wire\nfields:\n  - {to: /x, from: /a, number: {}}\ntests:\n  - "


def test_tests_of_the_file_are_run(compiled: Build) -> None:
    right = "{name: t, source: {a: '5'}, gives: {x: 5}}"
    refused = "{name: t, source: {a: q}, problems: [{code: mapping.not-a-number, path: /a}]}"
    assert codes(compiled(f"{TESTED}{right}\n  - {refused}\n")) == []


def test_a_failing_test_of_the_file_is_told(compiled: Build) -> None:
    for test, code in [
        ("{name: t, source: {a: '5'}, gives: {x: 6}}", "mapping.test-differs"),
        ("{name: t, source: {a: '1'}, gives: {x: true}}", "mapping.test-differs"),
        ("{name: t, source: {a: '5'}, gives: {x: 5, y: 1}}", "mapping.test-differs"),
        ("{name: t, source: {a: q}, gives: {x: 5}}", "mapping.test-refused"),
        ("{name: t, source: {a: q}, problems: [{code: mapping.missing}]}", "mapping.test-refused"),
        (
            "{name: t, source: {a: '5'}, problems: [{code: mapping.missing}]}",
            "mapping.test-found-no-problem",
        ),
        ("{name: t, source: {a: '5'}}", "mapping.test-says-nothing"),
    ]:
        assert codes(compiled(f"{TESTED}{test}\n")) == [code]
