"""A YAML file of the site or a matter is read strictly; every mistake is told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Invalid
from matters import files

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "port": {"type": "integer", "maximum": 65_535},
        "kind": {"enum": ["soap", "rest"]},
        "units": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"title": {"type": "string"}},
            },
        },
        "list": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"stream": {"type": "string"}},
            },
        },
    },
}


def problems(text: str) -> list[tuple[str, Any, Any]]:
    with pytest.raises(Invalid) as refused:
        files.parse(text, SCHEMA, name="x.yaml")
    found = refused.value.problems
    assert {p.facts["file"] for p in found} == {"x.yaml"}
    return [(p.code, p.facts["line"], p.facts.get("nearest", p.facts.get("path"))) for p in found]


def test_content_that_fits_is_given_back_with_its_lines() -> None:
    found = files.parse("name: x\nunits:\n  医院: {title: 医院}\n", SCHEMA, name="x.yaml")
    assert found.data == {"name": "x", "units": {"医院": {"title": "医院"}}}
    assert found.line("/units/医院") == 3


def test_unknown_keys_are_told_at_any_depth() -> None:
    text = (
        "name: x\nprot: 1\nunits:\n  医院:\n    titel: 医院\nlist:\n  - stream: a\n  - steam: b\n"
    )
    assert sorted(problems(text)) == [
        ("file.unknown-key", 2, "port"),
        ("file.unknown-key", 5, "title"),
        ("file.unknown-key", 8, "stream"),
    ]


def test_all_mistakes_are_told_at_once_and_no_value_with_them() -> None:
    text = "name: 7\nport: 70000\nkind: secret-value\n"
    assert sorted(problems(text)) == [
        ("file.number", 1, "/name"),
        ("file.schema", 2, "/port"),
        ("file.schema", 3, "/kind"),
    ]
    with pytest.raises(Invalid) as refused:
        files.parse(text, SCHEMA, name="x.yaml")
    assert "secret-value" not in str([p.facts for p in refused.value.problems])


@pytest.mark.parametrize("text", ["", "- a\n", "just text\n"])
def test_a_file_that_is_no_object_is_told(text: str) -> None:
    assert problems(text) == [("file.schema", 1, "/")]


@pytest.mark.parametrize(
    "text", ["name: [\n", "name: a\nname: b\n", "name: &a x\n", "name: !!python/object:os.system x"]
)
def test_what_is_not_plain_yaml_is_refused(text: str) -> None:
    assert all(code.startswith("mapping.") for code, _, _ in problems(text))


def test_a_bom_is_forgiven(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: x\n")
    assert files.load(path, SCHEMA) == {"name": "x"}


def test_a_file_saved_by_notepad_as_gbk_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("name: 新生儿\n".encode("gbk"))
    with pytest.raises(Invalid) as refused:
        files.load(path, SCHEMA)
    facts = {"file": "x.yaml", "line": 1, "found": "GBK"}
    assert (refused.value.code, refused.value.facts) == ("file.not-utf8", facts)


def test_a_missing_file_is_named_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        files.load(tmp_path / "x.yaml", SCHEMA)
    assert (refused.value.code, refused.value.facts) == ("file.missing", {"file": "x.yaml"})


def test_a_folder_in_a_file_s_place_is_told_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").mkdir()
    with pytest.raises(Invalid, match=r"file\.unreadable") as refused:
        files.load(tmp_path / "x.yaml", SCHEMA)
    assert refused.value.facts == {"file": "x.yaml", "reason": "Is a directory"}
