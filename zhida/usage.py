"""What the command line says of itself, help and mistakes in its use, in Chinese and in English.

Typer's own words are English only. Its tables cut Chinese: rich counts characters, not cells, where it
strips a line's end, and a Chinese sentence is one word to it; so here they fold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import typer
from typer import core

TITLES: Mapping[str, str] = {
    "ARGUMENTS_PANEL_TITLE": "参数 Arguments",
    "OPTIONS_PANEL_TITLE": "选项 Options",
    "COMMANDS_PANEL_TITLE": "命令 Commands",
    "DEFAULT_STRING": "[缺省 default: {}]",
    "ENVVAR_STRING": "[环境变量 env var: {}]",
    "REQUIRED_LONG_STRING": "[必填 required]",
}
"""Words of Typer's help → both languages."""
THIS_HELP = "显示这段说明 show this help"
_SAYS = (
    (r"Missing argument '?(.*?)'?\.(?: .*)?", "缺少参数 {0}"),
    (r"Missing option '?(.*?)'?\.(?: .*)?", "缺少选项 {0}"),
    (r"Missing command\.?", "没有写要做什么：后面还要一个命令"),
    (r"No such command '(.*?)'\.? Did you mean (.*)\?", "没有命令 {0}，是不是 {1}"),
    (r"No such command '(.*?)'\.?", "没有命令 {0}"),
    (r"No such option: (\S+) \(Possible options: (.*)\)", "没有选项 {0}，是不是 {1}"),
    (r"No such option: (\S+)(?: Did you mean (.*)\?)?", "没有选项 {0}"),
    (r"Option '(.*?)' requires an argument\.?", "选项 {0} 后面要写一个值"),
    (r"Option '(.*?)' does not take a value\.?", "选项 {0} 后面不写值"),
    (r"Got unexpected extra argument\(?s?\)? ?\((.*)\)", "多写了 {0}"),
    (r"Invalid value for '?(.*?)'?: (.*)", "{0} 的值不对"),
)
"""What Typer says of a mistake → the same in Chinese."""


def prepare() -> None:
    """From now on help is in both languages. Nothing is imported for it before somebody asks."""
    for kind in (core.TyperCommand, core.TyperGroup):
        setattr(kind, "format_help", _in_both(kind.format_help))  # noqa: B010


def _in_both(shown: Callable[..., None]) -> Callable[..., None]:
    def format_help(self: Any, ctx: Any, formatter: Any) -> None:
        _replace_words()
        if (option := self.get_help_option(ctx)) is not None:
            option.help = THIS_HELP
        shown(self, ctx, formatter)

    return format_help


def _replace_words() -> None:
    from rich.columns import Columns
    from rich.table import Table
    from typer import rich_utils

    class FoldingTable(Table):
        def __rich_console__(self, console: Any, options: Any) -> Any:
            _fold(self)
            return super().__rich_console__(console, options)

    class FoldingColumns(Columns):
        def __rich_console__(self, console: Any, options: Any) -> Any:
            return map(_fold, super().__rich_console__(console, options))

    for name, text in {**TITLES, "Table": FoldingTable, "Columns": FoldingColumns}.items():
        setattr(rich_utils, name, text)


def _fold(shown: Any) -> Any:
    for column in getattr(shown, "columns", ()):
        column.overflow = "fold"
    return shown


def in_chinese(message: str) -> str:
    """What was done wrong.

    >>> in_chinese("Missing argument 'case'."), in_chinese("No such option: --al")
    ('缺少参数 case', '没有选项 --al')
    """
    for pattern, text in _SAYS:
        if found := re.fullmatch(pattern, message, re.S):
            return text.format(*found.groups(""))
    return "命令写得不对"


def run(app: typer.Typer) -> int:
    """The exit code; a mistake in the use of a command is told in both languages."""
    prepare()
    try:
        code = app(standalone_mode=False)
    except typer.Abort:
        typer.echo("已中止 aborted", err=True)
        return 1
    except _Misused as error:
        _tell(error)
        return int(error.exit_code)
    return code if isinstance(code, int) else 0


_Misused: type[Any] = typer.BadParameter.__mro__[2]
"""Typer's ``ClickException``, which it does not export: a mistake in the use, and a file that can't be opened."""


def _tell(error: Any) -> None:
    message = error.format_message()
    if not message.strip():
        return  # asked for nothing, and has seen the help
    lines = [f"✗ {in_chinese(message)}", f"  {message}"]
    if (ctx := getattr(error, "ctx", None)) is not None:
        lines.append(f"  → {ctx.command_path} --help")
    typer.echo("\n".join(lines), err=True)
