"""A problem code that a person types is found at its row: every row of the page of problem codes gets an anchor.

The page is generated, one table for a package; Sphinx alone would find the page, and leave 1,500 rows to be read.
"""

from __future__ import annotations

from typing import Any

PAGE = "reference/problems"


def anchor(code: str) -> str:
    """Where the row of a code is.

    >>> anchor("wire.refused")
    'wire-refused'
    """
    return code.replace(".", "-")


def _mark(app: Any, tree: Any) -> None:
    """The first cell of each row holds the code."""
    if app.env.docname != PAGE:
        return
    from docutils import nodes
    from sphinx.addnodes import index

    codes = [found for row in tree.findall(nodes.row) for found in row[0].findall(nodes.literal)]
    for found in codes:
        place = anchor(found.astext())
        found["ids"].append(place)
        entry = ("single", found.astext(), place, "main", None)
        found.parent.insert(0, index(entries=[entry]))


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("doctree-read", _mark)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
