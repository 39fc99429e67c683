"""Where the log of a process of ours goes, and in which form: lines for people, or a JSON object a line.

A message of ours names each value that it tells (``case=%s code=%s``), and these names are its fields; so
what may stand in a log is a list (``FIELDS``), and a test reads every message of ours against it. Of what
a library says only its template is kept, for its values may be somebody's.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from typing import Any

import structlog

from exchange import times
from exchange.errors import Fatal, ZhidaError
from zhida import environment

OURS = ("zhida", "exchange", "connectors", "adapters", "mappings", "matters", "crypto")
FIELDS = (
    *("case", "item", "system", "state", "code", "type", "status", "reason", "error"),
    *("request", "client", "route", "ms", "port", "stream", "streams", "failures"),
    *("claim", "bytes", "of", "defect", "file"),
)
"""What a message may name. ``file`` is one of the site's, ``type`` the kind of a defect, ``reason`` of TLS."""
_TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_PLACE = re.compile(r"(?:([a-z][a-z_-]*)=)?%[sd]")


def configure(level: int) -> None:
    """For a process of ours. ``level``: of our own messages; of others' from a warning on.

    ``ZHIDA_LOG``: ``text`` (or nothing) or ``json`` on standard error. ``ZHIDA_LOG_FILE``: JSON into
    that file as well, taken up anew when it was moved away. ``Fatal`` if one of them is not right.
    """
    logging.basicConfig(handlers=handlers())
    logging.getLogger("zhida").setLevel(level)


def if_asked() -> None:
    """For a command that logs little: only if the environment says where to."""
    if environment.log_form() or environment.log_file():
        configure(logging.INFO)


def handlers() -> list[logging.Handler]:
    """As the environment says."""
    form, file = environment.log_form(), environment.log_file()
    if form not in ("", "text", "json"):
        raise Fatal("site.log-form", form=form[:40])
    found: list[logging.Handler] = [logging.StreamHandler()]
    found[0].setFormatter(formatter() if form == "json" else logging.Formatter(_TEXT))
    if file is not None:
        try:
            found.append(WatchedFileHandler(file, encoding="utf-8"))
        except OSError as error:
            raise Fatal("site.log-file", file=str(file), reason=type(error).__name__) from None
        found[1].setFormatter(formatter())
    return found


def formatter() -> logging.Formatter:
    """One JSON object a line: ``at`` (UTC), ``level``, ``logger``, ``event``, and the fields."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[_told, structlog.processors.JSONRenderer(ensure_ascii=False, default=str)],
        use_get_message=False,
        pass_foreign_args=True,
    )


def named(template: str, values: tuple[Any, ...]) -> dict[str, Any]:
    """What stands as ``name=%s`` in a message, by name; of an error its code.

    >>> named("broke off case=%s code=%s: %s", ("3f", "wire.lost", "…"))
    {'case': '3f', 'code': 'wire.lost'}
    """
    found: dict[str, Any] = {}
    for place, value in zip(_PLACE.finditer(template), values, strict=False):
        if isinstance(value, ZhidaError):
            found["code"] = value.code
        elif place[1] and (place[1] in FIELDS or isinstance(value, int)):
            found[place[1]] = value
    return found


def _told(_: Any, __: str, event: Mapping[str, Any]) -> dict[str, Any]:
    record: logging.LogRecord = event["_record"]
    values = event["positional_args"]
    values = values if isinstance(values, tuple) else ()
    at = times.stamp(datetime.fromtimestamp(record.created, UTC))
    told = {"at": at, "level": record.levelname.lower(), "logger": record.name}
    if record.name.partition(".")[0] in OURS:
        told |= {"event": _words(event["event"], values), **named(event["event"], values)}
    else:
        told["event"] = event["event"] if values else "-"
    return told | _raised(event.get("exc_info"))


def _words(template: str, values: tuple[Any, ...]) -> str:
    """A message without its fields; an alert's line, which is all words, whole."""
    words = " ".join(_PLACE.sub(lambda place: "" if place[1] else "%s", template).split())
    places = zip(_PLACE.finditer(template), values, strict=False)
    bare = tuple(value for place, value in places if not place[1])
    return words % bare if bare else words


def _raised(found: Any) -> dict[str, str]:
    """Of an exception its kind and where it was raised: its text may quote data."""
    if not isinstance(found, tuple) or found[0] is None:
        return {}
    kind, _, trace = found
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}" if trace else ""
    return {"type": kind.__name__, "raised": where}
