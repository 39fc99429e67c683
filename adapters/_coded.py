"""Answers that carry a code: what each code means at one peer is a table that the site may replace.

Gateways of one kind (SMS, seals, certificates, sharing) differ in hardly more than that. Only a code
that the table names is believed; any other is *unknown* and is asked after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters import _fact
from exchange import pointer
from exchange.errors import Fatal, Rejected, Retriable, Unknown, ZhidaError
from exchange.ports import Reply

_LONGEST_REASON = 2000
_TITLES: Mapping[str, tuple[str, str]] = {
    "done": ("办成", ""),
    "none": ("查无此项", "对方明确说没有的代码；拿不准的不写。"),
    "refused": ("对方不予办理", "肯定没有办理，照原样重发也没有用。"),
    "busy": ("对方繁忙", "肯定没有办理，稍后可照原样重发。"),
    "login": ("登录或权限有误", "肯定没有办理，须由管理员处理。"),
}
Table = Mapping[str, Any]


def schema(default: Table) -> dict[str, Any]:
    """The options' ``codes``; what a site does not write of it is as in ``default``."""
    place = {"type": "string", "pattern": "^(/[^/]+)+$"}
    listed = {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": True}
    parts: dict[str, Any] = {
        "at": {"title": "代码的位置", "description": "JSON Pointer。", **place},
        "text": {"title": "说明的位置", "description": "告知经办人；不进日志。", **place},
    }
    for name in (name for name in _TITLES if name in default):
        title, description = _TITLES[name]
        parts[name] = {"title": title, **listed}
        parts[name] |= {"description": description} if description else {}
    for name, about in parts.items():
        about["default"] = default[name]
    return {
        "title": "应答代码的含义",
        "description": '没有列出的代码一律为结果未知；0 与 "0" 相同。',
        "type": "object",
        "additionalProperties": False,
        "properties": parts,
        "default": {},
    }


@dataclass(frozen=True, slots=True)
class Codes:
    """One peer's table, read."""

    at: str
    text: str
    meanings: Mapping[str, str]
    """Code → ``done``, ``none``, ``refused``, ``busy`` or ``login``."""

    @classmethod
    def of(cls, told: Table, default: Table) -> Codes:
        """A code that stands twice means the worse of the two: what is done must be sure."""
        known = {**default, **told}
        listed = ((code, name) for name in _TITLES for code in known.get(name, ()))
        return cls(known["at"], known["text"], dict(listed))

    def meaning(self, reply: Reply, operation: str) -> str:
        """``done`` or ``none``. Raises what any other code means; ``Unknown`` for a strange one.

        >>> codes = Codes.of({}, {"at": "/code", "text": "/msg", "done": ["0"], "busy": ["9"]})
        >>> codes.meaning(Reply(b"", {"code": 0}), "send")
        'done'
        """
        code = self.code(reply)
        meaning = self.meanings.get(code, "")
        if meaning in ("done", "none"):
            return meaning
        raise self._error(meaning, reply, operation, _fact.code(code))

    def code(self, reply: Reply) -> str:
        """The code as text, empty if there is none."""
        return text(reply.value, self.at)

    def _error(self, meaning: str, reply: Reply, operation: str, code: str) -> ZhidaError:
        if meaning == "refused":
            reason = text(reply.value, self.text)[:_LONGEST_REASON]
            refusal = Rejected("coded.refused", operation=operation, code=code)
            return refusal.answered(reply.raw, reason)
        kinds: Mapping[str, tuple[type[ZhidaError], str]] = {
            "busy": (Retriable, "coded.busy"),
            "login": (Fatal, "coded.login-refused"),
        }
        kind, problem = kinds.get(meaning, (Unknown, "coded.unclear"))
        return kind(problem, operation=operation, code=code)


def text(value: Any, place: str) -> str:
    """A text or whole number of an answer as text; empty where there is none.

    >>> text({"data": {"id": 7}}, "/data/id"), text({"ok": True}, "/ok"), text(None, "/id")
    ('7', '', '')
    """
    found = pointer.get(value, place)
    return (
        str(found).strip() if isinstance(found, str | int) and not isinstance(found, bool) else ""
    )
