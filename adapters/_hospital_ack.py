"""The acknowledgement of a birth message (HL7 v2.5, 2.9.2; ERR 2.15.5): yes, or why not.

It names the message by its control id and tells every problem by code, field and form. It holds
no value of the message, so that it may be logged on both sides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from adapters import _er7
from exchange.errors import Invalid, Problem, ZhidaError
from exchange.ports import utc_now
from exchange.problems import describe
from mappings import encoding

_CHINA = timezone(timedelta(hours=8))
_CONTROL = re.compile("[\x00-\x1f\x7f]+")
_MOST_PROBLEMS, _SUMMARY = 50, 80
_ERRORS: Mapping[str, str] = {
    "hospital.missing-segment": "100^Segment sequence error^HL70357",
    "mapping.missing": "101^Required field missing^HL70357",
    "mapping.unknown-code": "103^Table value not found^HL70357",
    "hospital.unexpected-message": "200^Unsupported message type^HL70357",
}
_OTHER_ERROR = "102^Data type error^HL70357"
"""ERR-3, table 0357."""


_UNIVERSAL = "UNICODE UTF-8"
_NO_HEADER = _er7.Header("|^~\\&", ())


def acknowledge(
    er7: bytes, code: str, problem: ZhidaError | None = None, *, at: datetime | None = None
) -> bytes:
    """The ACK for a message: ``code`` AA, AE (its data) or AR (cannot be read), and why.

    Delimiters and character set are those of the message, if it has a header. ``at`` is the
    moment of the answer (now, if not given); it is written in China time.
    """
    header, charset = _header(er7)
    try:
        return _written(header, charset, code, problem, at=at or utc_now())
    except Invalid:  # an ASCII label over a header that is not ASCII
        return _written(header, _UNIVERSAL, code, problem, at=at or utc_now())


def _written(
    header: _er7.Header, charset: str, code: str, problem: ZhidaError | None, *, at: datetime
) -> bytes:
    problems = problem.problems[:_MOST_PROBLEMS] if problem else ()
    summary = _summary(problems[0])[:_SUMMARY] if problems else ""
    segments = [
        _msh(header, charset, at.astimezone(_CHINA)),
        ["MSA", code, header.raw(10), _escaped(summary, header.delimiters)],
        *(_err(problem, header.delimiters, charset) for problem in problems),
    ]
    lines = (header.delimiters[0].join(segment) for segment in segments)
    text = "".join(_CONTROL.sub(" ", line) + "\r" for line in lines)
    return encoding.encode(text, charset)


def _header(er7: bytes) -> tuple[_er7.Header, str]:
    """The header and its character set; UTF-8 and no header where they cannot be told."""
    try:
        header = _er7.header_of(er7)
    except Invalid:
        return _NO_HEADER, _UNIVERSAL
    try:
        return header, _er7.charset_of(er7)
    except Invalid:
        return header, _UNIVERSAL


def _msh(header: _er7.Header, charset: str, at: datetime) -> list[str]:
    """Sender and receiver change places; the rest of the header answers in kind."""
    trigger = header.raw(9).split(header.delimiters[1])[1:2]
    kind = header.delimiters[1].join(["ACK", *trigger, *(["ACK"] if trigger else [])])
    parties = [header.raw(number) for number in (5, 6, 3, 4)]
    about = [kind, f"{at:%Y%m%d%H%M%S%f}", header.raw(11) or "P", header.raw(12) or "2.5"]
    stamp = f"{at:%Y%m%d%H%M%S%z}"
    return ["MSH", header.delimiters[1:], *parties, stamp, "", *about, *[""] * 5, charset]


def _err(problem: Problem, delimiters: str, charset: str) -> list[str]:
    """ERR-3 in HL7's codes, ERR-5 in ours, ERR-7 where, ERR-8 for the person who reads it."""
    chinese = encoding.codec(charset) != "ascii"
    told, remedy = describe(problem.code, problem.facts, "zh" if chinese else "en")
    theirs = _ERRORS.get(problem.code, _OTHER_ERROR).replace("^", delimiters[1])
    ours, where, text = (
        _escaped(part, delimiters)
        for part in (problem.code, str(problem.facts.get("path", "")), f"{told} {remedy}".strip())
    )
    return ["ERR", "", "", theirs, "E", ours, "", where, text]


def _summary(problem: Problem) -> str:
    return f"{problem.code} {problem.facts.get('path', '')}".strip()


def _escaped(text: str, delimiters: str) -> str:
    r"""Delimiters inside a text as HL7 escapes them.

    >>> _escaped("a|b\\c", "|^~\\&")
    'a\\F\\b\\E\\c'
    """
    letters = dict(zip(delimiters, "FSRET", strict=True))
    escape = delimiters[3]
    return "".join(f"{escape}{letters[c]}{escape}" if c in letters else c for c in text)
