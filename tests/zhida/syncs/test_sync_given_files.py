"""Table to files: one a batch, whole, never over another, the same bytes after a crash."""

from __future__ import annotations

import csv
import hashlib
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Fatal
from exchange.store import sync_rows
from tests.zhida.syncs.conftest import COLUMNS, SYNC, Town, counted, firm
from zhida import site, sync_check, sync_diff, sync_file, sync_to
from zhida.sync_given import GivenTarget

TARGET = {"system": "drop", "file": {"folder": "firms", "encoding": "gbk"}}


@pytest.fixture
def drop(town: Town) -> Path:
    """The folder."""
    folder = town.folder / "drop"
    (folder / "in").mkdir(parents=True)
    town.connections["drop"] = {"conn_type": "generic", "host": str(folder)}
    options = {"wire": "files", "settings": {"folders": {"firms": {"folder": "in"}}}}
    told = {"system": "drop", "title": "目录", "unit": "licensing", "adapter": "recipient"}
    town.write("systems", "drop", {**told, "connection": "drop", "options": options})
    town.sync(targets=[TARGET])
    return folder / "in"


def files(drop: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted(drop.iterdir())}


def rows(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(raw.decode("gbk").splitlines()))


def test_a_file_a_batch_with_its_rows_and_digest_beside_it(town: Town, drop: Path) -> None:
    town.registry.put("firm", *(firm(n) for n in range(10)))
    assert town.counts() == counted(read=10, applied=10)
    found = files(drop)
    names = [name for name in found if name.endswith(".csv")]
    assert [name[:16] for name in names] == ["firms-000000001-", "firms-000000002-"]
    assert len(found) == 4
    for number, name in enumerate(names, 1):
        told = json.loads(found[f"{name}.json"])
        assert told["sha256"] == hashlib.sha256(found[name]).hexdigest()
        assert told["rows"] == len(rows(found[name])) == (7 if number == 1 else 3)
        assert (told["sync"], told["number"], told["gone"]) == ("firms", number, False)
    assert tuple(rows(found[names[0]])[0]) == tuple(sorted(COLUMNS))
    assert rows(found[names[0]])[0]["NAME"] == "企业0"
    assert town.counts().applied == 0
    assert files(drop) == found


def test_what_is_gone_is_a_file_of_keys(town: Town, drop: Path) -> None:
    town.sync(mode="snapshot", stop={"drop": 90}, targets=[TARGET])
    town.registry.put("firm", *(firm(n) for n in range(5)))
    town.run()
    town.registry.run("DELETE FROM firm WHERE \"CODE\" > '9132000002'")
    assert town.counts() == counted(read=3, unchanged=3, gone=2, deleted=2)
    [name] = [each for each in files(drop) if each.endswith(".gone.csv")]
    assert rows(files(drop)[name]) == [{"CODE": "9132000003"}, {"CODE": "9132000004"}]
    assert json.loads(files(drop)[f"{name}.json"])["gone"] is True


