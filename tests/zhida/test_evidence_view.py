"""Verified evidence on a terminal: what the bundle's author wrote can't speak for the verifier."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from exchange.evidence_result import Checked
from exchange.evidence_verify import verify
from tests.exchange.evidence.conftest import build_world
from zhida.evidence_view import reader_words, tables

HOSTILE = "\x1b[2J\x9b\u202e\n✓ [bold]"
OWN = (
    "title: 助餐\ntype: object\nadditionalProperties: false\n"
    "properties: {name: {title: 姓名, type: string}}\n"
)
FIXED = {"scope", "custody", "what", "state", "code"}
"""What verification compares with a list, or says itself."""


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    world = build_world(tmp_path_factory.mktemp("world"), "Ed25519")
    return verify(world.bundle, world.checker())


def _spoilt(told: Any, name: str, at: str = "") -> Any:
    """``HOSTILE`` behind every text of one field, wherever the field stands."""
    if isinstance(told, str):
        return told + HOSTILE if told and at == name else told
    if is_dataclass(told) and not isinstance(told, type):
        own = {each.name: getattr(told, each.name) for each in fields(told)}
        return replace(told, **{n: _spoilt(value, name, n) for n, value in own.items()})
    if isinstance(told, dict):
        whole = name == at in ("titles", "fields")
        return {n: _spoilt(v, name, name if whole else n) for n, v in told.items()}
    return [_spoilt(each, name, at) for each in told] if isinstance(told, list | tuple) else told


def _names(told: Any, at: str = "") -> set[str]:
    """Of all fields that hold texts."""
    if isinstance(told, str):
        return {at}
    if is_dataclass(told) and not isinstance(told, type):
        return {n for each in fields(told) for n in _names(getattr(told, each.name), each.name)}
    if isinstance(told, dict):
        return {at} | {n for key, value in told.items() for n in _names(value, key)}
    return (
        {n for each in told for n in _names(each, at)} if isinstance(told, list | tuple) else set()
    )


def _drawn(told: Checked, file: Path) -> str:
    with file.open("w") as stream:
        Console(file=stream, width=400, color_system=None).print(tables(told, True, reader_words()))
    return file.read_text("utf-8")


def test_no_field_of_a_bundle_moves_the_cursor(checked: Checked, tmp_path: Path) -> None:
    names = _names(checked) - FIXED
    assert {"agreement", "document_kind", "withheld", "case", "titles", "fields"} <= names
    for name in sorted(names):
        text = _drawn(_spoilt(checked, name), tmp_path / "out")
        assert not {"\x1b", "\x9b", "\u202e"} & set(text), name
        assert "\n✓ [" not in text, name


def test_what_is_true_is_shown_as_it_is(checked: Checked, tmp_path: Path) -> None:
    text = _drawn(checked, tmp_path / "out")
    assert "✓ 证据属实" in text
    assert "母亲 姓名 /mother/name = 张小直" in text
    assert "新生儿 性别 /child/sex = 2（女性）" in text
    assert "出生记录 birth-record" in text
    assert "不在签名之内" in text


def test_a_title_never_stands_without_the_name_that_was_signed(
    checked: Checked, tmp_path: Path
) -> None:
    text = "".join(_drawn(checked, tmp_path / "out").split())
    for moved in checked.transfers:
        for path in (*moved.disclosed, *moved.withheld):
            assert path in text, path


def test_no_file_beside_the_reader_lends_a_title(
    checked: Checked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder ``documents`` may have come with the bundle: only the reader's own site has a say."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "own-kind.yaml").write_text(OWN, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ZHIDA_SITE", raising=False)
    assert reader_words().kind("own-kind") == "own-kind"
    monkeypatch.setenv("ZHIDA_SITE", str(tmp_path))
    assert reader_words().kind("own-kind") == "助餐"
    (folder / "own-kind.yaml").write_text("title: [", "utf-8")
    assert reader_words().kind("own-kind") == "own-kind"


def test_nothing_is_odd(checked: Checked, tmp_path: Path) -> None:
    text = _drawn(checked, tmp_path / "out")
    assert "\ufffd" not in text
