"""Single values of a YAML file to Excel and back: a row a value, by its place in the file.

Nothing is added or removed here: that is done in the file, where its comments are. What the workbook
does not name stays as it is, to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from exchange.errors import Fact, Invalid, Problem
from exchange.names import nearest
from matters import file_text
from zhida import files, xlsx_sheet, yaml_leaves
from zhida.xlsx_sheet import Line, Sheet
from zhida.yaml_leaves import Leaf

PLACE, ROW, VALUE = HEADINGS = ("位置", "行", "值")
_MOST = 5_000_000


@dataclass(frozen=True, slots=True)
class Form:
    """What goes to Excel of a kind of file."""

    sheet: str
    check: Callable[[str, Path], None]
    """Is the text such a file? ``Invalid`` if not."""
    wanted: Callable[[Leaf], bool] = lambda _: True
    meaning: Callable[[Leaf, str], str] | None = None
    """What a value is, for people: a fourth column that is not read back."""


def export(source: Path, target: Path, form: Form) -> int:
    """Write the values into a workbook; how many. ``Invalid`` for a file of another kind."""
    text = _text(source, form)
    found = [leaf for leaf in yaml_leaves.leaves(text) if form.wanted(leaf)]
    rows = [[leaf.pointer, str(leaf.line), leaf.text] for leaf in found]
    headings = [*HEADINGS]
    if form.meaning is not None:
        headings.append("含义")
        rows = [[*row, form.meaning(leaf, text)] for row, leaf in zip(rows, found, strict=True)]
    xlsx_sheet.write(target, [Sheet(form.sheet, headings, rows)])
    return len(rows)


def changed(source: Path, target: Path, form: Form) -> bytes | None:
    """What ``target`` becomes by the workbook; None if it says that already.

    ``Invalid`` with every mistake: by cell, or by line if the new file would be none of its kind.
    """
    text = _text(target, form)
    known = {leaf.pointer: leaf for leaf in yaml_leaves.leaves(text) if form.wanted(leaf)}
    lines = xlsx_sheet.read(source, {form.sheet: HEADINGS})[form.sheet]
    problems = [problem for line in lines for problem in _mistakes(line, known)]
    problems += _repeated(lines)
    if problems:
        raise Invalid.of(problems)
    told = {line.texts[PLACE]: line.texts[VALUE] for line in lines}
    values = {place: new for place, new in told.items() if known[place].text != new}
    if not values:
        return None
    made = yaml_leaves.replaced(text, values)
    form.check(made, target)
    return (file_text.mark(files.read(target, _MOST)) + made).encode()


def _mistakes(line: Line, known: Mapping[str, Leaf]) -> Iterator[Problem]:
    place, new = line.texts[PLACE], line.texts[VALUE]
    if place not in known:
        facts: dict[str, Fact] = {"cell": line.address(PLACE), "nearest": nearest(place, known)}
        yield Problem("xlsx.no-place", facts)
    elif known[place].text != new and not yaml_leaves.may_become(known[place], new):
        yield Problem("xlsx.other-kind", {"cell": line.address(VALUE), "place": place})


def _repeated(lines: list[Line]) -> Iterator[Problem]:
    """Of two values for one place nobody knows which is meant."""
    seen: set[str] = set()
    for line in lines:
        place = line.texts[PLACE]
        if place in seen:
            yield Problem("xlsx.twice", {"cell": line.address(PLACE), "name": place})
        seen.add(place)


def _text(path: Path, form: Form) -> str:
    text = file_text.decode(files.read(path, _MOST), path.name)
    form.check(text, path)
    return text
