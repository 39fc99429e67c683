"""What the format's schema cannot say of a mapping file: names, fields, and what goes together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from exchange.errors import Fatal, Invalid
from exchange.names import nearest
from mappings import dates, numbers, site_codes, undecided, unmapped
from mappings.encoding import encode
from mappings.fields import is_known, source_fields
from mappings.formats import is_civil_date
from mappings.identifiers import catalogue
from mappings.plain_text import is_plain
from mappings.rule_paths import misfit_literals, paths
from mappings.shapes import Shapes
from mappings.site_codes import Lists
from mappings.yaml_file import YamlFile, escape

_SOURCES = ("from", "first", "choose", "const", "join")
_STEPS = ("code", "crosswalk", "values", "identifier", "date", "number", "each")
_UNITS = tuple(numbers.UNITS)


def check_content(found: YamlFile, shapes: Shapes) -> None:
    """Note every problem of a well-formed file in ``found``; ``shapes`` are the known kinds."""
    data = found.data
    if not is_plain(data["mapping"]) or not is_plain(data["title"]):
        found.add("mapping.bad-key-value", "/mapping", key="mapping", rule="plain-text")
    if "valid_from" in data and not is_civil_date(data["valid_from"]):
        found.add("mapping.bad-key-value", "/valid_from", key="valid_from", rule="date")
    undecided.note(found)
    inputs = data["from"] if isinstance(data["from"], dict) else {"": data["from"]}
    for name, side in inputs.items():
        if isinstance(side, str):
            _kind(found, f"/from/{name}" if name else "/from", side, shapes)
    if data["to"] != "wire":
        _kind(found, "/to", data["to"], shapes)
    _tests(found, inputs)
    if not found.problems:
        targets = {} if data["to"] == "wire" else shapes.find(data["to"]).leaves
        lists = site_codes.of(shapes.site)
        _Fields(found, source_fields(inputs, shapes), targets, lists).check()


def _tests(found: YamlFile, inputs: Mapping[str, Any]) -> None:
    """The inputs that the file's own tests give: a misspelt one would pass for an absent one."""
    for i, test in enumerate(found.data.get("tests", ())):
        for name in test["source"] if "" not in inputs else ():
            _known(found, f"/tests/{i}/source/{escape(name)}", name, inputs)


def _kind(found: YamlFile, at: str, kind: str, shapes: Shapes) -> None:
    """A kind that is known, and whose own file is right: its mistakes are told with that file."""
    before = len(found.problems)
    _known(found, at, kind, (*shapes.kinds(), *(["wire"] if at == "/to" else [])))
    if len(found.problems) == before:
        try:
            shapes.find(kind)
        except Fatal as error:
            found.add("mapping.unusable-kind", at, name=kind[:60], reason=error.code)


def _known(found: YamlFile, at: str, name: str, known: Iterable[str]) -> None:
    listed = list(known)
    if name not in listed:
        near = nearest(name, listed)
        found.add("mapping.unknown-name", at, name=name[:60], nearest=near)


