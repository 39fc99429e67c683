"""What somebody asks of a page, and what the page answers: no web framework in either."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote, urlencode

from exchange.errors import Invalid

T = TypeVar("T")
LANGUAGES = ("zh", "en")
LONGEST = 100
"""Characters of a parameter."""
HTML = "text/html; charset=utf-8"
SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}
"""Of every answer: nothing is kept, nothing runs that is not ours, nobody else frames it."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. ``parts``: what stands in its path; ``user``: as the web server knows them."""

    parts: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    base: str = ""
    """The path below which all pages lie: ``/zhida``."""
    path: str = "/"
    """The page's own, below it."""
    token: str = ""
    """What each of its forms must give back (against forms of other sites)."""

    def link(self, *parts: str, **query: str) -> str:
        """An address among the pages, in the same language.

        >>> Ask(base="/zhida", query={"lang": "en"}).link("parked", "3f", "household#1", code="")
        '/zhida/parked/3f/household%231?lang=en'
        """
        told = {"lang": self.query.get("lang", "")} | query
        told = {name: value for name, value in told.items() if value}
        path = "/".join([self.base, *(quote(part, safe="") for part in parts)])
        return path + (f"?{urlencode(told)}" if told else "")

    def here(self, **query: str) -> str:
        """This page's own address, with something else asked.

        >>> Ask(base="/zhida", path="/parked/3f/a#1", query={"code": "x"}).here(lang="en")
        '/zhida/parked/3f/a%231?code=x&lang=en'
        """
        kept = {name: told for name, told in self.query.items() if len(name + told) <= LONGEST}
        return f"{self.base}{quote(self.path)}?{urlencode(kept | query)}"

    def language(self, otherwise: str) -> str:
        """``zh`` or ``en``: as asked, else the site's."""
        told = self.text("lang", "zh|en")
        return told or (otherwise if otherwise in LANGUAGES else "zh")

    def text(self, name: str, pattern: str) -> str:
        """A parameter of this form (a regular expression), or empty. ``Invalid``.

        >>> Ask(query={"code": "agreement.expired"}).text("code", "[a-z.-]+")
        'agreement.expired'
        """
        told = self.query.get(name, "")
        if told and (len(told) > LONGEST or not re.fullmatch(pattern, told)):
            raise Invalid("pages.parameter", name=name)
        return told

    def place(self, make: Callable[..., T], count: int) -> T | None:
        """Where the list goes on (``after``), made of so many texts. ``Invalid``.

        >>> Ask(query={"after": "a~b"}).place("{} {}".format, 2)
        'a b'
        """
        told = self.text("after", r"[^~\x00-\x1f]+(~[^~\x00-\x1f]+)*")
        found = told.split("~") if told else []
        if found and len(found) != count:
            raise Invalid("pages.parameter", name="after")
        return make(*found) if found else None


@dataclass(frozen=True, slots=True)
class Answer:
    """A page, or where to find it (``location``)."""

    body: bytes
    status: int = 200
    kind: str = HTML
    location: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """All of them."""
        return SAFE | {"Content-Type": self.kind} | self._more

    @property
    def _more(self) -> dict[str, str]:
        return {"Location": self.location} if self.location else {}


def elsewhere(location: str) -> Answer:
    """See there (also after a form)."""
    return Answer(b"", 303, location=location)