def _dies(*_: object, **__: object) -> None:
    raise SystemExit


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("gone", [False, True])
def test_the_same_bytes_after_a_death(
    town: Town, drop: Path, gone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what is gone, too, when it has come back meanwhile: that is told behind it."""
    town.sync(mode="snapshot", stop={"drop": 90}, targets=[TARGET])
    town.registry.put("firm", *(firm(n) for n in range(5)))
    if gone:
        town.run()
        town.registry.run("DELETE FROM firm WHERE \"CODE\" > '9132000002'")
    monkeypatch.setattr(GivenTarget, "_note", _dies)
    with pytest.raises(SystemExit):
        town.run()
    monkeypatch.undo()
    before = files(drop)
    assert before
    if gone:
        town.registry.put("firm", firm(3))
    found = town.counts()
    assert found.applied == (1 if gone else 0)
    assert before.items() <= files(drop).items()
    assert len(files(drop)) == len(before) + (2 if gone else 0)
    assert town.counts().applied == 0


def test_what_the_encoding_lacks_is_held_and_stops_nobody(town: Town, drop: Path) -> None:
    town.sync(targets=[{"system": "drop", "file": {"folder": "firms", "encoding": "gb2312"}}])
    town.registry.put("firm", firm(1), firm(2, name="喆\U00020bb7"))
    assert town.counts() == counted(read=2, applied=1, invalid=1)
    with closing(town.hub()) as hub, hub.store.read() as connection:
        [(_, code)] = sync_rows.held_by_code(connection, "firms", "drop/firms")
    assert code == "records.cannot-encode"


def test_fixed_width_takes_its_columns_from_the_layout(town: Town, drop: Path) -> None:
    widths = {"CODE": 18, "NAME": 20, "CAPITAL": 16, "SINCE": 10, "MTIME": 19}
    columns = [{"name": name, "width": width} for name, width in widths.items()]
    file = {"folder": "firms", "format": "fixed", "encoding": "gbk", "layout": {"columns": columns}}
    town.sync(targets=[{"system": "drop", "file": file}])
    town.registry.put("firm", firm(1), firm(2, name="名" * 11))
    assert town.counts() == counted(read=2, applied=1, invalid=1)
    [raw] = [raw for name, raw in files(drop).items() if name.endswith(".txt")]
    values = ["9132000001", "企业1", "10000.50", "2020-01-05", "2026-01-04T00:01:00"]
    sizes = widths.values()
    line = b"".join(v.encode("gbk").ljust(n) for v, n in zip(values, sizes, strict=True))
    assert raw == line + b"\r\n"


def test_a_comparison_is_with_what_was_given_of_which_nothing_is_in_clear(
    town: Town, drop: Path
) -> None:
    town.registry.put("firm", *(firm(n) for n in range(10)))
    town.run()
    town.registry.run("UPDATE firm SET \"NAME\" = '悄悄改的' WHERE \"CODE\" = '9132000001'")
    town.registry.run("DELETE FROM firm WHERE \"CODE\" = '9132000002'")
    with closing(town.hub()) as hub:
        [line] = sync_to.lines(sync_file.find(hub.site.folder, "firms"))
        found = sync_diff.compare(hub, line)
    assert found.counts == {"missing": 0, "other": 1, "extra": 1}
    store = b"".join(each.read_bytes() for each in (town.folder / "var").glob("*.db*"))
    assert store
    assert b"9132000007" not in store
    assert "企业7".encode() not in store


def test_a_row_without_the_targets_key_is_held(town: Town, drop: Path) -> None:
    town.sync(targets=[{**TARGET, "key": ["NAME"]}])
    town.registry.put("firm", firm(1), (firm(2)[0], None, *firm(2)[2:]))
    assert town.counts() == counted(read=2, applied=1, invalid=1)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ({"system": "drop", "file": {"folder": "firm"}}, "sync.no-folder"),
        ({"system": "drop", "route": "firms"}, "sync.no-recipient"),
        ({"system": "front", "file": {"folder": "firms"}}, "sync.no-recipient"),
        ({"system": "drop", "table": "firms"}, "sync.no-tables"),
        ({"system": "drop", "file": {"folder": "firms", "format": "fixed"}}, "records.no-widths"),
        ({"system": "drop", "file": {"folder": "firms"}, "route": "x"}, "file.schema"),
        ({"system": "drop"}, "file.schema"),
    ],
)
def test_each_mistake_is_told_before_a_run(
    town: Town, drop: Path, target: dict[str, Any], code: str
) -> None:
    town.write("syncs", "firms", {**SYNC, "targets": [target]})
    told = site.load(town.site)
    try:
        syncs = sync_file.load_all(town.site)
    except Exception as error:
        assert code in str(error)
        return
    wrong = list(sync_check.mistakes(told, syncs, syncs["firms"], town.now.date()))
    assert [each.code for each in wrong] == [code]
    with pytest.raises(Fatal, match=code.replace(".", r"\.")):
        town.run()
