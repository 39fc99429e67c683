"""What would lower the standard unseen is told, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Invalid
from exchange.problems import describe
from matters import acceptance_file
from matters.acceptance_file import SHIPPED

TEXT = SHIPPED.read_text("utf-8")


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


def entry(name: str) -> str:
    """The lines of one entry, as they stand in the file."""
    lines = TEXT.splitlines(keepends=True)
    start = lines.index(f"  {name}:\n")
    end = next(n for n in range(start + 1, len(lines)) if not lines[n].startswith("    "))
    return "".join(lines[start:end])


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "line"),
    [
        ("", "items: 19", "items: 20", "count", "items:"),
        ("line-check", "by: planning", "by: planing", "unknown-role", "by: planing"),
        ("fire-inspection", "[fire]", "[fires]", "unknown-role", "on_behalf_of"),
        ("", "of: fire, to: station", "of: fire, to: statoin", "unknown-role", "- {of: fire"),
        ("line-check", "stage: foundation", "stage: foundatoin", "unknown-stage", "stage"),
        ("structure-supervision", "[foundation-supervision]", "[foundatoin-supervision]", "unknown-item", "needs"),
        ("pile-test", "[foundation-supervision, ", "[foundation-supervisoin, ", "unknown-item", "consumers"),
        ("piles", "[pile-test]", "[pile-tests]", "unknown-material", "evidence"),
        ("piles", "[foundation]", "[foundations]", "unknown-part", "parts"),
        ("", "instead: [survey-property]", "instead: [survey-propertys]", "unknown-material", "property-survey-sketch"),
        ("", "planning-survey: joint-survey", "planning-survey: joint-surveys", "unknown-item", "merged"),
        ("", "  filing-cover: {", "  filing-form: {", "still-there", "filing-form"),
        ("", "merged: {", "merged: {line-check: joint-survey, ", "still-there", "merged"),
        ("piles", "    evidence: [pile-test]\n", "", "no-evidence", "piles"),
        ("walls", "    evidence: [wall-pull-test]\n", "    on_site: true\n", "unused", "wall-pull-test"),
        ("piles", "[foundation-supervision]", "[structure-supervision]", "unseen", "evidence"),
        ("piles", "[foundation-supervision]", "[foundation-supervision, fire-acceptance]", "blind", "items"),
        ("piles", "[foundation-supervision]", "[foundation-supervision, fire-acceptance]", "part", "parts"),
        ("pile-test", "archives-acceptance", "archives-acceptance, fire-acceptance", "idle-consumer", "consumers"),
        ("pile-test", "stage: foundation", "stage: structure", "too-late", "stage"),
        ("fibre", "[telecom-connection]", "[power-connection]", "no-check", "telecom-connection"),
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
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, name: str, old: str, new: str, *, code: str, line: str
) -> None:
    part = entry(name) if name else TEXT
    assert part.count(old) == 1
    found = read(tmp_path, TEXT.replace(part, part.replace(old, new)))
    assert any(each.startswith(f"acceptance.{code} | {line}") for each in found), found


def test_a_misspelt_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    (told,) = read(tmp_path, TEXT.replace("evidence: [pile-test]", "evidence: [pile-tset]"))
    assert "没有材料 pile-tset，可用：pile-test" in told


def test_the_shipped_ones_have_none(tmp_path: Path) -> None:
    assert read(tmp_path, TEXT) == []
    assert read(tmp_path, acceptance_file.BEFORE.read_text("utf-8")) == []
