"""What is known of an enterprise: each fact's name, kind and holder, as data (企业事实目录).

``grants/facts/*.yaml``, one file a holder; a site may add its own. A fact that is not stated is
*unknown*: absent from ``Facts``, null in a column. That something is not so, its holder says with a
``flag`` of its own (``otc_listed: no``), never by leaving a date out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Kind = Literal["flag", "code", "count", "money", "date"]
"""``flag`` yes or no; ``code`` text of a list; ``count`` whole number; ``money`` int64 fen; ``date``
civil day in China."""
Value = bool | str | int | date
Facts = Mapping[str, Value]
"""Fact → value of one enterprise; what is not there is unknown."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that can be known of an enterprise."""

    name: str
    title: str
    kind: Kind
    holder: str
    """The unit whose fact it is."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Of a ``code``: what there is to choose from, with titles; empty: any text."""
    scheme: str = ""
    """Of a ``code``: the public list (``mappings/codes``) that has its names; its codes may be more than ours."""
    answer: bool = False
    """The holder may not hand out the value: only its yes, no or unknown comes (a ``flag``)."""
    note: str = ""
