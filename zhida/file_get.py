"""``zhida file get``: a large file from a hub's endpoint to this machine, resumed, and its digest compared.

For consumers: no site, no store. What has come lies in ``‹file›.part``; the file has its name only when
its digest is the one that the server's tag (or the claim in the caller's hand) tells.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.http import open_session
from connectors.http_stream import Streaming, ranged, streaming
from crypto import digests
from exchange.errors import Fatal, Rejected, Retriable
from zhida.file_intake import Progress

_TAG = re.compile(r'"?(sha256|sm3)[-:]([0-9a-f]{64})"?')
_BUFFER = 1 << 20
_CODE = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to get, and how to come by it."""

    url: str
    file: Path
    digest: str = ""
    """``sha256:…`` or ``sm3:…`` out of the claim; else the server's tag is believed."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    tls: Any = None
    seconds: float = 60.0
    tries: int = 5
    """How often in a row it may break off without a byte having come."""
    patience: float = 600.0
    """Seconds for which it comes back to a hub that has not the file itself yet."""

    @property
    def part(self) -> Path:
        """Where it grows."""
        return self.file.with_name(f"{self.file.name}.part")


def get(
    wanted: Wanted,
    progress: Progress = lambda *_: None,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Size and digest of what has come. ``Rejected``: refused, or another digest."""
    if wanted.file.exists():
        raise Rejected("file.exists", file=wanted.file.name)
    left, patience = wanted.tries, wanted.patience
    with closing(open_session(tls=wanted.tls)) as session:
        while True:
            before = _size(wanted.part)
            try:
                return _finished(wanted, _once(session, wanted, progress))
            except Retriable as error:
                wait = float(error.facts.get("retry_after", 1))
                if error.code == "file.come-back":
                    patience -= wait
                else:
                    left = wanted.tries if _size(wanted.part) > before else left - 1
                if left <= 0 or patience < 0:
                    raise
                sleep(wait)


def _once(session: Any, wanted: Wanted, progress: Progress) -> str:
    """One request; what comes is appended. The digest that it is to have."""
    offset = _size(wanted.part)
    headers = {**wanted.headers, **ranged(offset)}
    with streaming(session, wanted.url, seconds=wanted.seconds, headers=headers) as found:
        told = wanted.digest or found.headers.get("ETag", "")
        if found.status == 416 and offset:
            return _all_here(session, wanted, found)
        _require_good(found)
        if found.start > offset:
            raise Rejected("large.no-length", peer=found.peer)
        total = found.total
        with _appending(wanted.part) as file:
            for piece in found.pieces(offset):
                file.write(piece)
                offset += len(piece)
                progress(offset, total)
            file.flush()
            os.fsync(file.fileno())
    if offset != total:
        raise Retriable("wire.cut-answer", peer=found.peer)
    return told


def _all_here(session: Any, wanted: Wanted, refused: Streaming) -> str:
    """Nothing is left of it; or what is here is another file's. A refusal has no tag: one byte tells."""
    if _whole(refused) != _size(wanted.part):
        wanted.part.unlink()
        raise Retriable("file.come-back", peer=refused.peer, status=416, code="-", retry_after=0)
    if wanted.digest:
        return wanted.digest
    headers = {**wanted.headers, "Range": "bytes=0-0"}
    with streaming(session, wanted.url, seconds=wanted.seconds, headers=headers) as found:
        _require_good(found)
        return found.headers.get("ETag", "")


def _finished(wanted: Wanted, told: str) -> dict[str, Any]:
    """Its name, if its digest is right; else nothing stays of it."""
    matched = _TAG.fullmatch(told.strip())
    if matched is None:
        raise Rejected("file.no-tag", file=wanted.file.name)
    name, value = matched.groups()
    found = _digest(wanted.part, name)
    if found != value:
        wanted.part.unlink()
        raise Rejected("file.got-other", file=wanted.file.name, told=value, found=found)
    size = wanted.part.stat().st_size
    try:
        os.link(wanted.part, wanted.file)
    except FileExistsError:
        raise Rejected("file.exists", file=wanted.file.name) from None
    except OSError:  # no links here (FAT, some shares)
        os.rename(wanted.part, wanted.file)
    wanted.part.unlink(missing_ok=True)
    return {"file": str(wanted.file), "bytes": size, "digest": f"{name}:{value}"}


def _require_good(found: Streaming) -> None:
    if found.status in (200, 206):
        return
    code = _code(found.small())
    facts: dict[str, Any] = {"peer": found.peer, "status": found.status, "code": code}
    if found.status in (429, 503):
        told = found.headers.get("Retry-After", "")
        wait = int(told) if told.isascii() and told.isdigit() else 2
        raise Retriable("file.come-back", retry_after=min(wait, 3600), **facts)
    raise Rejected("file.not-given", **facts)


def _code(body: bytes) -> str:
    """The problem's code (RFC 9457 of a hub), if it is one."""
    with suppress(ValueError, AttributeError):
        told = json.loads(body).get("code", "")
        if isinstance(told, str) and _CODE.fullmatch(told):
            return told
    return "-"


def _whole(found: Streaming) -> int:
    told = found.headers.get("Content-Range", "").removeprefix("bytes */")
    return int(told) if told.isascii() and told.isdigit() else -1


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _appending(path: Path) -> Any:
    try:
        return path.open("ab")
    except OSError as error:
        raise Fatal("file.unwritable", file=path.name, reason=error.strerror or "") from None


def _digest(path: Path, name: str) -> str:
    found = digests.running(name)
    with path.open("rb") as file:
        while data := file.read(_BUFFER):
            found.update(data)
    return found.hexdigest()
