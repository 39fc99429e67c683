"""How many cells a workbook holds, counted before anything is made of them.

A cell takes ten bytes in its file, one thousandth of that when packed, and hundreds of bytes as an
object of openpyxl's: a small mail would take the memory of the machine.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from exchange.errors import Invalid

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError)
"""What reading a part of a damaged zip raises."""
_CELL = re.compile(rb"<(?:[\w.-]+:)?(?:c|row)(?=[\s/>])")


def require_few_cells(raw: bytes, most: int) -> None:
    """``Invalid records.too-many-cells``. Whatever a part's name: which parts are sheets is told
    inside of the book only.
    """
    count = 0
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        for part in packed.infolist():
            try:
                content = packed.read(part).replace(b"\0", b"")  # UTF-16 too
            except BROKEN:
                raise Invalid("records.not-excel", kind="xlsx") from None
            count += sum(1 for _ in _CELL.finditer(content))
            if count > 2 * most:  # rows too, of which there are no more than cells
                raise Invalid("records.too-many-cells", limit=most)
