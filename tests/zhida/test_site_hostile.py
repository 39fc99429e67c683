"""Whatever stands in a site's file: it is read, or refused as one of ours; never a defect."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.errors import Invalid
from exchange.problems import describe
from matters import file_text, files
from zhida import editor_schemas
from zhida.site_schemas import AGREEMENT

SCHEMAS = {kind: editor_schemas.schema(kind) for kind in ("site", "system", "agreement", "matter")}
LINES = st.lists(
    st.sampled_from(
        [
            "agreement: a", "fields: [/a]", "fields:", "  - /a", "\t- /b", "basis：x", "basis: “x”",
            "valid_from: 46023", "valid_until: 2026-01-01", "purpose: 3.2E+17", "options: {a: [}",
            "? a", ": b", "&x a: *x", "!!python/x y", "a: |", "  多行", "...", "---", "%TAG x", "{", "]",
            "system: 01", "<<: {a: 1}", "a: 'x”", "unit: ｛｝", "title: cafe\u0301", "\x07", "\u2028",
        ]
    ),
    max_size=8,
)  # fmt: skip


def told(text: str, kind: str) -> None:
    try:
        files.parse(text, SCHEMAS[kind], name="x.yaml")
    except Invalid as error:
        for problem in error.problems:
            what, remedy = describe(problem.code, problem.facts)
            assert what != problem.code
            assert remedy
            assert "?" not in what.replace("？", ""), (problem, what)


@settings(max_examples=300)
@given(LINES, st.sampled_from(sorted(SCHEMAS)), st.sampled_from(["\n", "\r\n"]))
def test_lines_that_people_write(lines: list[str], kind: str, end: str) -> None:
    told(end.join(lines), kind)


@settings(max_examples=300)
@given(st.text(max_size=60), st.sampled_from(sorted(SCHEMAS)))
def test_any_text(text: str, kind: str) -> None:
    told(text, kind)


@given(st.binary(max_size=60))
def test_any_bytes(data: bytes) -> None:
    try:
        file_text.decode(data, "x.yaml")
    except Invalid as error:
        assert error.code in ("file.utf16", "file.not-utf8")


@pytest.mark.parametrize("depth", [100, 5000])
def test_a_nest(depth: int) -> None:
    with pytest.raises(Invalid):
        files.parse("[" * depth, AGREEMENT, name="x.yaml")
