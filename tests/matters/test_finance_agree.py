"""Order finance reckoned twice: what the file and the code say, and what the page says in words.

And what must hold of any facts: whoever knows more is never told better of what has failed already.
"""

from __future__ import annotations

import copy
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from matters import finance_checks, working_days
from matters.finance_case import Case, Known, Paper
from matters.finance_parts import STAGES, Check
from tests.matters import finance_prose
from tests.matters.finances import (
    BANK,
    BUYER,
    CHECKLIST,
    DIGITAL,
    OLD,
    RIGHT,
    SELLER,
    TODAY,
    case,
    firm,
    listed,
    put,
    removed,
)

FLAGS = {
    f"/{name}/{field}"
    for name, record in RIGHT.items()
    for field, value in record.items()
    if isinstance(value, bool)
}
USCC = [SELLER, BUYER, BANK, None]
FEN = [0, 1, 49_999_999, 50_000_000, 50_000_001, 80_000_000, 80_000_001, 100_000_000, 100_000_001,
       300_000_000, 300_000_001, 500_000_000, None]  # fmt: skip
DAYS = ["2026-11-29", "2026-11-30", "2026-12-01", None]
ASKED_ON = [(TODAY - timedelta(n)).isoformat() for n in (0, 30, 31, 33)] + [None]
"""Thirty days after the third is a Sunday, so its last day is today."""
DOMAINS: dict[str, list[Any]] = {
    **{path: [True, False, None] for path in FLAGS},
    "/request/account/is_locked": [True, False, None],
    "/request/amount_fen": FEN,
    "/order/amount_fen": FEN,
    "/order/paid_fen": FEN,
    "/order/stage": [*STAGES, None],
    "/order/state": ["open", "done", "cancelled", None],
    "/order/order": ["PO-1", "PO-2", None],
    "/order/confirmation_asked_on": ASKED_ON,
    "/request/confirmation_asked_on": ASKED_ON,
    "/order/buyer/uscc": USCC,
    "/order/seller/uscc": USCC,
    "/letter/number": ["SQ-1", "SQ-2", None],
    "/letter/order": ["PO-1", "PO-2", None],
    "/letter/purpose": ["order-finance", "after-loan", "order-finance-and-after-loan", None],
    "/letter/grantor/uscc": USCC,
    "/letter/bank/uscc": USCC,
    "/letter/valid_from": DAYS,
    "/letter/valid_until": DAYS,
    "/request/received_on": DAYS,
    "/request/buyer/uscc": USCC,
    "/request/invoices": [None, []],
    "/seller-court/seller/uscc": USCC,
    "/seller-tax/tax_grade": ["A", "D", None],
    "/pledge/order": ["PO-1", "PO-2", None],
    "/opinion/outcome": ["no-objection", "with-conditions", "against", None],
    "/invoices/id": ["OF-1", "OF-2", None],
}
INVOICE = st.builds(
    lambda number, state, total, red: {
        **number, "state": state,
        **({} if total is None else {"total_fen": total}), **({} if red is None else {"red_fen": red}),
    },
    st.sampled_from([OLD, DIGITAL, {"number": OLD["number"]}]),
    st.sampled_from(["normal", "normal", "void", "red", "red-in-part", "differs", "none", "unknown"]),
    st.sampled_from([30_000_000, 20_000_000, 90_000_000, None]),
    st.sampled_from([0, 5_000_000, None]),
)  # fmt: skip
ASKED = st.builds(
    lambda number, total: {**number, "issued_on": "2026-11-01", "total_fen": total},
    st.sampled_from([OLD, DIGITAL]),
    st.sampled_from([30_000_000, 20_000_000, 90_000_000]),
)
CORES = [
    None,
    listed(),
    listed(firm()),
    listed(firm(term=None)),
    listed(firm(uscc=SELLER)),
    *(listed(removed(TODAY + timedelta(n), each)) for n in (0, 1) for each in ("stays", "stops")),
    *(
        listed(firm(term=replace(firm().term, valid_until=TODAY - timedelta(n))))  # type: ignore[type-var]
        for n in (0, 1)
    ),
]
KNOWN = st.builds(
    Known,
    bank=st.sampled_from([BANK, SELLER, None]),
    is_revoked=st.sampled_from([True, False, None]),
    uses_left=st.sampled_from([0, 1, None]),
    is_elsewhere=st.sampled_from([True, False, None]),
    financed_fen=st.sampled_from(FEN),
    holidays=st.sampled_from([working_days.of(None), None]),
    core=st.sampled_from(CORES),
    core_used_fen=st.sampled_from([0, 450_000_000, 450_000_001, 600_000_000, None]),
)
EDGES: list[dict[str, Any]] = [
    {},
    *({"/order/is_confirmed": None, "/request/confirmation_asked_on": day} for day in ASKED_ON),
    *({"/request/amount_fen": fen} for fen in (80_000_000, 80_000_001)),
    *({"/order/amount_fen": fen} for fen in (50_000_000, 49_999_999)),
]
"""Where one fen or one day decides; drawn on purpose, for chance would seldom meet them."""
AGES = st.sampled_from([0, 1, 2, 3, 4, 7, 8, 30, 31, 90, 91, -1, None])
PAPERS = st.sampled_from(sorted(RIGHT))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A request with a few things changed, forgotten, grown old or not covered."""
    paths = draw(st.lists(st.sampled_from(sorted(DOMAINS)), max_size=6, unique=True))
    records = {name: copy.deepcopy(dict(record)) for name, record in RIGHT.items()}
    if draw(st.booleans()):
        records["invoices"]["invoices"] = draw(st.lists(INVOICE, max_size=3))
        records["request"]["invoices"] = draw(st.lists(ASKED, min_size=1, max_size=3))
    put(records, "/order/stage", draw(st.sampled_from(STAGES)))
    for path, value in draw(st.sampled_from(EDGES)).items():
        put(records, path, value)
    for path in paths:
        put(records, path, draw(st.sampled_from(DOMAINS[path])))
    ages = draw(st.dictionaries(PAPERS, AGES, max_size=3))
    gone = draw(st.sets(PAPERS, max_size=3))
    papers = {
        name: Paper(record, f"unit-{name}", _day(ages.get(name, 0)), f"doc-{name}")
        for name, record in records.items()
        if name not in gone
    }
    datasets = frozenset(CHECKLIST.datasets)
    known = draw(st.one_of(st.just(case().known), KNOWN))
    if draw(st.booleans()):
        kind = draw(st.sampled_from(["public-body", "large-firm", "other", ""]))
        known = replace(known, core=listed(firm(kind=kind)))
    return Case(
        papers,
        datasets - draw(st.frozensets(st.sampled_from(sorted(datasets)), max_size=2)),
        TODAY,
        known=known,
        down=draw(st.frozensets(PAPERS, max_size=4)),
        data_from=draw(st.sampled_from([None, None, TODAY - timedelta(3), TODAY])),
        data_until=draw(st.sampled_from([None, None, None, TODAY - timedelta(1), TODAY])),
    )


def _day(age: int | None) -> date | None:
    return None if age is None else TODAY - timedelta(days=age)


def weigh(told: Case) -> dict[str, Check]:
    return {each.name: each for each in finance_checks.weigh(CHECKLIST, told)}


@given(cases())
@settings(max_examples=300)
def test_the_page_and_the_code_come_to_the_same(told: Case) -> None:
    ours = {
        name: (each.state, list(each.codes), each.document.removeprefix("doc-"))
        for name, each in weigh(told).items()
    }
    assert ours == finance_prose.told(told)


@given(cases(), st.data())
@settings(max_examples=150)
def test_whoever_knows_more_is_never_told_better_of_what_has_failed(
    more: Case, data: st.DataObject
) -> None:
    """The same request with something forgotten: what fails then fails also with it.

    Of the same letter without a period of facts: what it does not cover is told to nobody, good or bad.
    """
    more = replace(more, data_from=None, data_until=None)
    less = _forgotten(more, data)
    after = weigh(more)
    for name, before in weigh(less).items():
        if before.state == "fail":
            assert after[name].state == "fail", name
            assert set(before.codes) - {"R99"} <= set(after[name].codes)
        if before.state in ("pass", "manual") and less.known == more.known:
            assert after[name].state != "unknown" or name in ("invoices", "assignable"), name


def _forgotten(told: Case, data: st.DataObject) -> Case:
    """Papers, fields, and what the hub knows; what a letter covers is the same."""
    gone = data.draw(st.sets(st.sampled_from(sorted(told.papers)), max_size=2))
    papers = {}
    for name, paper in told.papers.items():
        if name in gone:
            continue
        record = copy.deepcopy(dict(paper.record))
        for key in data.draw(st.sets(st.sampled_from(sorted(record)), max_size=2)):
            del record[key]
        papers[name] = replace(paper, record=record)
    names = st.sampled_from([each.name for each in fields(Known)])
    unknown = dict.fromkeys(data.draw(st.sets(names, max_size=2)))
    return replace(told, papers=papers, known=replace(told.known, **unknown))


@given(cases())
def test_nothing_unknown_is_ever_a_pass(told: Case) -> None:
    for each in weigh(told).values():
        assert not (each.lacks and each.state in ("pass", "manual", "not-due", "not-authorised"))
        assert not ("R99" in each.codes and each.state not in ("fail", "unknown"))
        assert bool(each.codes) or each.state != "fail"
        assert not each.codes or each.state not in ("pass", "not-due", "not-authorised")


@given(cases())
def test_the_same_facts_come_to_the_same(told: Case) -> None:
    assert finance_checks.weigh(CHECKLIST, told) == finance_checks.weigh(CHECKLIST, replace(told))
