"""Command lines of the sandbox: help and mistakes in Chinese and in English."""

from __future__ import annotations

import argparse
import re
import sys
from typing import NoReturn

_SAYS = (
    (r"the following arguments are required: (.*)", "缺少 {0}"),
    (r"unrecognized arguments: (.*)", "多写了 {0}"),
    (r"argument (.*?): invalid choice: (.*?) \(choose from (.*)\)", "{0} 没有 {1}，只能是 {2}"),
    (r"argument (.*?): invalid \w+ value: (.*)", "{0} 的值不对：{1}"),
    (r"argument (.*?): expected .*", "{0} 后面要写一个值"),
    (r"ambiguous option: (.*?) could match (.*)", "{0} 可以是几个选项：{1}"),
)
"""What argparse says of a mistake → the same in Chinese."""


class Parser(argparse.ArgumentParser):
    """One that speaks both languages. ``about``: what the program is for, in lines; they stay as they are."""

    def __init__(self, prog: str, about: str) -> None:
        super().__init__(
            prog=prog,
            description=about.strip(),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            add_help=False,
        )
        self._positionals.title, self._optionals.title = "参数 arguments", "选项 options"
        self.add_argument("-h", "--help", action="help", help="显示这段说明 show this help")

    def error(self, message: str) -> NoReturn:
        """Say it in both languages, with how it is written."""
        self.print_usage(sys.stderr)
        self.exit(2, f"✗ {in_chinese(message)}\n  {message}\n  → {self.prog} --help\n")


def in_chinese(message: str) -> str:
    """What was done wrong.

    >>> in_chinese("the following arguments are required: action")
    '缺少 action'
    """
    for pattern, text in _SAYS:
        if found := re.fullmatch(pattern, message, re.S):
            return text.format(*found.groups())
    return "命令写得不对"
