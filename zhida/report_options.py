"""What all reports are asked with: days, files, a figure to be followed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

First = Annotated[
    str, typer.Option("--from", "--since", help="从这一天起 first day of what is told, 2026-01-31")
]
Last = Annotated[str, typer.Option("--until", help="到这一天为止，含当天 last day, with it")]
Files = Annotated[
    list[Path] | None,
    typer.Option("-o", help="另存为 .docx .xlsx .html .md，可写几次 also as files"),
]
Trace = Annotated[
    str, typer.Option(metavar="FIGURE", help="列出一个数字来自账本的哪些条目 its ledger entries")
]


def day(text: str, option: str) -> date | None:
    """A civil day of an option; None of an empty one."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"{text[:20]}：须写成 2026-01-31", param_hint=option) from None


def days(first: str, last: str) -> tuple[date | None, date | None]:
    """Both; the first is not behind the last."""
    found = day(first, "--from"), day(last, "--until")
    if found[0] and found[1] and found[0] > found[1]:
        raise typer.BadParameter("不能早于 --from 的那一天", param_hint="--until")
    return found


def span_words(first: str, last: str, all_of: str, what: str) -> str:
    """The days of a title.

    >>> span_words("2026-01-01", "", "全部办件", "受理"), span_words("", "", "全部办件", "受理")
    ('2026-01-01 至今受理', '全部办件')
    """
    if not first and not last:
        return all_of
    return f"{first or '最早'} 至{f' {last} ' if last else '今'}{what}"
