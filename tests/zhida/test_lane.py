"""Which way an item goes whose turn has come, and what the row, the ledger and a later document say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exchange.corrections import Scene
from exchange.errors import Fatal
from exchange.store import case_rows, schema
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.engine import Store
from matters import lanes
from zhida import lane
from zhida.lane import Decider

CASE = "0123456789abcdef"
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
RULES: Mapping[str, Any] = {
    "voucher": {},
    "card": {"skip_when": {"absent": "/birth/card"}},
    "household": {
        "halt_when": [{"when": {"present": "/birth/died"}, "reason": "已死亡", "article": "甲法第三条"}]
    },
    "naming": {"by_hand": {"do": "desk.name", "when": [{"when": {"present": "/birth/odd"}, "reason": "须人工核对"}]}},
    "archive": {"by_hand": {"do": "desk.keep"}},
    "father": {"skip_when": {"present": "/birthday/kept"}},
}  # fmt: skip


@dataclass
class Office:
    """A case with one document, as far as lanes need a hub."""

    store: Store
    fields: dict[str, Any] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    gone: bool = False

    def read(self, connection: Any, identifier: str) -> Any:
        self.opened.append(identifier)
        if self.gone:
            raise Fatal("vault.bucket-gone", bucket="newborn-2031-12")
        return SimpleNamespace(fields=self.fields)

    @property
    def matter(self) -> Any:
        return SimpleNamespace(
            items={name: SimpleNamespace(lanes=lanes.read(told)) for name, told in RULES.items()}
        )

    def decide(self, item: str) -> tuple[str, Decider]:
        hub: Any = SimpleNamespace(archive=self)
        with self.store.read() as connection:
            decider = Decider(hub, connection, self.matter, CASE)
            return decider(item), decider

    def put(self, item: str, **values: str) -> None:
        with self.store.write() as connection:
            case_rows.add_item(connection, _row(item, **values))

    def after(self, document: str) -> dict[str, str]:
        """The items' states once a document of this name has come."""
        with self.store.write() as connection:
            lane.decide_anew(Scene(connection, CASE, NOW), self.matter, document)
            rows = case_rows.items(connection, CASE)
        return {row.item: row.state for row in rows if row.item != "reply"}


def _row(item: str, **values: str) -> ItemRow:
    told = dict.fromkeys(ItemRow.__slots__, "") | {"facts": "{}", "case": CASE, "item": item}
    return ItemRow(**told | values)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    schema.upgrade(store)
    with store.write() as connection:
        row = CaseRow(CASE, "newborn", CASE, "2026-03-02", "", "open", "d")
        case_rows.open_case(connection, row, [_row("reply", state="waiting")])
        case_rows.add_document(connection, CASE, "birth", "d-1")
    yield Office(store)
    store.close()


def test_an_item_without_rules_is_ready_and_no_document_is_opened(office: Office) -> None:
    state, decider = office.decide("voucher")
    assert (state, office.opened) == ("ready", [])
    assert decider.entries() == []
    assert decider.values("voucher") == {"code": "", "facts": "{}"}


def test_what_a_rule_forbids_is_halted_with_reason_and_article_and_no_value(
    office: Office,
) -> None:
    office.fields = {"/died": "2026-03-01"}
    state, decider = office.decide("household")
    values, (entry,) = decider.values("household"), decider.entries()
    assert (state, values["code"]) == ("halted", "lane.halted")
    assert json.loads(values["facts"]) == {"reason": "已死亡", "article": "甲法第三条"}
    assert (entry.kind, entry.case) == ("lane", CASE)
    told = {"item": "household", "state": "halted", "reason": "已死亡", "article": "甲法第三条"}
    assert dict(entry.details) == told


@pytest.mark.parametrize(
    ("item", "facts"),
    [("naming", {"reason": "须人工核对", "article": "-"}), ("archive", {"reason": "-", "article": "-"})],
)  # fmt: skip
def test_what_is_for_a_person_is_told_with_or_without_a_reason(
    office: Office, item: str, facts: dict[str, str]
) -> None:
    office.fields = {"/odd": "x"}
    state, decider = office.decide(item)
    assert (state, decider.values(item)["code"]) == ("by-hand", "lane.by-hand")
    assert json.loads(decider.values(item)["facts"]) == facts
    assert [entry.details["item"] for entry in decider.entries()] == [item]


def test_what_is_not_needed_is_skipped_and_the_ledger_says_so(office: Office) -> None:
    state, decider = office.decide("card")
    assert (state, decider.values("card")["code"]) == ("skipped", "")
    assert [dict(e.details) for e in decider.entries()] == [{"item": "card", "state": "skipped"}]


def test_documents_are_opened_once_for_all_items(office: Office) -> None:
    hub: Any = SimpleNamespace(archive=office)
    with office.store.read() as connection:
        decider = Decider(hub, connection, office.matter, CASE)
        assert [decider(item) for item in ("card", "household")] == ["skipped", "ready"]
    assert office.opened == ["d-1"]


def test_what_can_t_be_decided_waits_for_a_person_and_never_goes_the_fast_way(
    office: Office,
) -> None:
    office.gone = True
    state, decider = office.decide("household")
    values = decider.values("household")
    assert (state, values["code"]) == ("parked", "lane.undecided")
    assert json.loads(values["facts"]) == {"because": "vault.bucket-gone"}


def test_a_document_lets_those_choose_again_whose_rules_read_it(office: Office) -> None:
    for item in ("voucher", "household", "father"):
        office.put(item, state="ready")
    states = {"voucher": "ready", "household": "waiting", "father": "ready"}
    assert office.after("birth") == states, "/birthday is another document than /birth"


def test_nothing_chooses_again_once_something_has_left(office: Office) -> None:
    office.put("household", state="ready", effect="e-1")
    office.put("household#2", state="ready")
    office.put("card", state="applied")
    assert office.after("birth") == {
        "household": "ready",
        "household#2": "ready",
        "card": "applied",
    }
