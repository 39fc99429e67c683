"""The files of drop folders, with their sizes and what their text is probably encoded in."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors import ftps, ftps_line
from connectors.check_files import folders
from connectors.check_text import guess
from connectors.discovery import Found
from connectors.files import Disk
from connectors.folder import Folder
from connectors.sftp import Remote
from connectors.sftp_line import Line, Server
from exchange.ports import Endpoint

_SAMPLE = 65_536
_MOST = 200
"""Files shown; a folder may hold a hundred thousand."""


def discover(settings: Mapping[str, Any], endpoint: Endpoint, wanted: str) -> list[Found]:
    """``wanted``: a folder other than those of the settings."""
    return _listed(Disk(Path(endpoint.address)), _folders(settings, wanted))


def discover_sftp(settings: Mapping[str, Any], endpoint: Endpoint, wanted: str) -> list[Found]:
    """The same at the other end of SFTP."""
    line = Line(Server.of(endpoint, settings.get("timeout_s", 30)))
    with contextlib.closing(Remote(line)) as place:
        return _listed(place, _folders(settings, wanted))


def discover_ftps(settings: Mapping[str, Any], endpoint: Endpoint, wanted: str) -> list[Found]:
    """The same at the other end of FTPS."""
    line = ftps_line.Line(ftps_line.Server.of(endpoint, settings.get("timeout_s", 30)))
    with contextlib.closing(ftps.Remote(line)) as place:
        return _listed(place, _folders(settings, wanted))


def _folders(settings: Mapping[str, Any], wanted: str) -> list[str]:
    return [wanted] if wanted else folders(settings)


def _listed(place: Folder, folders: list[str]) -> list[Found]:
    found: list[Found] = []
    for folder in folders:
        with place.told(folder):
            entries = [each for each in place.list(folder) if each.kind == "file"]
            newest = sorted(entries, key=lambda each: -each.changed)[: _MOST - len(found)]
            for entry in newest:
                path = f"{folder}/{entry.name}"
                sample = place.read(path, _SAMPLE)
                facts: dict[str, str | int] = {"bytes": entry.size, "encoding": guess(sample)}
                found.append(Found(path, "file", facts=facts))
    return found
