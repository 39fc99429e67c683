"""Lists of a folder or an API: which is taken, when it is filed away, what of it is a row."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from adapters import lists
from adapters.lists import ListSource
from exchange.errors import Fatal, Invalid, Retriable, Unknown
from exchange.ports import Endpoint, Reply

FOLDER = {"folders": {"a": {"folder": "in"}}}
PAGING = {"kind": "page", "rows": "/rows", "field": "page", "total": "/total"}


def of_files(tmp_path: Path, **told: Any) -> ListSource:
    (tmp_path / "in").mkdir(exist_ok=True)
    options = {"wire": "files", "settings": FOLDER, "lists": {"a": told}}
    return lists.open_system(options, Endpoint(str(tmp_path)))


def test_a_file_is_taken_again_until_it_is_settled(tmp_path: Path) -> None:
    source = of_files(tmp_path)
    assert source.take("a", newest=False) is None
    (tmp_path / "in" / "x.csv").write_bytes(b"no,name\r\n01,\r\n")
    for _ in range(2):
        taken = source.take("a", newest=False)
        assert taken is not None
        assert (taken.rows, taken.more) == ([{"no": "01"}], False)
    assert taken is not None
    source.settle("a", taken)
    assert source.take("a", newest=False) is None
    with pytest.raises(Fatal, match=r"lists\.no-list"):
        source.take("b", newest=False)
    source.close()


def test_fixed_width_and_excel_are_read_too(tmp_path: Path) -> None:
    columns = [{"name": "no", "width": 4}, {"name": "name", "width": 6}]
    source = of_files(tmp_path, format="fixed", encoding="gbk", layout={"columns": columns})
    (tmp_path / "in" / "x.txt").write_bytes("0001张小直\r\n".encode("gbk"))
    taken = source.take("a", newest=False)
    assert taken is not None
    assert (taken.rows, taken.columns) == ([{"no": "0001", "name": "张小直"}], ("no", "name"))
    source.settle("a", taken)
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (["no", "name"], ["0001", None]):
        book.active.append(row)
    book.save(out)
    (tmp_path / "in" / "x.xlsx").write_bytes(out.getvalue())
    taken = of_files(tmp_path, format="xlsx").take("a", newest=False)
    assert taken is not None
    assert taken.rows == [{"no": "0001"}]


class Line:
    """Answers each call with what it was told to."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), list[Mapping[str, Any]]()

    def call(self, _: str, body: Mapping[str, Any]) -> Reply:
        self.asked.append(body)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Reply(repr(answer).encode(), answer)


def of_pages(*answers: Any) -> tuple[ListSource, Line]:
    line = Line(*answers)
    told = {"call": "GET /x", "paging": PAGING, "constants": {"kind": "open"}}
    return ListSource({"wire": "rest", "lists": {"a": told}}, line), line


def test_every_page_or_none() -> None:
    first = {"rows": [{"a": 1, "b": None, "c": [1]}], "total": 2}
    source, line = of_pages(first, {"rows": [{"a": 2}], "total": 2})
    taken = source.take("a", newest=False)
    assert taken is not None
    assert taken.rows == [{"a": 1}, {"a": 2}]
    assert line.asked == [{"kind": "open", "page": 1}, {"kind": "open", "page": 2}]
    source, _ = of_pages(first, {"rows": [{"a": 2}], "total": 3})
    with pytest.raises(Retriable, match=r"rest\.pages-changed"):
        source.take("a", newest=False)
    source, _ = of_pages(first, Unknown("wire.read-timeout", peer="-"))
    with pytest.raises(Retriable, match=r"lists\.unreadable-page"):
        source.take("a", newest=False)
    source, _ = of_pages({"rows": ["x"], "total": 1})
    with pytest.raises(Fatal, match=r"rest\.no-rows"):
        source.take("a", newest=False)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"wire": "rest", "lists": {"a": {"call": "GET /x"}}}, "lists.no-call"),
        ({"wire": "files", "settings": FOLDER, "lists": {"b": {}}}, "lists.no-folder"),
        ({"wire": "files", "settings": FOLDER, "lists": {"a": {"format": "fixed"}}}, "records.no-widths"),
        ({"wire": "files", "settings": {"folders": {"a": {"folder": "in", "complete": "quiet"}}},
          "lists": {"a": {}}}, "lists.not-whole"),
        ({"wire": "files", "settings": {"folder": {}}, "lists": {"a": {}}}, "feed.unknown-setting"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_before(options: dict[str, Any], code: str) -> None:
    assert code in [problem.code for _, problem in lists.mistakes(options, None)]
    with pytest.raises(Invalid):
        lists.open_system(options, Endpoint("/nowhere"))
