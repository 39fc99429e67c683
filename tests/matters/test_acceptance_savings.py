"""The figures come out of the two lists; not one of them stands in the program but the district's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matters import acceptance_file, acceptance_savings
from matters.acceptance_savings import PUBLISHED

BEFORE = acceptance_file.load(acceptance_file.BEFORE)
AFTER = acceptance_file.load(acceptance_file.SHIPPED)
SAVED = acceptance_savings.compare(BEFORE, AFTER)

ONCE = "建设单位由原来三次申报变为一次申报"
COMMON = "质量、人防、消防监管共性材料压缩17件，压缩比率超过25%"
FEWER = "减少2个环节事项、压缩46件过程性材料"
LISTS = "形成“竣工即验收(交付)”改革19项事项清单和98项材料清单"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("filings-before", 3, ONCE),
        ("filings", 1, ONCE),
        ("common-cut", 17, COMMON),
        ("process-cut", 46, FEWER),
        ("items-cut", 2, FEWER),
        ("items", 19, LISTS),
        ("materials", 98, LISTS),
    ],
)
def test_a_figure_is_the_published_one(name: str, value: int, sentence: str) -> None:
    (figure,) = (each for each in SAVED.figures if each.name == name)
    assert figure.value == value and figure.agrees is True
    assert figure.published is not None and figure.published.sentence == sentence


def test_the_share_is_more_than_a_quarter_of_what_three_filings_enclosed() -> None:
    assert (SAVED.value("submissions-before"), SAVED.value("submissions")) == (66, 49)
    assert SAVED.value("common-share") == 2575
    assert PUBLISHED["common-share"].agrees(2501) and not PUBLISHED["common-share"].agrees(2500)


def test_what_was_cut_is_named() -> None:
    assert sum(each.before - each.after for each in SAVED.common) == 17
    assert all(each.before > 1 and each.after == 1 for each in SAVED.common)
    assert len({each.material.name for each in SAVED.process}) == 46
    for gone in SAVED.process:
        assert gone.material.process and gone.dropped.why and gone.dropped.instead
    merged = {(old.name, new.name) for old, new in SAVED.merged}
    assert merged == {
        (name, "joint-survey") for name in ("planning-survey", "property-survey", "defence-survey")
    }
    assert SAVED.added == ()


def test_figures_say_how_much_of_them_is_inferred() -> None:
    told = {each.name: (each.entries, each.inferred) for each in SAVED.figures}
    assert told["filings-before"] == (3, 0) and told["stages"] == (5, 0)
    assert told["materials"] == (98, 98) and told["process-cut"] == (46, 46)
    real = {name: replace(each, source="公开：区公布") for name, each in AFTER.materials.items()}
    found = acceptance_savings.compare(BEFORE, replace(AFTER, materials=real)).figures
    (figure,) = (each for each in found if each.name == "materials")
    assert (figure.entries, figure.inferred) == (98, 0)


@given(st.sampled_from(sorted(BEFORE.filings["quality"].materials)))
def test_a_document_that_one_more_filing_asks_for_is_one_more_cut(name: str) -> None:
    fire = BEFORE.filings["fire"]
    again = replace(fire, materials=tuple({*fire.materials, name}))
    before = replace(BEFORE, filings={**BEFORE.filings, "fire": again})
    found = acceptance_savings.compare(before, AFTER)
    assert found.value("common-cut") == 17 + (name not in fire.materials)


@given(st.sets(st.sampled_from(sorted(AFTER.materials)), max_size=5))
def test_a_material_that_is_gone_without_a_word_is_not_a_saving(names: set[str]) -> None:
    left = {name: each for name, each in AFTER.materials.items() if name not in names}
    filings = {
        name: replace(each, materials=tuple(m for m in each.materials if m in left))
        for name, each in AFTER.filings.items()
    }
    found = acceptance_savings.compare(BEFORE, replace(AFTER, materials=left, filings=filings))
    assert found.value("process-cut") == 46
    assert found.value("materials") == 98 - len(names)
    assert found.value("common-cut") <= 17


def test_what_is_dropped_without_being_a_working_paper_is_not_counted_as_one() -> None:
    name = SAVED.process[0].material.name
    plain = replace(BEFORE.materials[name], process=False)
    before = replace(BEFORE, materials={**BEFORE.materials, name: plain})
    assert acceptance_savings.compare(before, AFTER).value("process-cut") == 45


def test_one_more_filing_or_item_changes_its_figure() -> None:
    more = {**AFTER.filings, "again": AFTER.filings["supervision"]}
    found = acceptance_savings.compare(BEFORE, replace(AFTER, filings=more))
    filings = {each.name: each for each in found.figures}["filings"]
    assert (filings.value, filings.agrees) == (2, False)
    items = {name: each for name, each in AFTER.items.items() if name != "line-check"}
    assert acceptance_savings.compare(BEFORE, replace(AFTER, items=items)).value("items-cut") == 3


def test_nothing_saved_is_nothing() -> None:
    found = acceptance_savings.compare(BEFORE, BEFORE)
    told = [
        found.value(name) for name in ("common-cut", "common-share", "process-cut", "items-cut")
    ]
    assert told == [0, 0, 0, 0]
