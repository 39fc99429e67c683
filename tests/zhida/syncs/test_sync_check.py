"""``zhida check`` finds each mistake in a sync's file, with what is near."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from exchange.errors import Invalid
from tests.zhida.syncs.conftest import COLUMNS, SYNC, Town
from zhida import site, sync_check

TABLE = {"system": "registry", "table": "firm"}


def problems(town: Town) -> list[str]:
    found: list[str] = []
    for _, step in sync_check.steps(site.load(town.site), date(2026, 1, 6)):
        try:
            step()
        except Invalid as error:
            found += [str(problem.code) for problem in error.problems]
    return found


def test_a_right_one_is_right_and_a_site_without_any_is_not_asked(town: Town) -> None:
    assert problems(town) == []
    town.sync(schedule="30 2 * * *", source={**TABLE, "columns": list(COLUMNS)})
    assert problems(town) == []
    (town.site / "syncs" / "firms.yaml").unlink()
    assert list(sync_check.steps(site.load(town.site), date(2026, 1, 6))) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"source": {"system": "registri", "table": "firm"}}, "sync.no-system"),
        ({"agreement": {"document": "firm-rows", "purpose": "licensing"}}, "site.no-kind"),
        ({"agreement": {"document": "firm-row", "purpose": "other"}}, "agreement.purpose"),
        ({"source": {**TABLE, "columns": ["CODE", "LEGAL"]}}, "sync.not-agreed"),
        ({"source": {**TABLE, "columns": ["NAME"]}}, "sync.key-not-written"),
        ({"mapping": "no_such"}, "mapping.no-such-mapping"),
        ({"after": "firm"}, "sync.no-after"),
        ({"after": "firms"}, "sync.circle"),
        ({"schedule": "0 24 * * *"}, "sync.cron"),
        ({"mode": "mirror"}, "file.schema"),
        ({"mods": "upsert"}, "file.unknown-key"),
        ({"schedule": "0 2 * * *", "after": "other"}, "file.schema"),
    ],
)
def test_each_mistake_is_told(town: Town, changes: dict[str, Any], code: str) -> None:
    town.sync(**changes)
    assert code in problems(town)


def test_a_system_of_another_wire_and_a_file_of_another_name(town: Town) -> None:
    told = {"system": "front", "title": "x", "unit": "licensing", "adapter": "bulk"}
    settings = {"folders": {"facts": {"folder": "x", "pattern": "*.csv"}}}
    streams = {"facts": {"custody": "unit"}}
    options = {"wire": "files", "settings": settings, "streams": streams}
    town.write("systems", "front", {**told, "connection": "front", "options": options})
    assert "sync.no-tables" in problems(town)
    town.write("syncs", "other", dict(SYNC))
    assert problems(town) == ["sync.name"]


def test_a_snapshot_has_no_cursor_and_others_must_have_one(town: Town) -> None:
    town.write("syncs", "firms", {**SYNC, "mode": "snapshot"})
    assert problems(town) == ["sync.snapshot-cursor"]
    told = {name: value for name, value in SYNC.items() if name != "cursor"}
    town.write("syncs", "firms", told)
    assert problems(town) == ["file.schema"]
