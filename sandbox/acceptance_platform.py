"""The district's platform of finished buildings, 竣工即交付综合管理平台 (fictional: the real one is not public).

It tells which buildings owners registered and what they handed in or mended, in pages since a cursor
(``GET /open/projects``, ``GET /open/events``); it takes what the hub says: what a building needs, what came of
what was handed in, sealed papers for the owner and for the district. What is sent twice is there twice: who
has lost an answer asks by the serial number (``POST /open/query``). Material files are got by their digest
(``acceptance_files``).

At the control port, what owners do: ``POST /project {…}``, ``POST /event {"acceptanceNo", "eventCode", …}``,
``POST /file {"name", "size"}``, ``GET /received``.
``python -m sandbox.acceptance_platform --dir DIR --port N --control N``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sandbox import acceptance_complaints, acceptance_files, open_platform
from sandbox.acceptance_files import Files
from sandbox.acceptance_owners import Owners
from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.http_server import Request, Response
from sandbox.open_platform import OpenPlatform
from sandbox.program import System, run

SCHEMA = open_platform.SCHEMA + acceptance_files.SCHEMA
_LISTS = {"projects": "project", "events": "event"}
_TAKES = {
    "plan": "plan",
    "verdict": "verdict",
    "paper/deliver": "paper",
    "paper/collect": "collected",
}


class Platform:
    """What the hub sees of it, one call at a time; an application of ``port``."""

    def __init__(self, books: Books, faults: Faults, files: Files) -> None:
        self._files = files
        self._door = OpenPlatform(books, acceptance_complaints, _LISTS, _TAKES).door(faults)

    def operation(self, request: Request) -> str:
        """The path; of a file without its digest."""
        is_file = request.path.startswith(acceptance_files.PATH)
        return acceptance_files.OPERATION if is_file else self._door.operation(request)

    def answer(self, request: Request) -> Response:
        """A file, or what the door does."""
        if request.path.startswith(acceptance_files.PATH):
            return self._files.answer(request)
        return self._door.answer(request)


def build(folder: Path) -> System:
    """The platform over its books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="doings"), Faults()
    files, owners = Files(books, faults), Owners(books)
    return System(books, faults, Platform(books, faults, files), owners.actions | files.actions)


if __name__ == "__main__":
    sys.exit(run("acceptance_platform", build))
