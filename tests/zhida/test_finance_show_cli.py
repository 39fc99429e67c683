"""What a check came to has the same word wherever people read it."""

from __future__ import annotations

import csv
import re

import pytest

from sandbox import finance
from sandbox.process import ROOT
from zhida import finance_show_cli


def published() -> dict[str, str]:
    """As the interface for banks names the results."""
    text = (ROOT / "zhida" / "finance_fields.csv").read_text("utf-8")
    rows = [row for row in csv.reader(text.splitlines()) if row[0] == "CheckState" and row[1]]
    return {row[1]: row[2] for row in rows}


def tutorial() -> dict[str, str]:
    text = (ROOT / "docs" / "tutorial-bank.md").read_text("utf-8")
    (words,) = re.findall(r"^WORDS = \{.*?\}", text, re.M | re.S)
    return dict(re.findall(r'"([a-z-]+)": "([^"]+)"', words)) | {"not-authorised": "没有授权"}


@pytest.mark.parametrize(
    "words",
    [
        {name: re.sub(r"\[.*?\]", "", text) for name, text in finance_show_cli._STATES.items()},
        finance._WORDS,
        tutorial(),
    ],
    ids=["finance-show", "make-finance", "tutorial"],
)
def test_each_result_is_called_what_the_interface_calls_it(words: dict[str, str]) -> None:
    assert words == published()
