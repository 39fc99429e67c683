"""The key of an effect: one business event has one, for ever (design: one effect).

It is the HMAC of target system, operation, root identity and occurrence. No time window and no
random part: the same event from another source, or forty days late, has the same key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exchange import canonical, pointer
from exchange.errors import Invalid
from exchange.ports import Inputs, Operation

Tag = Callable[..., str]
"""``Vault.tag``: a keyed digest of texts."""


Roots = Mapping[tuple[str, str], str]
"""A field's pointer, and a number that was issued anew → the first number of the same thing."""


def identity(operation: Operation, inputs: Inputs, roots: Roots | None = None) -> tuple[str, ...]:
    """The values that name the thing, then those that tell its occurrences apart.

    A certificate that was issued instead of another names what the first one named (``roots``).
    ``Invalid`` names the paths that are absent, empty or no leaf: a thing without identity is
    never sent, for all such things would be one.
    """
    paths = operation.identity + operation.occurrence
    values = [_first(path, _at(inputs, path), roots or {}) for path in paths]
    missing = [path for path, value in zip(paths, values, strict=True) if not _names(value)]
    if missing or not paths:
        raise Invalid("effect.no-identity", operation=operation.name, path=", ".join(missing))
    return tuple(str(value) for value in values)


def _at(inputs: Inputs, path: str) -> object:
    name, _, rest = path.partition("/")
    return pointer.get(inputs.get(name, {}), f"/{rest}")


def _first(path: str, value: object, roots: Roots) -> object:
    return roots.get((f"/{path.partition('/')[2]}", str(value)), value)


def _names(value: object) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and bool(value.strip()))


def effect_key(
    tag: Tag, system: str, operation: Operation, inputs: Inputs, *, roots: Roots | None = None
) -> str:
    """32 hex digits, permanent."""
    return tag("effect", system, operation.name, *identity(operation, inputs, roots))


def correction_key(
    tag: Tag, operation: Operation, chain: str, *, version: str, content: str
) -> str:
    """The key of an amendment: one for each version and content of a chain. 32 hex digits.

    Told apart by what is said and as of when, not by the document's id: the same version read
    again has the same key. A thing is revoked once, whatever was said of it before.
    """
    occurrence = () if operation.revokes else (version, content)
    return tag("correction", operation.name, chain, *occurrence)


def content_digest(tag: Tag, inputs: Inputs) -> str:
    """Keyed digest of everything that is to be sent: tells the same content from another."""
    return tag("content", canonical.dumps({k: dict(v) for k, v in inputs.items()}).decode())
