"""``zhida mapping new``: what a person names as one side, and where the draft goes."""

from __future__ import annotations

import re
from pathlib import Path

from exchange.errors import Fatal, Invalid
from exchange.names import nearest
from mappings import draft
from mappings.draft import Side
from mappings.flat import leaves
from mappings.shapes import Shapes
from mappings.yaml_file import escape
from zhida import files, mapping_find, mapping_records


def drafted(source: str, target: str, name: str = "") -> tuple[str, str]:
    """The name and the text of the draft."""
    known = mapping_find.known_shapes()
    sides = side(source, known), side(target, known)
    made = name or f"{_word(source)}_{_word(target)}"
    title = " → ".join(
        _title(told, each, known) for told, each in zip((source, target), sides, strict=True)
    )
    return made, draft.text(made, title, sides, known)


def side(told: str, known: Shapes) -> Side:
    """A kind of document, columns (``a,b,c``), or the fields of a sample record's file."""
    if told in known.kinds():
        return told
    if "," in told:
        columns = [each.strip() for each in told.split(",")]
        return tuple(dict.fromkeys(f"/{escape(each)}" for each in columns if each))
    if Path(told).suffix.lower() in mapping_records.FORMS:
        return _sampled(told)
    raise Fatal("shape.no-such-kind", name=told[:80], nearest=nearest(told, known.kinds()))


def _sampled(file: str) -> Side:
    """The names of the fields only; of all records, so that an optional one is seen."""
    found = [path for record in mapping_records.read(file) for path, _ in leaves(record)]
    paths = dict.fromkeys(re.sub(r"/[0-9]+(?=/|$)", "/*", path) for path in found)
    return tuple(path for path in paths if path)


def _word(told: str) -> str:
    return re.sub(r"[\W-]+", "_", Path(told.partition(",")[0]).stem).strip("_") or "wire"


def _title(told: str, made: Side, known: Shapes) -> str:
    return str(known.shape(made)["title"]) if isinstance(made, str) else _word(told)


def write(path: Path, text: str) -> None:
    """The new file; ``Invalid`` if there is one already."""
    if path.exists():
        raise Invalid("mapping.exists", file=path.name)
    files.write(path, text.encode())
