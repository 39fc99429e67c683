"""A batch as a file, and beside it one that tells its rows and its SHA-256.

Whoever waits for the second has the first whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from adapters import _records
from adapters._recipient_form import Consignment
from connectors.filing import Filing
from exchange import canonical
from exchange.errors import Invalid
from exchange.ports import Record

_ENDS = {"fixed": "txt"}
"""How the name of a file ends, where not as its format is called."""
_SHORT = 8
"""Characters of the batch's id: a number that comes twice, after a restore, is another file."""


def name(what: Consignment) -> str:
    """Sorted by name the files are in the order in which they were given.

    >>> told = Consignment(sync="firms", document="d", batch="5be1a0f29c", number=7, key=(), columns=(), rows=())
    >>> name(told)
    'firms-000000007-5be1a0f2.csv'
    """
    gone, form = ".gone" if what.gone else "", _form(what.file)
    return f"{what.sync}-{what.number:09}-{what.batch[:_SHORT]}{gone}.{_ENDS.get(form, form)}"


def lacking(file: Mapping[str, Any]) -> str:
    """The code of what a layout lacks; empty for nothing. Columns follow from the sync, widths do not."""
    layout = _records.Layout.of({"columns": [{"name": "-"}], **file.get("layout", {})})
    return _records.lacking(_form(file), layout, writing=True)


def unfit(what: Consignment) -> dict[int, Invalid]:
    """Rows that have no place in the file, by their number. Looked for only where all together have none."""
    if _refused(what, what.rows) is None:
        return {}
    told = ((number, _refused(what, [row])) for number, row in enumerate(what.rows))
    return {number: error for number, error in told if error is not None}


def put(filing: Filing, what: Consignment) -> None:
    """Both are there when this returns. The same again changes nothing; never over another."""
    content, folder = _content(what, what.rows), what.file["folder"]
    filing.call(f"put {folder}", {"name": name(what), "content": content})
    digest = hashlib.sha256(content).hexdigest()
    told = {**what.about, "file": name(what), "rows": len(what.rows), "sha256": digest}
    filing.call(f"put {folder}", {"name": f"{name(what)}.json", "content": canonical.dumps(told)})


def _refused(what: Consignment, rows: Any) -> Invalid | None:
    try:
        _content(what, rows)
    except Invalid as error:
        return error
    return None


def _content(what: Consignment, rows: Any) -> bytes:
    told = what.file.get("layout", {})
    names = what.key if what.gone else what.columns
    columns = told.get("columns") or [{"name": each} for each in names]
    if what.gone:
        columns = [each for each in columns if each["name"] in what.key]
    layout = _records.Layout.of({**told, "columns": columns})
    encoding = what.file.get("encoding", "utf-8")
    return _records.written([_plain(row) for row in rows], _form(what.file), layout, encoding)


def _plain(row: Record) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}


def _form(file: Mapping[str, Any]) -> str:
    return str(file.get("format", "csv"))
