"""What would lower the standard unseen is told, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Invalid
from exchange.problems import describe
from mappings.yaml_file import read_yaml
from matters import acceptance_file, acceptance_mistakes
from matters.acceptance_file import SHIPPED

TEXT = SHIPPED.read_text("utf-8")
DATA = read_yaml(TEXT).data


def read(tmp_path: Path, text: str) -> list[str]:
    """Codes, with the text of their lines, and what is told."""
    file = tmp_path / "after.yaml"
    file.write_text(text, "utf-8")
    try:
        acceptance_file.load(file)
    except Invalid as error:
        lines = text.splitlines()
        return [
            f"{p.code} | {lines[int(str(p.facts['line'])) - 1].strip()} | {describe(p.code, p.facts)[0]}"
            for p in error.problems
        ]
    return []


def entry(name: str) -> tuple[str, str]:
    """The list in which an entry stands, and its lines as they are in the file."""
    lines = TEXT.splitlines(keepends=True)
    start = lines.index(f"  {name}:\n")
    end = next(n for n in range(start + 1, len(lines)) if not lines[n].startswith("    "))
    head = next(n for n in range(start, -1, -1) if lines[n][0] not in " #")
    return lines[head].rstrip(":\n"), "".join(lines[start:end])


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "place"),
    [
        ("line-check", "by: planning", "by: planing", "unknown-role", "by"),
        ("fire-inspection", "[fire]", "[fires]", "unknown-role", "on_behalf_of"),
        ("line-check", "stage: foundation", "stage: foundatoin", "unknown-stage", "stage"),
        ("structure-supervision", "[foundation-supervision]", "[foundatoin-supervision]", "unknown-item", "needs"),
        ("pile-test", "[foundation-supervision, ", "[foundation-supervisoin, ", "unknown-item", "consumers"),
        ("piles", "[pile-test]", "[pile-tests]", "unknown-material", "evidence"),
        ("piles", "[foundation]", "[foundations]", "unknown-part", "parts"),
        ("piles", "    evidence: [pile-test]\n", "", "no-evidence", "piles"),
        ("walls", "    evidence: [wall-pull-test]\n", "    on_site: true\n", "unused", "wall-pull-test"),
        ("piles", "[foundation-supervision]", "[structure-supervision]", "unseen", "evidence"),
        ("piles", "[foundation-supervision]", "[foundation-supervision, fire-acceptance]", "blind", "items"),
        ("piles", "[foundation-supervision]", "[foundation-supervision, fire-acceptance]", "part", "parts"),
        ("pile-test", "archives-acceptance", "archives-acceptance, fire-acceptance", "idle-consumer", "consumers"),
        ("pile-test", "stage: foundation", "stage: structure", "too-late", "stage"),
        ("fibre", "[telecom-connection]", "[power-connection]", "no-check", "items/telecom-connection"),
        ("line-check", "    kind:", "    needs: [fire-acceptance]\n    kind:", "later", "needs"),
        ("line-check", "    kind:", "    needs: [foundation-supervision]\n    kind:", "circle", "foundation-supervision"),
        ("fire-acceptance", "    kind:", "    silence: {means: no-objection, article: 示例}\n    kind:", "silence", "silence"),
        ("quality-supervision", "    kind:", "    silence: {means: no-objection, article: 示例}\n    kind:", "silence", "silence"),
        ("fire-inspection", "[fire]", "[planning]", "no-delegation", "on_behalf_of"),
        ("line-check", "by: planning", "by: owner", "no-unit", "by"),
        ("gas-connection", "/project/gas", "/building/gas", "path", "gas-connection"),
        ("fire-acceptance", "of: /project/floors", "of: /floors", "path", "fire-acceptance"),
        ("gas-connection", "{not: {equal: {/project/gas: false}}}", "{equal: {/project/gas: true}}", "unknown-is-no", "when"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_entry_is_told_at_its_place(
    name: str, old: str, new: str, *, code: str, place: str
) -> None:
    part, lines = entry(name)
    assert lines.count(old) == 1
    told = DATA | {part: DATA[part] | read_yaml(lines.replace(old, new)).data}
    found = [(each.code, each.at) for each in acceptance_mistakes.find(told)]
    assert any(c == f"acceptance.{code}" and at.endswith(f"/{place}") for c, at in found), found


def test_a_misspelt_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    (told,) = read(tmp_path, TEXT.replace("evidence: [pile-test]", "evidence: [pile-tset]"))
    assert "没有材料 pile-tset，可用：pile-test" in told


def test_the_shipped_ones_have_none(tmp_path: Path) -> None:
    assert read(tmp_path, TEXT) == []
    assert read(tmp_path, acceptance_file.BEFORE.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("items: 19", "items: 20", "count", "items:"),
        ("of: fire, to: station", "of: fire, to: statoin", "unknown-role", "- {of: fire"),
        ("whole:\n  stage: joint\n", "whole:\n  stage: jiont\n", "unknown-stage", "stage: jiont"),
        ("instead: [survey-property]", "instead: [survey-propertys]", "unknown-material", "property-survey-sketch"),
        ("planning-survey: joint-survey", "planning-survey: joint-surveys", "unknown-item", "merged"),
        ("  filing-cover: {", "  filing-form: {", "still-there", "filing-form"),
        ("merged: {", "merged: {line-check: joint-survey, ", "still-there", "merged"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, *, code: str, line: str
) -> None:
    assert TEXT.count(old) == 1
    found = read(tmp_path, TEXT.replace(old, new))
    assert any(each.startswith(f"acceptance.{code} | {line}") for each in found), found
