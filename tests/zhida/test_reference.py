"""The reference pages are made from what the product uses, and those in the repository are new."""

import doctest
from pathlib import Path

import pytest

from connectors.wires import CALLS, WIRES
from exchange.problems import catalogue
from mappings import codes, shapes
from mappings.identifiers import catalogue as catalogue_of_identifiers
from zhida import reference, reference_parts, reference_tables
from zhida.hub import ADAPTERS

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return reference.pages()


def test_committed_pages_are_up_to_date(pages: dict[str, str]) -> None:
    committed = {file.name: file.read_text("utf-8") for file in COMMITTED.glob("*.md")}
    assert committed.keys() == pages.keys(), "run: make docs"
    stale = [name for name, text in pages.items() if committed[name] != text]
    assert stale == [], "run: make docs"


def test_committed_schemas_are_up_to_date() -> None:
    files = (COMMITTED / "schemas").glob("*.json")
    committed = {file.name: file.read_text("utf-8") for file in files}
    assert committed == reference.schemas(), "run: make docs"


def test_writing_twice_changes_nothing_and_old_pages_go(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("old", "utf-8")
    reference.write(tmp_path)
    first = {file.name: file.read_bytes() for file in tmp_path.rglob("*.*")}
    reference.write(tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.rglob("*.*")} == first
    assert "gone.md" not in first


def test_every_problem_code_is_told_with_its_remedy(pages: dict[str, str]) -> None:
    told = pages["problems.md"]
    assert [code for code in catalogue() if f"| `{code}` |" not in told] == []
    remedy = catalogue()["wire.refused"]["remedy_zh"]
    assert remedy in told


def test_every_adapter_and_its_operations_are_told(pages: dict[str, str]) -> None:
    assert [alias for alias in ADAPTERS if f"adapter-{alias}.md" not in pages["adapters.md"]] == []
    assert "| `register_birth` | 出生登记 |" in pages["adapter-public_security.md"]


def test_every_wire_has_a_page_and_is_listed(pages: dict[str, str]) -> None:
    aliases = {*WIRES, *CALLS}
    assert [alias for alias in aliases if f"wire-{alias}.md" not in pages["wires.md"]] == []
    assert "`/tables/‹name›/status`" in pages["wire-tables.md"]


def test_each_operation_says_what_it_was_tried_against(pages: dict[str, str]) -> None:
    """Once, and where: a file of tests that names what it is about."""
    rows = reference_parts.tried("adapters")
    told = [(row["name"], row["use"]) for row in rows]
    assert len(told) == len(set(told))
    assert reference_parts.operations(ADAPTERS) <= set(told)
    assert {name for name, _ in told} == ADAPTERS.keys()


@pytest.mark.parametrize("package", ["adapters", "connectors"])
def test_what_was_tried_has_a_test_and_what_was_not_says_so(package: str) -> None:
    for row in reference_parts.tried(package):
        assert row["state"] in reference_parts.STATES
        assert bool(row["test"]) == (row["state"] != "untried"), row
        assert not row["test"] or (COMMITTED.parents[1] / row["test"]).is_file(), row


def test_every_kind_of_document_is_told_field_by_field(pages: dict[str, str]) -> None:
    told = pages["documents.md"]
    assert [kind for kind in shapes.kinds() if f"## {kind} · " not in told] == []
    assert "| `/mother/id_number` | 身份证件号码 |" in told


def test_every_identifier_list_and_crosswalk_is_told_with_its_source(pages: dict[str, str]) -> None:
    told = pages["codes.md"]
    for name in catalogue_of_identifiers.NAMES:
        assert f"| `{name}` | {catalogue_of_identifiers.find(name).title} |" in told
    for name in codes.names():
        known = codes.scheme(name)
        assert f"\n### {name}\n" in told
        assert known.header["source"] in told
        assert all(f"| `{code}` |" in told for code in known.codes)
    for name in codes.names("codes/crosswalks"):
        assert f"\n### {name}\n" in told
        assert codes.walk_header(name)["source"] in told


def test_every_command_is_told(pages: dict[str, str]) -> None:
    for words in ("init", "check", "sweep", "case show", "evidence verify", "ledger verify"):
        assert f"## `zhida {words}`" in pages["commands.md"]


def test_pages_name_no_place_of_this_machine(pages: dict[str, str]) -> None:
    here = str(Path.cwd())
    assert [name for name, text in pages.items() if here in text or "0x" in text] == []


def test_what_stands_in_many_places_is_shown_once(pages: dict[str, str]) -> None:
    for member in ("columns", "delimiter", "skip_last"):
        assert pages["adapter-generic.md"].count(f"/layout/{member}` |") == 1


def test_a_reference_is_resolved_and_what_stands_beside_it_wins() -> None:
    schema = {
        "properties": {"a": {"title": "甲", "$ref": "#/$defs/text"}},
        "$defs": {"text": {"type": "string", "title": "text", "pattern": "^x$"}},
    }
    [row] = reference_tables.fields(schema)
    assert (row.title, row.type) == ("甲", "string `^x$`")


def test_members_of_lists_and_free_keys_are_walked() -> None:
    member = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    schema = {
        "properties": {
            "list": {"type": "array", "items": member},
            "free": {"type": "object", "additionalProperties": member},
        }
    }
    paths = [(row.path, row.required) for row in reference_tables.fields(schema)]
    assert paths == [
        ("/list", False),
        ("/list/*/n", True),
        ("/free", False),
        ("/free/‹name›", False),
        ("/free/‹name›/n", True),
    ]


def test_doctests() -> None:
    assert doctest.testmod(reference_tables).failed == 0
    assert doctest.testmod(reference_tables).attempted > 2
