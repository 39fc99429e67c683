"""A mapping file's values to Excel and back: names of fields, code lists, formats, texts of tests."""

from __future__ import annotations

from pathlib import Path

from mappings import parser, shapes
from mappings.yaml_file import refuse
from zhida import yaml_excel
from zhida.yaml_excel import Form

SHEET = "映射"


def export(source: Path, target: Path) -> int:
    """Write the values into a workbook; how many. ``Invalid`` for a file that is no mapping."""
    return yaml_excel.export(source, target, FORM)


def changed(source: Path, target: Path) -> bytes | None:
    """What ``target`` becomes by the workbook; None if it says that already.

    ``Invalid`` with every mistake: by cell, or by line if the new file would be no mapping.
    """
    return yaml_excel.changed(source, target, FORM)


def _check(text: str, path: Path) -> None:
    """Among the kinds of document of the site in whose folder ``mappings`` it lies."""
    refuse(parser.parse(text, shapes.of(path.resolve().parent.parent))[1], path.name)


FORM = Form(SHEET, _check)
