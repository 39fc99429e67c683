"""The ``when`` of a rule: from the file's words to a Python expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mappings.rules import Condition


def condition(said: Mapping[str, Any]) -> Condition:
    """A ``when`` of the file as a ``Condition``.

    >>> condition({"equal": {"/a": "0"}})
    Condition(op='in', paths=('/a',), literals=('0',), parts=())
    """
    [(op, about)] = said.items()
    if op in ("present", "absent", "same"):
        return Condition(op, (about,) if isinstance(about, str) else tuple(about))
    if op == "not":
        return Condition("not", parts=(condition(about),))
    if op in ("all", "any"):
        return Condition(op, parts=tuple(condition(part) for part in about))
    parts = tuple(
        Condition("in", (path,), tuple(value) if op == "in" else (value,))
        for path, value in about.items()
    )
    return parts[0] if len(parts) == 1 else Condition("all", parts=parts)


def expression(
    test: Condition, value_of: Callable[[str], str], is_wire: Callable[[str], bool]
) -> str:
    """The condition as Python. ``value_of`` gives the variable that holds a source field.

    Codes of a wire are compared as text, because peers send ``0`` and ``"0"`` for the same.

    >>> expression(condition({"absent": "/a"}), lambda path: "v1", lambda path: False)
    '((v1 is None or v1 == {}))'
    """
    if test.parts:
        return _COMBINED[test.op]([expression(part, value_of, is_wire) for part in test.parts])
    names = [value_of(path) for path in test.paths]
    if test.op == "in":
        value = f"as_text({names[0]})" if is_wire(test.paths[0]) else names[0]
        return " or ".join(f"{value} == {literal!r}" for literal in test.literals).join("()")
    if test.op == "same":
        return f"({names[0]} is not None and {' == '.join(names)})"
    if test.op == "present":
        return " and ".join(f"{name} is not None and {name} != {{}}" for name in names).join("()")
    return " and ".join(f"({name} is None or {name} == {{}})" for name in names).join("()")


_COMBINED: Mapping[str, Callable[[list[str]], str]] = {
    "all": lambda parts: " and ".join(parts).join("()"),
    "any": lambda parts: " or ".join(parts).join("()"),
    "not": lambda parts: f"(not {parts[0]})",
}
