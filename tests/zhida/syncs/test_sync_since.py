"""A cursor on an API: it is asked for what is new since then, looked back; what it does not say is not guessed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from exchange.errors import Fatal, Invalid
from tests.zhida.syncs.conftest import COLUMNS, SYNC, Town, counted, firm
from zhida import sync_file

CURSOR = {"column": "MTIME", "parameter": "updatedSince", "look_back": 600}
ASKED: list[dict[str, str]] = []
FIRMS: list[dict[str, Any]] = []
DEAF = False


class Api(BaseHTTPRequestHandler):
    """Four rows a page; ``updatedSince`` as texts compare."""

    def do_GET(self) -> None:
        told = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        ASKED.append(told)
        since, page = told.get("updatedSince", ""), int(told["page"])
        rows = [row for row in FIRMS if str(row.get("MTIME")) >= since]
        rows = [] if DEAF and since else rows
        content = json.dumps({"rows": rows[4 * (page - 1) : 4 * page], "total": len(rows)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def api(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(globals(), "DEAF", False)
    server = HTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    paging = {"kind": "page", "rows": "/rows", "field": "page", "total": "/total"}
    options = {"wire": "rest", "lists": {"firms": {"call": "GET /firms", "paging": paging}}}
    told = {"system": "lists", "title": "接口", "unit": "market", "adapter": "lists"}
    town.write("systems", "lists", {**told, "connection": "lists", "options": options})
    address = f"http://127.0.0.1:{server.server_port}"
    town.connections["lists"] = {"conn_type": "http", "host": address}
    listed(town)
    FIRMS[:], ASKED[:] = [row(n) for n in range(10)], []
    yield
    server.shutdown()
    thread.join()
    server.server_close()


def row(number: int, **changes: Any) -> dict[str, Any]:
    return dict(zip(COLUMNS, firm(number), strict=True)) | changes


def listed(town: Town, cursor: dict[str, Any] = CURSOR, **changes: Any) -> None:
    source = {"system": "lists", "list": "firms"}
    town.write("syncs", "firms", {**SYNC, "source": source, "cursor": cursor, **changes})


@pytest.mark.usefixtures("api")
def test_only_what_is_new_is_asked_for_and_late_rows_come(town: Town) -> None:
    FIRMS[:] = [row(n) for n in range(60, 80)]
    assert town.counts() == counted(read=20, applied=20)
    assert "updatedSince" not in ASKED[0]
    FIRMS.extend(
        [
            row(100, MTIME="2026-01-04 01:19:00"),
            row(101, MTIME="2026-01-04 01:09:00"),
            row(102),
        ]
    )
    ASKED.clear()
    assert town.counts() == counted(read=14, applied=3, unchanged=11)
    assert {told["updatedSince"] for told in ASKED} == {"2026-01-04 01:09:00"}
    assert len(town.front.rows("firm_in")) == 23
    assert town.counts().applied == 0


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ("%Y-%m-%dT%H:%M:%SZ", "2026-01-03T15:59:00Z"),
        ("%Y%m%d%H%M%S", "20260103235900"),
        ("epoch_ms", "1767455940000"),
    ],
)
def test_the_parameter_is_written_as_its_peer_reads_it(town: Town, form: str, wanted: str) -> None:
    theirs = {"epoch_ms": 1767456540000, "%Y%m%d%H%M%S": "20260104000900"}
    FIRMS[:] = [row(9, MTIME=theirs.get(form, "2026-01-04T00:09:00"))]
    town.front.run("DROP TABLE firm_in")
    town.front.run('CREATE TABLE firm_in ("CODE" VARCHAR(18) PRIMARY KEY, "NAME" VARCHAR(40),'
                   ' "CAPITAL" NUMERIC(14,2), "SINCE" DATE, "MTIME" VARCHAR(40))')  # fmt: skip
    listed(town, {**CURSOR, "format": form, "first": "0"})
    town.run()
    assert ASKED[0]["updatedSince"] == "0"
    town.run()
    assert wanted in [told["updatedSince"] for told in ASKED]


@pytest.mark.usefixtures("api")
def test_a_peer_that_does_not_understand_the_parameter_is_found_out(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer without any row is not believed: the newest one that we have should be in it."""
    town.run()
    monkeypatch.setitem(globals(), "DEAF", True)
    FIRMS.append(row(50))
    with pytest.raises(Fatal, match=r"sync\.cursor-deaf .*updatedSince"):
        town.run()
    FIRMS.clear()  # now it is true
    assert town.counts() == counted()


@pytest.mark.usefixtures("api")
def test_what_is_gone_is_not_known_and_a_snapshot_is_refused(town: Town) -> None:
    town.run()
    del FIRMS[9]
    assert town.counts().gone == 0
    assert len(town.front.rows("firm_in")) == 10
    listed(town, mode="snapshot")
    with pytest.raises(Invalid, match=r"sync\.snapshot-cursor"):
        sync_file.load_all(town.site)


@pytest.mark.usefixtures("api")
def test_rows_without_a_time_are_held_and_few_rows_prove_no_drift(town: Town) -> None:
    FIRMS[3]["MTIME"] = "soon"
    assert town.counts() == counted(read=10, applied=9, quarantined=1)
    FIRMS.append({name: row(60)[name] for name in COLUMNS if name != "CAPITAL"})
    FIRMS[:] = FIRMS[-1:]
    assert town.counts() == counted(read=1, applied=1)
    FIRMS[:] = [row(70) | {"RENAMED": "1"}]
    FIRMS[0].pop("NAME")
    with pytest.raises(Fatal, match=r"sync\.column-gone"):
        town.run()


@pytest.mark.usefixtures("api")
def test_a_span_is_read_again(town: Town) -> None:
    town.run()
    town.front.run("DELETE FROM firm_in")
    found = town.counts(between=("2026-01-04 00:03:00", "2026-01-04 00:05:00"))
    assert found == counted(read=3, applied=3)
    assert town.counts(between=("2026-01-04", "2026-01-04")).applied == 7
    for begin, end in (
        ("2026-01-05", "2026-01-04"),
        ("2026-02-29", "2026-03-01"),
        ("soon", "later"),
        ("1", "5"),
    ):
        with pytest.raises(Invalid, match=r"sync\.no-span"):
            town.run(between=(begin, end))


@pytest.mark.parametrize(
    "cursor",
    [{"column": "MTIME"}, {"columns": ["MTIME", "CODE"], "parameter": "s"}],
)
def test_a_list_s_cursor_names_its_parameter_and_one_column(
    town: Town, cursor: dict[str, Any]
) -> None:
    listed(town, cursor)
    with pytest.raises(Invalid, match=r"sync\.list-cursor"):
        sync_file.load_all(town.site)
    town.sync(cursor={"column": "MTIME", "parameter": "s"})
    with pytest.raises(Invalid, match=r"sync\.list-cursor"):
        sync_file.load_all(town.site)
