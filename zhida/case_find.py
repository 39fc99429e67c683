"""From a number to its case: the business's own (as the window or a phone call has it), or the
effect key, by which a target's books and our reconciliation name it.

Business numbers are kept as keyed digests only, so they are found whole, and by who has the secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from exchange.errors import Fatal, ZhidaError
from exchange.store import alias_rows, delivery_rows
from exchange.store.engine import Connection
from exchange.vault import Vault
from zhida import case_references
from zhida.watch import Watch

SHORTEST = 8
"""Characters of an effect key that a person must write at least."""
_HEX = frozenset("0123456789abcdef")


def find(
    watch: Watch, numbers: Sequence[str], vault: Callable[[Watch], Vault] | None = None
) -> list[str]:
    """Ids of the cases: of the business that has these numbers (all that identify it, in the
    order of ``identity`` in the matter's file), or of the effect whose key begins so.

    ``Fatal case.not-found`` if there is none; its text tells whether the secret was at hand.
    """
    with watch.store.read() as connection:
        found = list(_by_effect(connection, numbers))
        tag = _tag(watch, vault)
        if tag is not None:
            found += _by_identity(watch, connection, numbers, tag)
    if not found:
        code = "case.not-found" if tag is not None else "case.no-secret"
        raise Fatal(code, count=len(numbers))
    return list(dict.fromkeys(found))


def of_effect(connection: Connection, effect: str) -> str:
    """The case in which this effect came about; empty if we do not know it."""
    row = delivery_rows.get_delivery(connection, effect)
    return row.case if row else ""


def _by_effect(connection: Connection, numbers: Sequence[str]) -> Iterator[str]:
    key = numbers[0].lower()
    if len(numbers) == 1 and len(key) >= SHORTEST and set(key) <= _HEX:
        yield from delivery_rows.cases_of_effects(connection, key)


Tag = Callable[..., str]


def _tag(watch: Watch, vault: Callable[[Watch], Vault] | None) -> Tag | None:
    try:
        return (vault or case_references.vault)(watch).tag
    except ZhidaError:
        return None


def _by_identity(
    watch: Watch, connection: Connection, numbers: Sequence[str], tag: Tag
) -> Iterator[str]:
    for matter in watch.site.matters.values():
        if len(matter.identity) == len(numbers):
            identity = tag("case", matter.name, *numbers)
            case = alias_rows.holder(connection, matter.name, identity)
            yield from [case] if case else []
