"""Lists to table: a file that somebody put down, an API's pages. Every row is accounted for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from exchange.errors import Fatal, Invalid, Rejected
from tests.zhida.syncs.conftest import COLUMNS, SYNC, Town, counted, firm
from zhida import site, sync_check, sync_diff, sync_file, sync_look, sync_to
from zhida.sync_asked import Asked
from zhida.sync_line import Work
from zhida.sync_run import Done

SOURCE = {"system": "lists", "list": "firms"}


def lay(town: Town, options: dict[str, Any], **connection: Any) -> None:
    told = {"system": "lists", "title": "名单", "unit": "market", "adapter": "lists"}
    town.write("systems", "lists", {**told, "connection": "lists", "options": options})
    town.connections["lists"] = connection
    listed(town)


def listed(town: Town, **changes: Any) -> None:
    told = {**SYNC, "source": SOURCE, **changes}
    told.pop("cursor")
    town.write("syncs", "firms", told)


def text(*numbers: int, **more: Any) -> bytes:
    lines = [",".join(COLUMNS), *(",".join(firm(n, **more)) for n in numbers)]
    return "\r\n".join(lines).encode("gb18030")


@pytest.fixture
def drop(town: Town) -> Path:
    folder = town.folder / "lists"
    (folder / "in").mkdir(parents=True)
    settings = {"folders": {"firms": {"folder": "in", "pattern": "*.csv"}}}
    options = {"wire": "files", "settings": settings, "lists": {"firms": {"encoding": "gbk"}}}
    lay(town, options, conn_type="generic", host=str(folder))
    return folder / "in"


def look(town: Town) -> Done:
    with closing(town.hub()) as hub:
        [line] = sync_to.lines(sync_file.find(hub.site.folder, "firms"))
        return sync_look.look(hub, line, Asked())


def done(drop: Path) -> list[str]:
    return sorted(each.name.partition("~")[2] for each in drop.glob("done/*/*"))


def test_a_list_comes_over_and_is_filed_away(town: Town, drop: Path) -> None:
    assert town.run().state == "waiting"
    (drop / "a.csv").write_bytes(text(*range(10)))
    assert town.counts() == counted(read=10, applied=10)
    assert town.front.rows("firm_in")[3][:2] == ("9132000003", "企业3")
    assert done(drop) == ["a.csv"]
    (drop / "b.csv").write_bytes(text(8, 9, 10))
    assert town.counts() == counted(read=3, applied=1, unchanged=2)


def test_lists_that_wait_are_read_one_after_another(town: Town, drop: Path) -> None:
    for name, told in {"a.csv": "旧名", "b.csv": "新名"}.items():
        (drop / name).write_bytes(text(1, 2, name=told))
    found = look(town)
    assert (found.state, found.counts["read"], found.counts["applied"]) == ("done", 4, 4)
    assert {row[1] for row in town.front.rows("firm_in")} == {"新名"}
    assert look(town).state == "waiting"


def test_a_snapshot_takes_the_newest_and_what_is_gone_away(town: Town, drop: Path) -> None:
    listed(town, mode="snapshot", stop={"drop": 50})
    (drop / "a.csv").write_bytes(text(*range(10)))
    town.run()
    (drop / "b.csv").write_bytes(text(1))
    (drop / "c.csv").write_bytes(text(*range(2, 12)))
    assert town.counts() == counted(read=10, applied=2, unchanged=8, gone=2, deleted=2)
    assert done(drop) == ["a.csv", "b.csv", "c.csv"]
    (drop / "d.csv").write_bytes(text())  # of the list before it knows the columns
    with pytest.raises(Rejected, match=r"sync\.dropped"):
        town.run()
    assert len(town.front.rows("firm_in")) == 10


def test_keys_of_another_type_are_the_same_keys(town: Town, drop: Path) -> None:
    """Texts in the list, numbers and blank-filled texts in the target: nothing is taken away for that."""
    listed(town, mode="snapshot", key=["CODE", "NAME"])
    town.front.run("DROP TABLE firm_in")
    town.front.run('CREATE TABLE firm_in ("CODE" INTEGER, "NAME" CHAR(9), "CAPITAL" NUMERIC(14,2),'
                   ' "SINCE" DATE, "MTIME" VARCHAR(40), PRIMARY KEY ("CODE", "NAME"))')  # fmt: skip
    for _ in range(2):
        (drop / "a.csv").write_bytes(text(1, 2, 3))
        found = town.counts()
        assert (found.read, found.gone) == (3, 0)


def test_an_empty_list_is_none_the_less_done(town: Town, drop: Path) -> None:
    (drop / "a.csv").write_bytes(text())
    with pytest.raises(Rejected, match=r"sync\.empty-list"):
        town.run()
    (drop / "claimed" / next((drop / "claimed").iterdir()).name).write_bytes(text(1))
    assert town.counts().applied == 1
    (drop / "b.csv").write_bytes(text())
    found = town.run()
    assert (found.state, found.counts["read"], done(drop)) == ("done", 0, ["a.csv", "b.csv"])


def test_rows_of_one_key_and_without_one_are_held(town: Town, drop: Path) -> None:
    told = text(1, 2, 2, 3).replace(b"9132000003", b"")
    (drop / "a.csv").write_bytes(told)
    assert town.counts() == counted(read=4, applied=1, quarantined=3)


def test_a_file_that_cannot_be_read_stops_and_stays(town: Town, drop: Path) -> None:
    (drop / "a.csv").write_bytes(text(1) + b"\r\nx,y\r\n")
    with pytest.raises(Invalid, match=r"records\.columns"):
        town.run()
    assert town.front.rows("firm_in") == []
    assert done(drop) == []
    (drop / "b.csv").write_bytes(text(1))
    town.now += timedelta(seconds=1)
    listed(town, mode="snapshot")
    assert town.counts().applied == 1


def _dies(*_: object, **__: object) -> None:
    raise SystemExit


@pytest.mark.guarantee("G1")
def test_a_list_whose_process_died_is_read_again_from_its_start(
    town: Town, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (drop / "a.csv").write_bytes(text(*range(10)))
    monkeypatch.setattr(Work, "close", _dies)
    with pytest.raises(SystemExit):
        town.run()
    monkeypatch.undo()
    assert town.counts() == counted(read=10, unchanged=7, applied=3)
    assert len(town.front.rows("firm_in")) == 10
    assert done(drop) == ["a.csv"]


# --- by an API ------------------------------------------------------------------------------------

FIRMS: list[dict[str, Any]] = []


class Api(BaseHTTPRequestHandler):
    """Four rows a page, and a total."""

    def do_GET(self) -> None:
        page = int(parse_qs(urlsplit(self.path).query)["page"][0])
        told = {"data": {"rows": FIRMS[4 * (page - 1) : 4 * page], "total": len(FIRMS)}}
        content = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def api(town: Town) -> Iterator[None]:
    server = HTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    paging = {"kind": "page", "rows": "/data/rows", "field": "page", "total": "/data/total"}
    told = {"call": "GET /firms", "paging": paging}
    options = {"wire": "rest", "lists": {"firms": told}}
    lay(town, options, conn_type="http", host=f"http://127.0.0.1:{server.server_port}")
    FIRMS[:] = [
        dict(zip(COLUMNS, firm(n), strict=True)) | {"CAPITAL": 10**16 + n} for n in range(10)
    ]
    yield
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.usefixtures("api")
def test_all_pages_of_an_api_come_over(town: Town) -> None:
    town.front.run("DROP TABLE firm_in")
    town.front.run(
        'CREATE TABLE firm_in ("CODE" VARCHAR(18) PRIMARY KEY, "NAME" VARCHAR(40),'
        ' "CAPITAL" VARCHAR(20), "SINCE" DATE, "MTIME" TIMESTAMP)'
    )
    listed(town, mode="snapshot", stop={"drop": 50})
    assert town.counts() == counted(read=10, applied=10)
    assert town.front.rows("firm_in")[3][2] == "10000000000000003"
    FIRMS[2]["NAME"] = "新名"
    del FIRMS[5]
    FIRMS[0]["LOTS"] = [1, 2]
    assert town.counts() == counted(read=9, applied=1, unchanged=8, gone=1, deleted=1)
    with closing(town.hub()) as hub:
        [line] = sync_to.lines(sync_file.find(hub.site.folder, "firms"))
        assert sync_diff.compare(hub, line).is_equal
    for each in FIRMS:
        each["NAME_CN"] = each.pop("NAME")
    with pytest.raises(Fatal, match=r"sync\.column-gone .*NAME_CN"):
        town.run()


# --- what zhida check says ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"source": {"system": "lists", "list": "firm"}}, "lists.no-list"),
        ({"source": {"system": "registry", "list": "firms"}}, "sync.no-lists"),
        ({"source": {"system": "lists", "table": "firms"}}, "sync.no-tables"),
        ({"targets": [{"system": "front", "table": t} for t in ("a", "b")]}, "sync.one-target"),
    ],
)
def test_each_mistake_is_told_before_a_run(
    town: Town, drop: Path, changes: dict[str, Any], code: str
) -> None:
    told = {**SYNC, "source": SOURCE, **changes}
    if "list" in told["source"]:
        told.pop("cursor")
    town.write("syncs", "firms", told)
    syncs = sync_file.load_all(town.site)
    wrong = sync_check.mistakes(site.load(town.site), syncs, syncs["firms"], town.now.date())
    assert [each.code for each in wrong] == [code]
