"""Help and mistakes in the use of a command are told in Chinese and in English, and no sentence is cut."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer import core, rich_utils

from zhida import usage
from zhida.cli import app


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process of its own changes for good is put back here."""
    monkeypatch.setenv("COLUMNS", "80")
    for kind in (core.TyperCommand, core.TyperGroup):
        monkeypatch.setattr(kind, "format_help", kind.format_help)
    for name in (*usage.TITLES, "Table", "Columns"):
        monkeypatch.setattr(rich_utils, name, getattr(rich_utils, name))


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["zhida", *words])
    return usage.run(app)


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (("case", "show"), "缺少参数 case", "Missing argument"),
        (("case", "sho"), "没有命令 sho，是不是 'show'", "No such command"),
        (("qqq",), "没有命令 qqq", "No such command"),
        (("case", "list", "--matte", "x"), "没有选项 --matte，是不是 --matter", "No such option"),
        (("--qqq",), "没有选项 --qqq", "No such option"),
        (("case", "show", "a", "b"), "多写了 b", "unexpected extra"),
        (("case", "list", "--matter"), "选项 --matter 后面要写一个值", "requires an argument"),
        (("sweep", "newborn", "--turns", "x"), "的值不对", "Invalid value"),
    ],
)
def test_a_mistake_is_told_in_both_languages_with_the_help_to_ask_for(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    zh: str,
    en: str,
) -> None:
    assert run(monkeypatch, *words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    first, second, *last = told.err.splitlines()
    assert zh in first and en in second
    assert [line for line in last if not re.fullmatch(r"  → .* --help", line)] == []
    assert last or words[-1] == "--matter"  # of which Typer does not say whose option it is


def test_whoever_asks_for_nothing_sees_the_help_and_no_complaint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "case") == 2
    told = capsys.readouterr()
    assert "命令 Commands" in told.out and told.err == ""


def test_what_went_well_ends_with_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "case", "show", "--help") == 0
    told = capsys.readouterr().out
    for text in ("参数 Arguments", "选项 Options", "[必填 required]", usage.THIS_HELP):
        assert text in told
    assert "Show this message" not in told


def commands(command: Any, above: typer.Context | None = None) -> Iterator[tuple[Any, Any]]:
    context = typer.Context(command, parent=above, info_name=command.name)
    yield command, context
    for each in getattr(command, "commands", {}).values():
        yield from commands(each, context)


def test_no_sentence_of_any_help_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    usage.prepare()
    seen = 0
    for command, context in commands(typer.main.get_command(app)):
        command.get_help(context)
        shown = capsys.readouterr().out
        cut = [line for line in shown.splitlines() if re.search(r"…\s*│$", line)]
        assert cut == [], context.command_path
        seen += shown.count("│") > 0
    assert seen > 150
