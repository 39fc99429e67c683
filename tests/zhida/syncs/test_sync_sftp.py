"""Over OpenSSH's own server: a table to files in a folder of it, and a list that lies in another."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Fatal, Retriable
from tests.sftp_server import SftpServer
from tests.zhida.syncs.conftest import COLUMNS, SYNC, Town, counted, firm


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    found = SftpServer(tmp_path_factory.mktemp("sftp"))
    found.start()
    yield found
    found.stop()


@pytest.fixture
def remote(town: Town, server: SftpServer, request: pytest.FixtureRequest) -> Path:
    """A folder of the server's own for each test; systems ``drop`` and ``lists`` behind it."""
    name = request.node.name[:40].rstrip("[]")
    folder: Path = server.home / name
    folder.mkdir()
    settings = {"folders": {"firms": {"folder": name}}}
    system(town, "drop", "licensing", "recipient", {"wire": "sftp", "settings": settings})
    taken = {"folders": {"firms": {"folder": name, "pattern": "*.csv"}}}
    lists = {"firms": {"format": "csv", "encoding": "gbk"}}
    system(town, "lists", "market", "lists", {"wire": "sftp", "settings": taken, "lists": lists})
    for each in ("drop", "lists"):
        town.connections[each] = server.connection
    return folder


def system(town: Town, name: str, unit: str, adapter: str, options: dict[str, Any]) -> None:
    told = {"system": name, "title": name, "unit": unit, "adapter": adapter, "connection": name}
    town.write("systems", name, {**told, "options": options})


def test_a_batch_lies_there_whole_with_its_companion(town: Town, remote: Path) -> None:
    town.sync(targets=[{"system": "drop", "file": {"folder": "firms", "encoding": "gbk"}}])
    town.registry.put("firm", *(firm(n) for n in range(10)))
    assert town.counts() == counted(read=10, applied=10)
    names = sorted(each.name for each in remote.iterdir())
    assert [name.partition("-")[2][:9] for name in names] == ["000000001"] * 2 + ["000000002"] * 2
    files = [remote / name for name in names if name.endswith(".csv")]
    rows = [row for f in files for row in csv.DictReader(f.read_text("gbk").splitlines())]
    assert [row["NAME"] for row in rows] == [f"企业{n}" for n in range(10)]
    told = json.loads((remote / f"{files[0].name}.json").read_bytes())
    assert (told["rows"], told["number"]) == (7, 1)
    assert town.counts().applied == 0


def test_a_server_that_is_away_loses_and_repeats_nothing(
    town: Town, remote: Path, server: SftpServer
) -> None:
    town.sync(targets=[{"system": "drop", "file": {"folder": "firms"}}])
    town.registry.put("firm", firm(1))
    server.stop()
    try:
        with pytest.raises(Retriable):
            town.run()
    finally:
        server.start()
    town.run()
    assert len(list(remote.glob("*.csv"))) == 1
    assert town.counts() == counted(read=1, unchanged=1)


def test_a_list_is_read_there_and_filed_away(town: Town, remote: Path) -> None:
    told = {**SYNC, "source": {"system": "lists", "list": "firms"}}
    told.pop("cursor")
    town.write("syncs", "firms", told)
    assert town.run().state == "waiting"
    lines = [",".join(COLUMNS), *(",".join(firm(n)) for n in range(9))]
    (remote / "a.csv").write_bytes("\r\n".join(lines).encode("gb18030"))
    assert town.counts() == counted(read=9, applied=9)
    assert town.front.rows("firm_in")[4][1] == "企业4"
    assert [each.name.partition("~")[2] for each in remote.glob("done/*/*")] == ["a.csv"]
    assert town.run().state == "waiting"


def test_another_host_key_is_nobody_s_server(town: Town, remote: Path, server: SftpServer) -> None:
    town.sync(targets=[{"system": "drop", "file": {"folder": "firms"}}])
    town.registry.put("firm", firm(1))
    strange = {**server.connection["extra"], "host_key": server.key("user")}
    town.connections["drop"] = {**server.connection, "extra": strange}
    with pytest.raises(Fatal):
        town.run()
    assert list(remote.iterdir()) == []
