"""A rule of a mapping in words, Chinese or English: for the people whose fields these are.

The phrases are data (``words.csv``). Nothing is left out: two rules of the same words do the same.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from mappings.rules import Choice, Condition, MappingFile, Rule, Step
from mappings.unmapped import Unmapped


@dataclass(frozen=True, slots=True)
class Told:
    """One rule. ``to`` is whole, also within a list (``/items/*/no``)."""

    line: int
    to: str
    source: str
    how: str
    when: str
    unstated: str


def told(file: MappingFile, language: str = "zh", *, whole: bool = False) -> tuple[Told, ...]:
    """All rules of a file in its order, those of a list's members after the list.

    ``whole``: each rule also says what the file says for all of them (``for_all``).
    """
    words = Words(language) if whole else Words(language, file.content)
    return tuple(_told(file.rules, words, "", ""))


def for_all(file: MappingFile, language: str = "zh") -> str:
    """What holds for every rule of the file that says nothing else; empty if nothing."""
    words = Words(language)
    parts = [*words.limits(file.content.get("text", {}))]
    parts += [words.markers(file.content["missing"])] if "missing" in file.content else []
    return words.say("semicolon").join(parts)


def _told(rules: Iterable[Rule], words: Words, target: str, source: str) -> Iterator[Told]:
    for rule in rules:
        to = target + rule.to
        when = words.condition(rule.when, source) if rule.when else ""
        parts = words.source(rule, source), words.how(rule, source), when
        yield Told(rule.line, to, *parts, words.unstated(rule))
        if rule.each:
            yield from _told(rule.each, words, f"{to}/*", f"{source}{rule.choices[0].path}/*")


@cache
def _phrases() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("mappings").joinpath("words.csv").read_text("utf-8")
    return {row["key"]: row for row in csv.DictReader(text.splitlines())}


class Words:
    """The phrases of one language. ``known``: the file, what it says for all rules is left out."""

    def __init__(self, language: str, known: Mapping[str, Any] | None = None) -> None:
        self.language = language
        self._limits: Mapping[str, Any] = (known or {}).get("text", {})
        self._markers = ("",) if known is None else tuple(known.get("missing", ("",)))

    def say(self, key: str, /, **facts: Any) -> str:
        """One phrase with its facts.

        >>> Words("en").say("const", value="390")
        'always 390'
        """
        return _phrases()[key][self.language].format_map(facts)

    def listed(self, each: Iterable[Any]) -> str:
        """Several things, one after the other."""
        return self.say("comma").join(map(_shown, each))

    def source(self, rule: Rule, above: str) -> str:
        """Where the value comes from; ``above``: the list whose member the rule is about."""
        if rule.join:
            paths = self.listed(above + path for path in rule.join)
            return self.say("join", paths=paths, **{"with": rule.separator})
        if len(rule.choices) == 1 and rule.choices[0].when is None:
            return self._what(rule.choices[0], above)
        if all(choice.path and choice.when is None for choice in rule.choices):
            return self.say("first", paths=self.listed(above + c.path for c in rule.choices))
        return self.say("semicolon").join(self._choice(choice, above) for choice in rule.choices)

    def _what(self, choice: Choice, above: str) -> str:
        if choice.const is not None:
            return self.say("const", value=_shown(choice.const))
        return above + choice.path

    def _choice(self, choice: Choice, above: str) -> str:
        what = self._what(choice, above)
        if choice.when is not None:
            return self.say("choice", when=self.condition(choice.when, above), what=what)
        return self.say("stated" if choice.path else "otherwise", what=what)

    def condition(self, test: Condition, above: str) -> str:
        """A ``when``."""
        paths = self.listed(above + path for path in test.paths)
        if test.op == "in":
            return self.say("in", path=paths, values=self.listed(test.literals))
        parts = [self.condition(part, above) for part in test.parts]
        if test.op in ("all", "any"):
            return self.say(test.op).join(f"({part})" for part in parts)
        return self.say(test.op, paths=paths, parts="".join(parts))

    def how(self, rule: Rule, above: str) -> str:
        """What is done with the value."""
        done = [*self._step(rule.step, above)] if rule.step else []
        done += [self._instead(rule.unmapped)] if rule.unmapped else []
        done += [self.say("each")] if rule.each else []
        done += [self.say("split", **{"with": rule.split})] if rule.split else []
        text = rule.text or {}
        own = {key: text[key] for key in text if text[key] != self._limits.get(key)}
        return self.say("semicolon").join([*done, *self.limits(own)])

    def _instead(self, unmapped: Unmapped) -> str:
        key = "keep" if unmapped.value is None else "fixed"
        return self.say(key, value=_shown(unmapped.value), reason=unmapped.reason)

    def limits(self, limits: Mapping[str, Any]) -> Iterator[str]:
        """What a text of the target may be."""
        yield from (self.say(key, value=value) for key, value in limits.items() if value)

    def _step(self, step: Step, above: str) -> Iterator[str]:
        said = step.options
        if step.kind == "values":
            pairs = (f"{_shown(key)} → {_shown(value)}" for key, value in said["pairs"].items())
            yield self.say("values", pairs=self.say("comma").join(pairs))
        elif step.kind == "date":
            yield self.say("date", **{"from": " | ".join(said["from"])}, to=said["to"])
        elif step.kind == "number":
            yield from self._number(said)
        else:
            is_name = said.get("give") == "name"
            yield self.say("name" if is_name else step.kind, scheme=said["scheme"])
            if "as_of" in said:
                yield self.say("as_of", path=above + said["as_of"])

    def _number(self, said: Mapping[str, Any]) -> Iterator[str]:
        if "from" in said or "to" in said:
            yield self.say("number", **{"from": said.get("from", "1")}, to=said.get("to", "1"))
        else:
            yield self.say("plain-number")
        if said.get("as") == "text":
            yield self.say("as-text")
        if "decimals" in said:
            yield self.say("decimals", count=said["decimals"])

    def unstated(self, rule: Rule) -> str:
        """What happens where the source states nothing."""
        if rule.default is not None:
            first = self.say("default", value=_shown(rule.default))
        else:
            first = self.say("required" if rule.required else "optional")
        if rule.missing == self._markers:
            return first
        return self.say("semicolon").join([first, self.markers(rule.missing)])

    def markers(self, texts: Sequence[str]) -> str:
        """Which texts of the source mean that nothing was stated."""
        if not texts:
            return self.say("no-markers")
        return self.say("markers", values=self.listed(texts))


def _shown(value: Any) -> str:
    """A value of the file; a text in quotes where it could not be told from nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    is_blank = isinstance(value, str) and (not value or value != value.strip())
    return f'"{value}"' if is_blank else str(value)
