"""HL7 v2 messages as a hospital sends them: bytes to segments, and nothing lost on the way.

The ``hl7`` library splits the text; three things are done here because the library would lose
data silently: a message with line feeds instead of carriage returns (it finds no PID), the
character set of MSH-18 (GBK bytes contain ``|`` and ``^``, so decoding comes before splitting),
and escape sequences (it drops those that it does not know, and logs the field's value).
Source: HL7 v2.5 chapter 2, sections 2.5.4 (delimiters), 2.7 (escapes), table 0211 (MSH-18).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import hl7

from exchange.errors import Invalid, Problem
from mappings import encoding

_HEADER = re.compile(r"MSH([^\w\s])(?:(?!\1)[^\w\s]){4,5}\1")
_MOST_BYTES = 1_000_000
"""A birth message has two kilobytes; MLLP itself has no limit."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One line of the message. ``problems`` is shared: reading goes on after a bad field."""

    name: str
    fields: hl7.Segment
    charset: str
    problems: list[Problem]

    def text(self, field: int, component: int = 1) -> str:
        """Content of a field's component, unescaped; empty if absent, ``/`` or ``""``.

        ``/`` is how a birth certificate says "not stated"; ``""`` is HL7's explicit null.
        """
        repetitions = self.fields[field] if field < len(self.fields) else [""]
        if len(repetitions) > 1:
            self._note("hospital.repeated-field", field)
        found = _component(repetitions[0] if repetitions else "", component)
        try:
            text = unescape(found, self.fields, self.charset).strip()
        except (ValueError, Invalid):
            self._note("hospital.unknown-escape", field)
            return ""
        return "" if text in {"/", '""'} else text

    def whole(self, field: int) -> str:
        """Content of a field that must not have further components: half a name is no name."""
        repetitions = self.fields[field] if field < len(self.fields) else [""]
        parts = repetitions[0] if repetitions else ""
        if not isinstance(parts, str) and any(str(part) for part in parts[1:]):
            self._note("hospital.name-in-parts", field)
        return self.text(field)

    def first(self, field: int) -> str:
        """First repetition, first component: for fields that may repeat and are only referred to."""
        repetitions = self.fields[field] if field < len(self.fields) else [""]
        found = _component(repetitions[0] if repetitions else "", 1)
        return str(found).strip()

    def _note(self, code: str, field: int) -> None:
        self.problems.append(Problem(code, {"path": f"{self.name}-{field}"}))


def _component(repetition: str | hl7.Repetition, number: int) -> str:
    """A component as it stands on the wire; a field without ``^`` is its own first component."""
    if isinstance(repetition, str):
        return repetition if number == 1 else ""
    found = repetition[number - 1] if number <= len(repetition) else ""
    return str(found)


def unescape(text: str, within: hl7.Segment, charset: str) -> str:
    r"""Resolve ``\F\ \S\ \T\ \R\ \E\`` and ``\Xhh…\`` (bytes of the message's character set).

    Raises ``ValueError`` for any other sequence: formatting and character-set switches have no
    place in a name or a number.
    """
    pieces = text.split(within.esc)
    if len(pieces) % 2 == 0:
        raise ValueError
    letters = dict(zip("FRST", within.separators[1:], strict=True)) | {"E": within.esc}
    for index in range(1, len(pieces), 2):
        sequence = pieces[index]
        if sequence in letters:
            pieces[index] = letters[sequence]
        elif sequence.startswith("X") and len(sequence) > 1:
            pieces[index] = encoding.decode(bytes.fromhex(sequence[1:]), charset)
        else:
            raise ValueError
    return "".join(pieces)


@dataclass(frozen=True, slots=True)
class Message:
    """A message that could be split. ``problems`` collects what its fields have wrong."""

    charset: str
    """Label of MSH-18."""
    segments: tuple[Segment, ...]
    problems: list[Problem]

    def named(self, name: str) -> list[Segment]:
        """All segments of that name, in order."""
        return [segment for segment in self.segments if segment.name == name]

    @property
    def header(self) -> Segment:
        """MSH: always there, and first."""
        return self.segments[0]


def parse(er7: bytes) -> Message:
    """Decode and split a message. Raises ``Invalid`` if that cannot be done faithfully."""
    if len(er7) > _MOST_BYTES:
        raise Invalid("hospital.too-long", limit=_MOST_BYTES)
    lines = er7.replace(b"\r\n", b"\r").replace(b"\n", b"\r").strip(b"\r \t\x00")
    label = charset_of(lines)
    try:
        text = encoding.decode(lines, label)
    except Invalid as error:
        offset = int(error.facts.get("offset", 0)) + 1
        raise Invalid("hospital.undecodable", path="MSH-18", offset=offset) from None
    return _split(text, label)


@dataclass(frozen=True, slots=True)
class Header:
    """MSH before anything else is understood: enough to choose a character set and to answer."""

    delimiters: str
    """Field, component, repetition, escape, subcomponent: ``|^~\\&``."""
    fields: tuple[str, ...]

    def raw(self, number: int) -> str:
        """MSH-``number`` as it stands (from 2 on: MSH-1 is the separator itself)."""
        return self.fields[number - 1] if number <= len(self.fields) else ""

    @property
    def label(self) -> str:
        """First character set of MSH-18; an empty one is ASCII."""
        return self.raw(18).split(self.delimiters[2])[0].strip() or "ASCII"


def header_of(er7: bytes) -> Header:
    """The message's header. Raises ``Invalid`` if there is none.

    Its delimiters are found before its character set is known: they are the same whether the
    header is read as UTF-8 or, where it is not UTF-8, as GB 18030 (a ``|`` byte inside a GBK
    character makes it no UTF-8). Short GBK texts may pass for UTF-8, so a GB label then decides.
    """
    raw = er7[:_MOST_BYTES].lstrip(b"\r\n \t\x00").replace(b"\n", b"\r").split(b"\r", 1)[0]
    try:
        header = _header(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _header(raw.decode("gb18030", "replace"))
    if header.label.upper().startswith("GB"):
        return _header(raw.decode("gb18030", "replace"))
    return header


def _header(text: str) -> Header:
    if not _HEADER.match(text) or len(set(text[3:8])) < 5:
        raise Invalid("hospital.not-hl7", path="MSH")
    return Header(text[3:8], tuple(text.split(text[3])))


def charset_of(er7: bytes) -> str:
    """Label in MSH-18; empty means ASCII (v2.5, 2.15.9.18). A guess is not allowed.

    Raises ``Invalid`` when there is no header, or the label is unknown.
    """
    label = header_of(er7).label
    try:
        encoding.codec(label)
    except Invalid:
        raise Invalid("hospital.unknown-charset", path="MSH-18") from None
    return label


def _split(text: str, label: str) -> Message:
    try:
        parsed = hl7.parse(text)
    except (hl7.HL7Exception, ValueError, IndexError, AssertionError):
        raise Invalid("hospital.not-hl7", path="MSH") from None
    problems: list[Problem] = []
    segments = tuple(
        Segment(str(fields[0]), fields, label, problems)
        for fields in parsed
        if len(fields) > 1 or str(fields[0])  # str(fields) fails for a second MSH without fields
    )
    return Message(label, segments, problems)
