"""What ``within`` of an item may say, and how it is read: the legal period and who is told of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from exchange.errors import Fact
from exchange.names import nearest
from mappings.yaml_file import escape
from matters import terms
from matters.mistakes import Mistake
from matters.terms import Term

if TYPE_CHECKING:
    from matters.parts import Item

_ID = {"type": "string", "pattern": r"^[\p{L}\p{N}_.-]+$"}

SCHEMA: Mapping[str, Any] = {
    "title": "时限",
    "type": "object",
    "additionalProperties": False,
    "required": ["legal", "from", "article"],
    "properties": {
        "legal": {
            "title": "法定期限",
            "description": "1 month, 30 days (calendar); 15 working days",
            "type": "string",
            "pattern": terms.LEGAL,
        },
        "from": {
            "title": "起算日",
            "description": "document name in the case, then the pointer of a date in it",
            "type": "string",
            "pattern": r"^[\p{L}\p{N}_.-]+(/[^/]+)+$",
        },
        "article": {"title": "依据", "type": "string", "minLength": 1},
        "remind": {
            "title": "提醒",
            "description": "5 days before; 2 working days before",
            "type": "string",
            "pattern": terms.AHEAD,
        },
        "escalate_to": _ID
        | {"title": "责任人", "description": "Unit or operator of the site who is told."},
        "silence": {
            "title": "到期未答复",
            "description": "What follows of itself: nothing; or accepted, for an acceptance only.",
            "type": "string",
            "enum": ["nothing", "accepted"],
            "default": "nothing",
        },
        "silence_article": {"title": "视为受理的依据", "type": "string", "minLength": 1},
        "pauses_while": {
            "title": "不计入期限",
            "description": "Items during which the days do not count while they wait on a person.",
            "type": "array",
            "items": _ID,
            "uniqueItems": True,
        },
    },
}


def term(told: Mapping[str, Any]) -> Term:
    """What valid content says."""
    return Term(
        legal=terms.legal(told["legal"]),
        begins=told["from"],
        article=told["article"],
        remind=terms.ahead(told["remind"]) if "remind" in told else None,
        escalate_to=told.get("escalate_to", ""),
        silence=told.get("silence", "nothing"),
        silence_article=told.get("silence_article", ""),
        pauses_while=tuple(told.get("pauses_while", ())),
    )


def mistakes(items: Mapping[str, Item]) -> Iterator[Mistake]:
    """What the schema can't see: pauses by items that are none, and approval by silence."""
    for item in items.values():
        if item.term is not None:
            at = f"/items/{escape(item.name)}/within"
            yield from _pauses(item.term, item.name, items, at)
            yield from _silence(item.term, item, at)


def _pauses(told: Term, name: str, items: Mapping[str, Item], at: str) -> Iterator[Mistake]:
    others = [each for each in items if each != name]
    for place, pausing in enumerate(told.pauses_while):
        if pausing not in others:
            near = nearest(pausing, others)
            facts: dict[str, Fact] = {"item": name, "needs": pausing, "nearest": near}
            yield Mistake("matter.unknown-item", f"{at}/pauses_while/{place}", facts)


def _silence(told: Term, item: Item, at: str) -> Iterator[Mistake]:
    """By silence an application can count as accepted (行政许可法第三十二条), where an article
    says so; nothing that has an effect or gives a document ever comes about by it.
    """
    if told.silence != "accepted":
        return
    if item.irreversible or item.gives:
        yield Mistake("matter.silence", f"{at}/silence", {"item": item.name})
    elif not told.silence_article:
        yield Mistake("matter.silence-article", f"{at}/silence", {"item": item.name})
