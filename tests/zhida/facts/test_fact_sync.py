"""Facts of enterprises by sync: each in its holder's way, counted exactly, signed once (G13)."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import date

import pytest
from sqlalchemy import select

from exchange.errors import Forbidden, Invalid, Rejected
from exchange.store import dataset_rows, document_rows, ledger_rows, leg_rows
from exchange.store.dataset_tables import sealed_part
from sandbox import fact_books
from zhida import dataset_books
from zhida.fact_sync import Sync


def test_each_holders_list_becomes_a_dataset(town, hub, sync) -> None:
    district = town.hand_over(60)
    for holder, facts in town.asked().items():
        done = sync(holder)
        made = dataset_books.of(hub).get(done.dataset)
        rows = {row["uscc"]: row for row in dataset_books.of(hub).rows(made)}
        known = [number for number in range(60) if district.knows(holder, number)]
        assert (done.state, done.count, done.rows, done.invalid) == (
            "synced",
            len(known),
            len(known),
            0,
        )
        assert set(rows) == {district.code(number) for number in known}
        firms = range(60)
        for fact in facts:
            column = district.column(fact, firms, facts)
            for number in known:
                value = column[number]
                wanted = value.isoformat() if fact.kind == "date" and value is not None else value
                assert rows[district.code(number)].get(fact.name) == wanted
        origin = made.document.origin
        assert (origin.provider, origin.custody, origin.issuer) == (holder, "hub", "hub")


def csv_of(town, holder: str) -> tuple:
    (file,) = (town.books / holder).glob("*.csv")
    encoding = {"tax": "gbk"}.get(holder, "utf-8")
    return file, file.read_bytes().decode(encoding).splitlines(), encoding


def rewrite(town, holder: str, change) -> None:
    file, lines, encoding = csv_of(town, holder)
    file.write_bytes("\r\n".join(change(lines)).encode(encoding))


def kept_invalid(hub) -> list:
    with hub.store.read() as connection:
        return document_rows.list_invalid(connection)


def test_a_row_that_can_not_be_read_is_kept_with_its_reasons_and_stops_no_other(
    town, hub, sync
) -> None:
    town.hand_over(60, ["tax"])
    rewrite(town, "tax", lambda lines: [*lines[:3], "9132,也许,abc,1.5", *lines[4:]])
    done = sync("tax")
    assert (done.count, done.rows, done.invalid, done.duplicates) == (60, 59, 1, 0)
    (row,) = kept_invalid(hub)
    codes = [each["code"] for each in json.loads(row.problems)]
    assert codes == ["identifier.wrong-length", "mapping.unlisted-value", "mapping.not-a-number"]
    fields = json.loads(hub.vault.unseal(row.raw, about=row.id))
    assert fields["无欠税"] == "也许"
    assert row.key.endswith("#3")
    assert set(done.problems) == set(codes)


def test_two_rows_of_one_firm_that_differ_leave_it_unknown(town, hub, sync) -> None:
    district = town.hand_over(60, ["tax"])

    def twice(lines):
        firm, _, *rest = lines[3].split(",")
        same, other = lines[4], [f"{firm},{answer},{','.join(rest)}" for answer in ("是", "否")]
        return [*lines[:3], *other, same, same, *lines[5:]]

    rewrite(town, "tax", twice)
    done = sync("tax")
    assert (done.count, done.rows, done.invalid, done.duplicates) == (62, 59, 2, 1)
    made = dataset_books.of(hub).get(done.dataset)
    firms = {row["uscc"] for row in dataset_books.of(hub).rows(made)}
    assert district.code(2) not in firms
    assert done.problems == {"facts.contradicts": 2}


def test_a_list_in_another_format_is_refused_whole_and_waits(town, hub, sync) -> None:
    town.hand_over(60, ["tax"])
    rewrite(town, "tax", lambda lines: [line.replace(",是,", ",Y,").replace(",否,", ",N,") for line in lines])  # fmt: skip
    with pytest.raises(Rejected, match="facts.too-many-invalid"):
        sync("tax")
    assert kept_invalid(hub) == []
    mapping = town.site / "mappings" / "facts_tax.yaml"
    mapping.write_text(mapping.read_text("utf-8").replace('"是": true, "否": false', '"Y": true, "N": false'), "utf-8")  # fmt: skip
    assert sync("tax").rows == 60


@pytest.mark.parametrize("late", ["9132", '"', "x,3.2E+17"])
def test_of_a_list_with_a_broken_line_nothing_is_kept_and_it_waits(town, hub, sync, late) -> None:
    town.hand_over(60, ["tax"])
    before = len(rows_of_parts(hub))
    rewrite(town, "tax", lambda lines: [*lines, late])
    with pytest.raises(Invalid, match="records"):
        sync("tax")
    assert kept_invalid(hub) == []
    assert len(rows_of_parts(hub)) == before
    with hub.store.read() as connection:
        assert dataset_rows.listed(connection) == []
    with pytest.raises(Invalid, match="records"):  # it is still there
        sync("tax")


def rows_of_parts(hub) -> list:
    with hub.store.read() as connection:
        return list(connection.execute(select(sealed_part.c.owner)))


def test_without_an_agreement_over_every_fact_nothing_is_read(town, hub, told) -> None:
    town.hand_over(60, ["tax"])
    file = town.site / "agreements" / "tax-to-hub-facts.yaml"
    file.write_text(file.read_text("utf-8").replace("  - /rd_deduction_y2\n", ""), "utf-8")
    other = town.hub()
    try:
        with pytest.raises(Forbidden, match="facts.not-agreed.*rd_deduction_y2"):
            Sync(other, told, told.source("tax-facts")).run()
    finally:
        other.close()
    assert [each.name for each in (town.books / "tax").iterdir()] == ["20260105.csv"]


def test_it_is_read_when_it_is_due_and_not_while_it_is_stopped(town, hub, sync, later) -> None:
    town.hand_over(20, ["tax"])
    assert sync("tax").state == "synced"
    town.hand_over(20, ["tax"], today=date(2026, 1, 6))
    assert sync("tax").state == "waiting"
    assert sync("tax", force=True).state == "synced"
    later(days=1, seconds=1)
    assert sync("tax").state == "nothing"
    with hub.store.write() as connection:
        leg_rows.put(connection, leg_rows.LegRow("tax-facts", "stopped", "", "li", "测试"))
    later(days=1, seconds=1)
    assert sync("tax", force=True).state == "stopped"


def test_of_several_whole_lists_the_latest_counts(town, hub, sync) -> None:
    town.hand_over(20, ["tax"])
    town.hand_over(30, ["tax"], today=date(2026, 1, 6), seed=9)
    first, second = sorted((town.books / "tax").glob("*.csv"))
    os.utime(first, (1_000, 1_000))
    os.utime(second, (2_000, 2_000))
    done = sync("tax")
    assert (done.rows, done.passed) == (30, 1)
    assert list((town.books / "tax").glob("*.csv")) == []


def test_a_list_that_comes_again_after_a_crash_is_known(town, hub, sync, monkeypatch) -> None:
    """Killed between the commit and the word to the source: the file is there again."""
    town.hand_over(20, ["tax"])
    monkeypatch.setattr("adapters.bulk.BulkSource.settle", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sync("tax")
    monkeypatch.undo()
    done = sync("tax", force=True)
    assert (done.state, done.passed) == ("nothing", 1)
    with hub.store.read() as connection:
        assert len(dataset_rows.listed(connection)) == 1


def test_changes_are_laid_over_what_was_known(town, hub, sync, later) -> None:
    first = town.hand_over(40, ["human-resources"])
    known = sync("human-resources").total
    base = sqlite3.connect(town.books / "human-resources" / "front.db")
    firm = first.code(5)
    base.execute(f"UPDATE {fact_books.TABLE} SET INSURED_END_Y1 = 7777, {fact_books.MARK} = 9000 WHERE TYSHXYDM = ?", (firm,))  # fmt: skip
    base.commit()
    base.close()
    later(days=1, seconds=1)
    done = sync("human-resources")
    assert (done.count, done.rows, done.total) == (1, 1, known)
    made = dataset_books.of(hub).get(done.dataset)
    rows = {row["uscc"]: row for row in dataset_books.of(hub).rows(made)}
    assert rows[firm]["insured_end_y1"] == 7777
    assert len(rows) == known


def test_a_hub_whose_first_source_is_a_table_can_be_opened_again(town, hub, sync) -> None:
    """Rows of a table are taken in without looking anything up; the look-up key is made all the same."""
    town.hand_over(5, ["human-resources"])
    assert sync("human-resources").rows
    again = town.hub()
    assert again.vault.has_lookup_key
    again.close()


def test_the_ledger_counts_and_names_the_agreement(town, hub, sync) -> None:
    town.hand_over(20, ["tax"])
    sync("tax")
    with hub.store.read() as connection:
        told = [json.loads(entry.body) for entry in ledger_rows.entries(connection, 0, 9)]
    (note,) = [each for each in told if each["kind"] == "facts-synced"]
    assert (note["agreement"], note["count"], note["rows"], note["invalid"]) == ("tax-to-hub-facts", 20, 20, 0)  # fmt: skip


def test_a_source_that_is_not_there_names_the_nearest(told) -> None:
    with pytest.raises(Invalid, match="grants.no-source.*nearest=tax-facts"):
        told.source("tax-fact")
