"""The options of a system, read: what is sent for each operation, and how what comes back is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from adapters._generic_rules import Rules
from adapters._generic_text import Form
from exchange.errors import Fatal
from exchange.ports import Endpoint, Operation, Scalar
from mappings import site_files
from mappings.compiler import Mapping as Compiled

_RULES = ("success", "stored", "there", "waiting", "not_there", "busy", "login", "ours", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one call sends."""

    call: str
    mapping: Compiled | None = None
    constants: Mapping[str, Scalar] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Place → the connection's own value."""
    effect_key: str = ""
    effect_key_as: str = "{key}"
    take: Mapping[str, str] = field(default_factory=dict)
    wrap: tuple[Form, ...] = ()
    charset: str = "utf-8"
    """In which values stand in the call's path."""

    @classmethod
    def of(cls, told: Mapping[str, Any], endpoint: Endpoint, charset: str = "utf-8") -> Message:
        """From an operation, a probe or a list of books, with its mapping compiled."""
        site = endpoint.site
        names = ("call", "constants", "effect_key_as", "take")
        plain = {name: told[name] for name in names if name in told}
        mapping = site_files.load(told["mapping"], site) if "mapping" in told else None
        key = told.get("effect_key", "") if "rows" not in told else ""
        secrets = {at: _secret(endpoint, name) for at, name in told.get("credentials", {}).items()}
        wrap = tuple(map(Form.of, told.get("wrap", ())))
        plain |= {"mapping": mapping, "credentials": secrets, "wrap": wrap, "charset": charset}
        return cls(effect_key=key, **plain)


def _secret(endpoint: Endpoint, name: str) -> str:
    where, _, key = name.partition(".")
    value = endpoint.extra.get(key, "") if where == "extra" else getattr(endpoint, where)
    if not value:
        raise Fatal("generic.no-credential", name=name)
    return str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How one call's answer is read."""

    rules: Rules
    unwrap: tuple[Form, ...] = ()
    written: str = ""
    refused_text: str = ""
    refused_code: str = ""
    reference: str | None = None
    record: Compiled | None = None
    record_at: str = ""
    as_of: Mapping[str, str] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Mapping[str, Any], site: Path | None) -> Reading:
        """From an answer or a probe."""
        refused, record = told.get("refused", {}), told.get("record", {})
        rules = {name: told[name] for name in _RULES if name in told}
        return cls(
            rules=rules | ({"refused": refused["when"]} if refused else {}),
            unwrap=tuple(map(Form.of, told.get("unwrap", ()))),
            written=told.get("written", ""),
            refused_text=refused.get("text", ""),
            refused_code=refused.get("code", ""),
            reference=told.get("reference"),
            record=site_files.load(record["mapping"], site) if record else None,
            record_at=record.get("at", ""),
            as_of=told.get("as_of", {}),
            same=told.get("same", {}),
        )


Listed = tuple[Message, Mapping[str, Any]]
"""How a list is asked for, and how the site's file reads it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One operation: what the core knows of it, and how it is done, asked after and counted."""

    operation: Operation
    request: Message
    answer: Reading
    probe: tuple[Message, Reading] | None = None
    books: Listed | None = None
    news: Listed | None = None


def operation(name: str, told: Mapping[str, Any]) -> Operation:
    """What the core must know of an operation that the site describes.

    >>> operation("pay", {"title": "发放", "identity": ["a/b"], "idempotence": "probe"}).settle
    datetime.timedelta(seconds=30)
    """
    return Operation(
        name,
        told["title"],
        needs=told.get("needs", {}),
        gives=told.get("gives", ""),
        effect=told.get("effect", True),
        identity=tuple(told.get("identity", ())),
        occurrence=tuple(told.get("occurrence", ())),
        asks=tuple(told.get("asks", ())),
        idempotence=told.get("idempotence", "none"),
        irreversible=told.get("irreversible", False),
        tells="news" in told,
        settle=timedelta(seconds=told.get("settle_s", 30)),
        amends=told.get("amends", ""),
        revokes=told.get("revokes", ""),
    )


def plan(name: str, told: Mapping[str, Any], endpoint: Endpoint, charset: str = "utf-8") -> Plan:
    """One operation of the options, with the site's mappings and the connection's credentials.

    ``charset`` is the wire's for values in an address. ``Fatal`` for one that can't be had.
    """
    site = endpoint.site
    asked = told.get("probe")
    probe = (Message.of(asked, endpoint, charset), Reading.of(asked, site)) if asked else None
    books, news = (
        (Message.of(told[key], endpoint, charset), told[key]) if key in told else None
        for key in ("books", "news")
    )
    request, answer = Message.of(told, endpoint, charset), Reading.of(told["answer"], site)
    return Plan(operation(name, told), request, answer, probe, books, news)
