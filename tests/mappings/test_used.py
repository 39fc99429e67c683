"""Which fields a mapping really uses, and why it leaves the others out."""

from collections.abc import Callable

from mappings.compiler import Mapping, load
from mappings.used import of_input

Build = Callable[[str], Mapping]


def test_what_rules_read_and_what_is_checked() -> None:
    birth = of_input(load("birth_declaration_police_record").file, "birth")
    assert birth.takes("/mother/name") and birth.takes("/father/id_type")
    assert not birth.takes("/child/weight_g")
    assert (birth.reason("/child/weight_g"), birth.reason("/mother/id_type")) == (
        "not-needed",
        "checked",
    )
    assert not of_input(load("birth_declaration_police_record").file, "declaration").takes(
        "/mother/name"
    )


def test_an_object_that_is_only_asked_for_uses_none_of_its_fields(compiled: Build) -> None:
    body = "from: [/a, /c/d]\nto: wire\nfields:\n  - {to: /x, from: /a, when: {present: /c}}\n"
    used = of_input(compiled(body).file, "")
    assert used.takes("/a") and not used.takes("/c/d")
    assert used.reason("/c/d") == "-"


def test_an_ignored_object_answers_for_its_fields_and_for_no_other_s(compiled: Build) -> None:
    body = "from: [/a, /c/d, /cc]\nto: wire\nfields:\n  - {to: /x, from: /a}\nignore:\n  - {fields: [/c], reason: internal}\n"
    used = of_input(compiled(body).file, "")
    assert (used.reason("/c/d"), used.reason("/cc")) == ("internal", "-")


def test_an_open_object_is_used_by_any_of_its_members() -> None:
    result = of_input(load("result_oa_form_615").file, "")
    assert result.takes("/items") and result.takes("/items/household")
