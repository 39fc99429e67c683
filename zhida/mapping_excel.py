"""A mapping file's values to Excel and back: names of fields, code lists, formats, texts of tests.

One row a value, by its place in the file. Rules are neither added nor removed here: that is done
in the file, where its comments are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from exchange.errors import Fact, Invalid, Problem
from exchange.names import nearest
from mappings import parser, shapes
from matters import file_text
from zhida import files, xlsx_sheet, yaml_leaves
from zhida.xlsx_sheet import Line, Sheet
from zhida.yaml_leaves import Leaf

SHEET = "映射"
PLACE, ROW, VALUE = HEADINGS = ("位置", "行", "值")
_MOST = 5_000_000


def export(source: Path, target: Path) -> int:
    """Write the values into a workbook; how many. ``Invalid`` for a file that is no mapping."""
    found = yaml_leaves.leaves(_text(source))
    rows = [[leaf.pointer, str(leaf.line), leaf.text] for leaf in found]
    xlsx_sheet.write(target, [Sheet(SHEET, HEADINGS, rows)])
    return len(rows)


def changed(source: Path, target: Path) -> bytes | None:
    """What ``target`` becomes by the workbook; None if it says that already.

    ``Invalid`` with every mistake: by cell, or by line if the new file would be no mapping.
    """
    text = _text(target)
    known = {leaf.pointer: leaf for leaf in yaml_leaves.leaves(text)}
    lines = xlsx_sheet.read(source, {SHEET: HEADINGS})[SHEET]
    problems = [problem for line in lines for problem in _mistakes(line, known)]
    if problems:
        raise Invalid.of(problems)
    told = {line.texts[PLACE]: line.texts[VALUE] for line in lines}
    values = {place: new for place, new in told.items() if known[place].text != new}
    if not values:
        return None
    made = yaml_leaves.replaced(text, values)
    _check(made, target)
    mark = b"\xef\xbb\xbf" if files.read(target, 3) == b"\xef\xbb\xbf" else b""
    return mark + made.encode()


def _mistakes(line: Line, known: Mapping[str, Leaf]) -> Iterator[Problem]:
    place, new = line.texts[PLACE], line.texts[VALUE]
    if place not in known:
        facts: dict[str, Fact] = {"cell": line.address(PLACE), "nearest": nearest(place, known)}
        yield Problem("xlsx.no-place", facts)
    elif known[place].text != new and not yaml_leaves.may_become(known[place], new):
        yield Problem("xlsx.other-kind", {"cell": line.address(VALUE), "place": place})


def _text(path: Path) -> str:
    text = file_text.decode(files.read(path, _MOST), path.name)
    _check(text, path)
    return text


def _check(text: str, path: Path) -> None:
    """Among the kinds of document of the site in whose folder ``mappings`` it lies."""
    found = parser.parse(text, shapes.of(path.resolve().parent.parent))[1]
    if found:
        raise Invalid.of([Problem(p.code, {"file": path.name, **p.facts}) for p in found])
