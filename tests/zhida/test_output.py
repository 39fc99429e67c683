"""Tables: what must be copied stays in one piece, and nobody's words are taken for markup."""

from __future__ import annotations

import doctest

import pytest
from rich.console import Console, RenderableType

from exchange.errors import Rejected
from zhida import output
from zhida.output import Marked, show, tell

CASE, CODE = "7776a397673c", "delivery.refused-repeated"


def printed(table: RenderableType, width: int) -> str:
    console = Console(width=width)
    with console.capture() as found:
        console.print(table)
    return found.get()


def test_doctests() -> None:
    found = doctest.testmod(output)
    assert found.attempted
    assert not found.failed


@pytest.mark.parametrize("width", [80, 100])
def test_a_case_and_a_code_are_not_broken_beside_long_texts(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    row = {"case": CASE, "code": CODE, "who": "溧水区示例妇幼保健院" * 4, "what": "说明" * 60}
    columns = {"case": "办件", "who": "单位", "what": "说明", "code": "代码"}
    shown = printed(show([row], columns, title="表"), width)
    assert CASE in shown
    assert CODE in shown
    assert shown.count("说") == 61


def test_on_a_narrow_screen_everything_is_folded_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    columns = {name: name for name in "abcd"}
    shown = printed(show([dict.fromkeys("abcd", "0123456789")], columns, title="表"), 30)
    assert [shown.count(digit) for digit in "0123456789"] == [4] * 10


def test_brackets_in_somebody_s_words_are_shown_as_they_are() -> None:
    rows = [{"reason": "核实 [/x] [red]", "state": Marked("[green]已办结[/]")}]
    shown = printed(show(rows, {"reason": "理由", "state": "状态"}, title="表"), 80)
    assert "核实 [/x] [red]" in shown
    assert "[green]" not in shown


def test_nothing_is_told_as_nothing() -> None:
    assert printed(show([], {"a": "甲"}, title="待人工处理"), 80) == "待人工处理：无\n"


def test_a_problem_tells_a_state_as_the_tables_do(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Rejected("replay.not-parked", item="household", state="ready"))
    assert "当前状态为 待办" in capsys.readouterr().err


def test_a_certificate_without_an_end_is_shown() -> None:
    assert output.local("9999-12-31T23:59:59.000000Z") == "9999-12-31 23:59:59"
