"""Help and mistakes of the sandbox's commands are told in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from sandbox import __main__ as district
from sandbox import production, street
from sandbox.command_line import Parser

COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "python -m sandbox": district.main,
    "python -m sandbox.production": production.main,
    "python -m sandbox.street": street.main,
}


@pytest.mark.parametrize("prog", COMMANDS)
def test_help_tells_every_action_and_option_in_chinese(
    capsys: pytest.CaptureFixture[str], prog: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        COMMANDS[prog](["--help"])
    told = capsys.readouterr().out
    assert ended.value.code == 0 and prog in told
    assert "参数 arguments" in told and "选项 options" in told and "显示这段说明" in told
    _, _, below = told.partition("参数 arguments")
    for entry in re.split(r"\n  (?=\S)", below)[1:]:
        assert re.search(r"[\u4e00-\u9fff]", entry), entry


@pytest.mark.parametrize("prog", COMMANDS)
@pytest.mark.parametrize(
    ("words", "zh"),
    [([], "缺少 action"), (["fly"], "action 没有 'fly'"), (["up", "--qqq"], "多写了 --qqq")],
)
def test_a_mistake_is_told_in_both_languages(
    capsys: pytest.CaptureFixture[str], prog: str, words: list[str], zh: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        COMMANDS[prog](words)
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert f"✗ {zh}" in told and f"→ {prog} --help" in told


@pytest.mark.parametrize(
    ("words", "zh"),
    [
        (["--number", "x"], "--number 的值不对：'x'"),
        (["--number"], "--number 后面要写一个值"),
        (["--n"], "可以是几个选项"),
    ],
)
def test_of_values_too(capsys: pytest.CaptureFixture[str], words: list[str], zh: str) -> None:
    parser = Parser("prog", "做什么")
    parser.add_argument("--number", type=int)
    parser.add_argument("--name")
    with pytest.raises(SystemExit):
        parser.parse_args(words)
    assert zh in capsys.readouterr().err
