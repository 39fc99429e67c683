"""What an item that waits is waiting for: another item of its case, or a document that has not come.

Where the document comes from another case (finance's batch, for the payment of one grant), the matter's
file says so in words that people know (``awaited``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from exchange.case import ENDED, GOOD, came_to, number_of, root_of
from mappings.field_words import FieldWords
from matters.matter import Item, Matter
from zhida import site_words
from zhida.site import Site


def of_item(
    told: Site, matter: Matter, row: str, states: Mapping[str, str], there: Collection[str]
) -> dict[str, Any]:
    """``items``: what of the case has to end before; ``documents``: what has to come; ``what``: both, in words.

    ``maybe``: only then is it seen whether the item is needed at all (of two ways to pay, one is taken).

    ``there``: the case's names of the documents that it has. Both empty for what does not wait.
    """
    item = matter.items[root_of(row)]
    if states[row] != "waiting" or number_of(row) or item.stands_for:
        return {"items": [], "documents": [], "what": [], "maybe": False}
    words, before = site_words.fields(told), _items(item, states)
    missing = [name for name in item.awaits if name not in there]
    what = [document(told, matter, name, words) for name in missing]
    titles = [matter.title_of(name) for name in before]
    told_all = {"items": before, "documents": missing, "what": [*titles, *what]}
    return told_all | {"maybe": item.lanes.skip_when is not None}


def _items(item: Item, states: Mapping[str, str]) -> list[str]:
    needed = [name for name in item.needs if came_to(name, states) not in GOOD]
    before = [name for name in item.after if came_to(name, states) not in ENDED]
    return list(dict.fromkeys([*needed, *before]))


def document(told: Site, matter: Matter, name: str, words: FieldWords) -> str:
    """A document that has not come: in the words of the matter's file, else by its kind, or whose it is."""
    sources = [each for each in matter.opens_on if each.gives == name]
    said = [each.awaited for each in sources if each.awaited]
    said += [words.kind(each.stream) for each in sources if each.is_own]
    units = site_words.units(told)
    said += [f"{units.get(each.unit, each.unit)}报来的材料" for each in sources]
    givers = [each.title for each in matter.items.values() if each.gives == name]
    return next(iter([*said, *givers]), name)
