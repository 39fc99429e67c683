"""Rules to the text of one Python function that a person can read.

Nothing of a file reaches the text except through ``repr`` of a checked str, int or bool, and
names made of ASCII letters, digits and a counter. Everything else (tables, patterns, limits) is
bound as an object in the function's globals.
"""

from __future__ import annotations

from typing import Any

from mappings import site_codes
from mappings.conditions import expression
from mappings.functions import join, split
from mappings.rules import Choice, Condition, MappingFile, Rule
from mappings.scope import Bound, Scope, segments, slug
from mappings.steps import described, text_step, value_step


def generate(file: MappingFile) -> tuple[str, dict[str, Any]]:
    """The source text, and the objects that it refers to. The function is ``apply``."""
    unit = Bound(file)
    unit.functions.append(_Function(unit, "").text("apply", file.rules))
    return "\n\n\n".join(reversed(unit.functions)) + "\n", unit.objects


class _Function(Scope):
    """One function being written, rule after rule."""

    def __init__(self, unit: Bound, member_of: str) -> None:
        super().__init__(unit, member_of)
        self.work: list[str] = []

    def text(self, name: str, rules: tuple[Rule, ...]) -> str:
        for rule in rules:
            self._rule(rule)
        signature = "(source, problems, at)" if self.member_of else "(source, problems)"
        body = [*self.fetch, "", *self.made(), "", *self.work, "", *self.attached(), "return out"]
        lines = [f"    {line}" if line else "" for line in body]
        return "\n".join([f"def {name}{signature}:", *lines])

    def _rule(self, rule: Rule) -> None:
        self.work.append(f"# line {rule.line}: {described(rule)}")
        lines = self._joined(rule) if rule.join else self._chosen(rule)
        if rule.when:
            self._block(f"if {self._test(rule.when, rule)}:", lines)
        else:
            self.work += lines

    def _test(self, test: Condition, rule: Rule) -> str:
        return expression(test, lambda path: self.value(path, rule.missing), self.is_wire)

    def _block(self, head: str, lines: list[str]) -> None:
        self.work.append(head)
        self.work += [f"    {line}" for line in lines]

    def _chosen(self, rule: Rule) -> list[str]:
        lines: list[str] = []
        word = "if"
        for choice in rule.choices:
            test, body = self._choice(rule, choice)
            if not test:
                return [*lines, *(_in_else(body) if lines else body)]
            lines += [f"{word} {test}:", *_indented(body)]
            word = "elif"
        return [*lines, *_in_else(self._absent(rule, rule.choices[0].path))]

    def _choice(self, rule: Rule, choice: Choice) -> tuple[str, list[str]]:
        """The test of one possible source ("" if it always applies), and what to do then."""
        test = self._test(choice.when, rule) if choice.when else ""
        if choice.const is not None:
            return test, [f"{self.place(rule.to)} = {choice.const!r}"]
        name = self.value(choice.path, rule.missing)
        body = self._assign(rule, name, choice.path)
        if not test:
            return f"{name} is not None", body
        absent = self._absent(rule, choice.path)
        return test, [f"if {name} is not None:", *_indented(body), *_in_else(absent)]

    def _absent(self, rule: Rule, path: str) -> list[str]:
        if rule.default is not None:
            return [f"{self.place(rule.to)} = {rule.default!r}"]
        if not rule.required:
            return []
        where = self.path(path) if path else self.path(rule.to)
        return [f"problems.append(missing({where}, {self._label(rule)}))"]

    def _joined(self, rule: Rule) -> list[str]:
        names = [self.value(path, rule.missing) for path in rule.join]
        lines: list[str] = []
        if rule.required:
            for name, path in zip(names, rule.join, strict=True):
                lines += [f"if {name} is None:", *_indented(self._absent(rule, path))]
        test = " and " if rule.required else " or "
        lines.append(f"if {test.join(f'{name} is not None' for name in names)}:")
        lines += _indented(self._assign(rule, f"[{', '.join(names)}]", rule.join[0]))
        if rule.default is not None:
            lines += _in_else(self._absent(rule, ""))
        return lines

    def _assign(self, rule: Rule, value: str, path: str) -> list[str]:
        return [
            "try:",
            f"    {self.place(rule.to)} = {self._expression(rule, value, path)}",
            "except Fault as fault:",
            f"    problems.append(fault.at({self.path(path)}, {self._label(rule)}, {value}))",
        ]

    def _label(self, rule: Rule) -> str:
        return repr(f"{self.unit.file.name}:{rule.line}")

    def _expression(self, rule: Rule, value: str, path: str) -> str:
        if rule.each:
            self.unit.lists += 1
            name = f"each_{self.unit.lists}_{slug(segments(path)[-1])}"
            inner_function = _Function(self.unit, self.member_of or path)
            self.unit.functions.append(inner_function.text(name, rule.each))
            inner = f"{self.path(path + '/')} + str(index)"
            return f"[{name}(item, problems, {inner}) for index, item in items({value})]"
        if rule.join:
            value = f"{self.unit.bind('join', join(rule.separator))}({value})"
        if rule.split:
            part = self._converted(rule, "part")
            return f"[{part} for part in {self.unit.bind('split', split(rule.split))}({value})]"
        return self._converted(rule, value)

    def _converted(self, rule: Rule, value: str) -> str:
        lists = site_codes.of(self.unit.file.shapes.site)
        step, text = value_step(rule, lists), text_step(rule)
        if step is not None:
            extra = rule.step.options.get("as_of") if rule.step else None
            more = f", {self.value(extra, rule.missing)}" if extra else ""
            value = (
                f"{self.unit.bind(rule.step.kind if rule.step else 'step', step)}({value}{more})"
            )
        elif not rule.join and not rule.split:
            value = f"{value} if {value}.__class__ is str else leaf({value})"
        return f"{self.unit.bind('text', text)}({value})" if text else value


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _in_else(lines: list[str]) -> list[str]:
    return ["else:", *_indented(lines)] if lines else []
