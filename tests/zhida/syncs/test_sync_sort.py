"""A page that is sorted by its columns comes to what it comes to row by row."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from connectors.tables_keyset import Span
from tests.zhida.syncs.conftest import Town, both, firm
from zhida import sync_file, sync_run, sync_to
from zhida.sync_books import Books, Rows
from zhida.sync_run import Asked
from zhida.sync_sorted import Sorted


def lay(town: Town) -> None:
    """Rows that are new, changed, the same, and one that the target can't hold."""
    town.registry.put("firm", *(firm(n) for n in range(20)))
    town.run()
    town.registry.run("UPDATE firm SET \"NAME\" = 'x' WHERE \"CODE\" LIKE '%5'")
    town.registry.run('UPDATE firm SET "NAME" = NULL WHERE "CODE" LIKE \'%6\'')
    town.registry.put("firm", *(firm(n) for n in range(20, 25)))
    too_long = ("91329" + "9" * 13 + "超", "企业", "1.00", "2020-01-05", "2026-01-04 05:00:00")
    if town.kind == "sqlite":
        town.registry.put("firm", too_long)


def told(found: Sorted, key: tuple[str, ...]) -> dict[str, Any]:
    changes = found.changes
    return {
        "counts": found.counts,
        "held": found.held,
        "rows": dict(changes.rows),
        "records": list(changes.records),
        "sources": list(changes.sources()),
        "origins": changes.origins(list(changes.rows)),
        "signed": list(Rows(changes.records, key).in_order()),
    }


@both
@pytest.mark.parametrize("mode", ["upsert", "append"])
def test_by_columns_it_comes_to_the_same(town: Town, mode: str) -> None:
    town.sync(mode=mode)
    lay(town)
    with closing(town.hub()) as hub:
        [line] = sync_to.lines(sync_file.find(hub.site.folder, "firms"))
        books = Books(hub, line, "run", sync_run._about(line))
        with sync_run._opened(books, Asked()) as work:
            page: Any = work.source.page(Span(), 100)
            assert page.whole is not None
            by_columns, one_by_one = (work.sorter.sort(each) for each in (page, list(page)))
            key = work.sorter.key
            assert told(by_columns, key) == told(one_by_one, key)
            assert by_columns.counts.is_exact
            assert by_columns.unchanged == 16
            assert len(by_columns.changes.rows) == (9 if mode == "upsert" else 5)
            assert by_columns.counts.invalid == (town.kind == "sqlite")
