"""A system's own list of what it has done in a span of time, page by page: all of it or an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from adapters import _generic_answer, _generic_place, _generic_rules, _generic_text
from adapters._generic_plan import Message
from adapters._generic_request import Sent, built
from adapters._generic_text import Form
from exchange import times
from exchange.errors import Retriable
from exchange.ports import BookEntry
from mappings.faults import Fault

MOST_PAGES = 10_000
_STATES = ("applied", "refused", "waiting")
_STEPS = {
    "hour": timedelta(days=1),
    "minute": timedelta(hours=1),
    "second": timedelta(minutes=1),
}
"""The largest part of a time that a pattern leaves out → how far apart its instants are."""
_TOKENS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}

Ask = Callable[[Sent], Any]
"""One call: what the wire made of the answer."""


@dataclass(frozen=True, slots=True)
class Books:
    """How one operation's list is asked for and read. Raises ``Retriable`` if it is not whole."""

    message: Message
    told: Mapping[str, Any]
    effect_key_as: str
    operation: str

    def read(self, ask: Ask, since: datetime, until: datetime) -> Iterator[BookEntry]:
        """Every line of the span."""
        seen, before = 0, None
        whole = until + timedelta(seconds=1) if until.microsecond else until  # the wire's seconds
        for number in range(MOST_PAGES):
            answer = self._page(ask, self._question(since, whole, number))
            rows = self._rows(answer)
            if rows and rows == before:
                raise self._error("the same page again")
            before, seen = rows, seen + len(rows)
            yield from self._inside(rows, since, whole)
            if self._is_all(answer, rows, seen):
                return
        raise self._error("no end")

    def _question(self, since: datetime, until: datetime, number: int) -> Sent:
        constants = dict(self.message.constants)
        for name, at in (("since", since), ("until", until)):
            if name in self.told:
                pattern = self.told[name].get("format", _generic_answer.MOMENT)
                whole = _not_before(at, pattern) if name == "until" else at
                constants[self.told[name]["at"]] = written(whole, pattern)
        if "page" in self.told:
            page = self.told["page"]
            constants[page["at"]] = page.get("first", 1) + number
            if "size_at" in page:
                constants[page["size_at"]] = page["size"]
        return built(replace(self.message, constants=constants), {}, "")

    def _page(self, ask: Ask, question: Sent) -> Any:
        answer = ask(question)
        try:
            for form in map(Form.of, self.told.get("unwrap", ())):
                answer = _generic_text.unwrapped(answer, form)
        except _generic_text.UnreadableError:
            raise self._error("unreadable") from None
        if not _generic_rules.holds(self.told["success"], answer):
            raise self._error("no success")
        return answer

    def _rows(self, answer: Any) -> list[Any]:
        rows = _generic_place.get(answer, self.told["rows"])
        if isinstance(rows, Mapping):  # XML with one line
            return [rows]
        if rows in (None, "") and self._is_empty(answer):
            return []
        if not isinstance(rows, list):
            raise self._error("no list")
        if "page" in self.told and len(rows) > self.told["page"]["size"]:
            raise self._error("more than asked for")
        return rows

    def _is_empty(self, answer: Any) -> bool:
        """No list where one would stand: only the total or the site's own rule says there is none."""
        if "total" in self.told:
            return self._total(answer) == 0
        return _generic_rules.holds(self.told.get("empty", ()), answer)

    def _is_all(self, answer: Any, rows: list[Any], seen: int) -> bool:
        """By the total if there is one, else by an empty page: peers cut pages short unasked."""
        if "total" not in self.told:
            return not rows or "page" not in self.told
        total = self._total(answer)
        is_last = not rows or "page" not in self.told
        if seen > total or (is_last and seen < total):
            raise self._error("not as many as it says")
        return seen == total

    def _total(self, answer: Any) -> int:
        told = _generic_rules.text(_generic_place.get(answer, self.told["total"])) or ""
        return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else -1

    def _inside(self, rows: list[Any], since: datetime, until: datetime) -> Iterator[BookEntry]:
        for entry in map(self._entry, rows):
            if since.replace(microsecond=0) <= entry.at < until:
                yield entry

    def _entry(self, row: Any) -> BookEntry:
        about = self.told["at"]
        try:
            pattern = about.get("format", _generic_answer.MOMENT)
            at = _generic_answer.moment(_generic_place.get(row, about["at"]), pattern)
        except Fault:
            raise self._error("time") from None
        reference = self._text(row, self.told.get("reference", ""))
        return BookEntry(self._key(row), reference, self._state(row), at)  # type: ignore[arg-type]

    def _state(self, row: Any) -> str:
        if "state" not in self.told:
            return "applied"
        told = self._text(row, self.told["state"]["at"])
        for state in _STATES:
            if told in map(str, self.told["state"].get(state, ())):
                return state
        raise self._error("state")

    def _key(self, row: Any) -> str:
        """As it was sent: ``KEY.json`` is the key ``KEY``; a stranger's name stays as it is."""
        told = self._text(row, self.told["effect_key"])
        before, _, after = self.effect_key_as.partition("{key}")
        if told.startswith(before) and told.endswith(after) and len(told) > len(before + after):
            return told[len(before) : len(told) - len(after)]
        return told

    def _text(self, row: Any, path: str) -> str:
        return (_generic_rules.text(_generic_place.get(row, path)) or "") if path else ""

    def _error(self, reason: str) -> Retriable:
        return Retriable("generic.unreadable-books", operation=self.operation, reason=reason)


def _not_before(at: datetime, pattern: str) -> datetime:
    """The first instant from ``at`` on that the pattern tells apart: by days it is a midnight.

    A span that ends within a day would else be asked for without that day.

    >>> _not_before(datetime(2026, 1, 5, 18, 30, tzinfo=times.CHINA), "yyyyMMdd").isoformat()
    '2026-01-06T00:00:00+08:00'
    >>> _not_before(datetime(2026, 1, 5, tzinfo=times.CHINA), "yyyyMMdd").isoformat()
    '2026-01-05T00:00:00+08:00'
    """
    units = (("ss", "second"), ("mm", "minute"), ("HH", "hour"))
    untold = {unit: 0 for token, unit in units if token not in pattern}
    told = at.astimezone(times.CHINA)
    down = told.replace(microsecond=0, **untold)  # type: ignore[arg-type]
    step = next((s for u, s in _STEPS.items() if u in untold), timedelta(seconds=1))
    return down if down == told else down + step


def written(at: datetime, pattern: str) -> str:
    """An instant as a peer in China writes it, to the second.

    >>> from datetime import UTC
    >>> written(datetime(2026, 1, 4, 17, 30, tzinfo=UTC), "yyyy-MM-dd HH:mm:ss")
    '2026-01-05 01:30:00'
    """
    told = at.astimezone(times.CHINA)
    for token, directive in _TOKENS.items():
        pattern = pattern.replace(token, told.strftime(directive))
    return pattern
