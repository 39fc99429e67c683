"""The conversion of a rule as a function, and as words for the comment above it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mappings import dates, functions, numbers
from mappings.identifiers.catalogue import validator
from mappings.rules import Rule, Step
from mappings.site_codes import SHIPPED, Lists
from mappings.text_check import text_check
from mappings.unmapped import instead

Converter = Callable[..., Any]


def value_step(rule: Rule, lists: Lists = SHIPPED) -> Converter | None:
    """The function that converts one value, or None for a plain copy.

    ``lists``: the code lists and crosswalks that the file may name.
    """
    if rule.step is None:
        return None
    made = _MAKERS[rule.step.kind](rule.step, lists)
    return instead(made, rule.unmapped) if rule.unmapped else made


def text_step(rule: Rule) -> Converter | None:
    """The function that checks text against its target's limits, or None."""
    if not rule.text or (
        _is_safe(rule) and not rule.text.keys() & {"max_bytes", "max_chars", "max_utf16"}
    ):
        return None
    return text_check(**rule.text)


def _is_safe(rule: Rule) -> bool:
    """True for a step that gives plain ASCII, or texts that were checked with the file."""
    step = rule.step
    is_kept = rule.unmapped is not None and rule.unmapped.value is None
    if step is None or is_kept or step.options.get("give") == "name":
        return False
    return step.kind != "date" or step.options["to"].isascii()


def described(rule: Rule) -> str:
    """One line: from, to, how. Texts of the file appear as ``ascii`` literals only.

    >>> described(Rule(3, "/xb", join=("/a", "/b")))
    "'/a', '/b' -> '/xb'"
    """
    sources = rule.join or [choice.path or choice.const for choice in rule.choices]
    how = f" ({rule.step.kind} {_words(rule.step)})" if rule.step else ""
    shown = ", ".join(ascii(source) for source in sources)
    return f"{shown} -> {rule.to!a}{how}"


def _words(step: Step) -> str:
    return ascii(step.options.get("scheme") or dict(step.options))


def _code(step: Step, lists: Lists) -> Converter:
    known = lists.scheme(step.options["scheme"])
    give = step.options.get("give", "code")
    if "as_of" in step.options:
        return functions.code_on(known, give)
    return functions.code_table(known, give).of


def _crosswalk(step: Step, lists: Lists) -> Converter:
    return functions.crosswalk_table(lists.crosswalk(step.options["scheme"])).of


def _values(step: Step, _: Lists) -> Converter:
    return functions.value_table(step.options["pairs"]).of


def _identifier(step: Step, _: Lists) -> Converter:
    return functions.identifier(validator(step.options["scheme"]))


def _date(step: Step, _: Lists) -> Converter:
    return dates.converter(step.options["from"], step.options["to"])


def _number(step: Step, _: Lists) -> Converter:
    said = step.options
    return numbers.converter(
        said.get("from", ""),
        said.get("to", ""),
        as_text=said.get("as") == "text",
        decimals=said.get("decimals"),
    )


_MAKERS: dict[str, Callable[[Step, Lists], Converter]] = {
    "code": _code,
    "crosswalk": _crosswalk,
    "values": _values,
    "identifier": _identifier,
    "date": _date,
    "number": _number,
}