class _Fields:
    """One walk over the rules of a file; only that walk's state lives here."""

    def __init__(
        self,
        found: YamlFile,
        fields: Mapping[str, str],
        targets: Mapping[str, str],
        lists: Lists,
    ) -> None:
        self.found = found
        self.fields = fields
        self.targets = targets
        self.lists = lists

    def check(self) -> None:
        self._rules("/fields", self.found.data["fields"], "", "")
        for i, entry in enumerate(self.found.data.get("ignore", ())):
            for path in entry["fields"]:
                self._source(f"/ignore/{i}/fields", path)

    def _rules(self, at: str, rules: list[Any], source: str, target: str) -> None:
        seen: list[str] = []
        for i, rule in enumerate(rules):
            place = f"{at}/{i}"
            if any(_overlap(rule["to"], other) for other in seen):
                self.found.add("mapping.target-twice", place, to=rule["to"][:80])
            seen.append(rule["to"])
            self._rule(place, rule, source, target)

    def _rule(self, at: str, rule: Mapping[str, Any], source: str, target: str) -> None:
        if sum(key in rule for key in _SOURCES) != 1:
            self.found.add("mapping.one-source", at, keys=", ".join(_SOURCES))
        if sum(key in rule for key in _STEPS) > 1 or ("each" in rule and "from" not in rule):
            self.found.add("mapping.one-step", at, keys=", ".join(_STEPS))
        if self.targets and "each" not in rule:
            self._target(at, target + rule["to"])
        for place, path in paths(rule):
            self._source(at + place, source + path)
        for place, literal in misfit_literals(rule, self.fields, source):
            self.found.add("mapping.quote-it", at + place, text=str(literal)[:40])
        self._step(at, rule)
        for code, facts in unmapped.flaws(rule, self.targets.get(target + rule["to"], "")):
            self.found.add(code, f"{at}/unmapped", **facts)
        self._constants(at, rule)
        if "each" in rule and "from" in rule:
            inner = f"{source}{rule['from']}/*", f"{target}{rule['to']}/*"
            self._rules(f"{at}/each", rule["each"], *inner)

    def _target(self, at: str, path: str) -> None:
        # An object whose members are free (``/items`` of a matter's result) takes any name.
        if path not in self.targets and path.rpartition("/")[0] not in self.targets:
            _known(self.found, at, path, self.targets)

    def _source(self, at: str, path: str) -> None:
        if not is_known(path, self.fields):
            _known(self.found, at, path, self.fields)

    def _step(self, at: str, rule: Mapping[str, Any]) -> None:
        if "code" in rule:
            said = rule["code"]
            scheme = said if isinstance(said, str) else said["scheme"]
            self._list(f"{at}/code", scheme, self.lists.names(), self.lists.scheme)
        if "crosswalk" in rule:
            name, walks = rule["crosswalk"], self.lists.walks()
            self._list(f"{at}/crosswalk", name, walks, self.lists.crosswalk)
        if "identifier" in rule:
            _known(self.found, f"{at}/identifier", rule["identifier"], catalogue.NAMES)
        if "date" in rule:
            self._date(f"{at}/date", rule["date"])
        if "number" in rule:
            self._number(f"{at}/number", rule["number"])

    def _list(
        self, at: str, name: str, known: Iterable[str], find: Callable[[str], object]
    ) -> None:
        """A list that is known, and whose own file is right: its mistakes are told with that file."""
        before = len(self.found.problems)
        _known(self.found, at, name, known)
        if len(self.found.problems) == before:
            try:
                find(name)
            except Fatal as error:
                self.found.add("mapping.unusable-list", at, name=name[:60], reason=error.code)

    def _date(self, at: str, said: Mapping[str, Any]) -> None:
        sources = [said["from"]] if isinstance(said["from"], str) else said["from"]
        for pattern in (*sources, said["to"]):
            if not dates.is_pattern(pattern):
                self.found.add("mapping.bad-pattern", at, text=pattern[:40])
        if not any(dates.tokens(said["to"]) <= dates.tokens(pattern) for pattern in sources):
            self.found.add("mapping.bad-pattern", at, text=said["to"][:40])

    def _number(self, at: str, said: Mapping[str, Any]) -> None:
        source, target = said.get("from", ""), said.get("to", "")
        for unit in (source, target):
            _known(self.found, at, unit, _UNITS)
        if {source, target} <= set(_UNITS):
            if numbers.UNITS[source][0] != numbers.UNITS[target][0]:
                self.found.add("mapping.units-differ", at, source=source, target=target)
            elif (target == "wk+d" or "decimals" in said) and said.get("as") != "text":
                self.found.add("mapping.bad-key-value", at, key="as", rule="text")

    def _constants(self, at: str, rule: Mapping[str, Any]) -> None:
        """Constants must fit the wire like every other text, and say so when the file is read."""
        limits = {**self.found.data.get("text", {}), **rule.get("text", {})}
        for text in _constant_texts(rule):
            try:
                encode(text, limits.get("encoding", "utf-8"))
            except Invalid as error:
                self.found.add(error.code, at, **error.facts)
            if not is_plain(text):
                self.found.add("mapping.bad-key-value", at, key="const", rule="plain-text")


def _overlap(one: str, other: str) -> bool:
    return one == other or one.startswith(other + "/") or other.startswith(one + "/")


def _constant_texts(rule: Mapping[str, Any]) -> Iterator[str]:
    given = [rule.get("const"), rule.get("default"), *rule.get("values", {}).values()]
    given += [part.get("const") for part in rule.get("choose", ())]
    made = unmapped.of(rule)
    given += [made.value] if made else []
    return (text for text in given if isinstance(text, str))
