"""Wires on which nobody answers: a front-end table with a status column, a folder with receipts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adapters import generic
from connectors import files as wire_of_files
from connectors import gate
from exchange.errors import Fatal, Invalid, Rejected, Unknown
from exchange.ports import Adapter, Endpoint, Prepared, Settling, Source
from sandbox.births import birth
from tests import how_to_files

KEY = "0123456789abcdef0123456789abcdef"
COMMON: dict[str, Any] = {
    "title": "育儿补贴申领",
    "needs": {"citizen": "citizen-id"},
    "identity": ["citizen/citizen_id"],
    "idempotence": "keyed",
    "answer": {"written": "stored"},
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    how_to_files.write("connect-a-system", tmp_path)
    text = (tmp_path / "mappings/citizen_childcare_request.yaml").read_text("utf-8")
    for kind, place in (("row", "/"), ("file", "/content/")):
        name = f"citizen_childcare_{kind}"
        told = text.replace("citizen_childcare_request", name).replace(
            "to: /person/", f"to: {place}"
        )
        (tmp_path / "mappings" / f"{name}.yaml").write_text(told.partition("tests:")[0], "utf-8")
    return tmp_path


# --- a table ---------------------------------------------------------------------------------

TABLE = COMMON | {
    "call": "insert grants",
    "mapping": "citizen_childcare_row",
    "effect_key": "/serial",
    "constants": {"/status": "0"},
    "probe": {
        "call": "select grants",
        "effect_key": "/serial",
        "there": [{"at": "/0/status", "equals": "1"}],
        "waiting": [{"at": "/0/status", "equals": "0"}],
        "refused": {"when": [{"at": "/0/status", "equals": "2"}], "text": "/0/reason"},
        "not_there": [{"at": "", "empty": True}],
        "reference": "/0/number",
        "same": {"/0/idno": "/idno"},
    },
}


@pytest.fixture
def books(tmp_path: Path) -> Path:
    file = tmp_path / "front-end.db"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(
            "create table grants (serial varchar(40) primary key, name varchar(50), idno varchar(18),"
            " born varchar(8), status varchar(1), reason varchar(50), number varchar(20))"
        )
    return file


def decide(file: Path, **columns: str) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        for name, value in columns.items():
            database.execute(f"update grants set {name} = ?", (value,))


@pytest.fixture
def table(site: Path, books: Path, citizen: Any) -> Iterator[tuple[Adapter, Prepared]]:
    grants = {"table": "grants", "key": ["serial"], "theirs": ["status", "reason", "number"]}
    settings = {"driver": "sqlite", "database": str(books), "tables": {"grants": grants}}
    options = {"wire": "tables", "settings": settings, "operations": {"grant": TABLE}}
    adapter = generic.open_system(options, Endpoint("", site=site))
    yield adapter, adapter.prepare("grant", {"citizen": citizen}, KEY)
    adapter.close()


def test_a_row_is_stored_and_its_status_column_tells_the_rest(
    table: tuple[Adapter, Prepared], books: Path
) -> None:
    adapter, prepared = table
    assert adapter.probe(prepared) is None
    assert adapter.submit(prepared).waiting
    assert adapter.submit(prepared).waiting, "the same row again is the same row"
    found = adapter.probe(prepared)
    assert found is not None
    assert found.waiting
    decide(books, status="1", number="BT1")
    found = adapter.probe(prepared)
    assert found is not None
    assert (found.waiting, found.reference) == (False, "BT1")
    with closing(sqlite3.connect(books)) as database:
        assert database.execute("select count(*) from grants").fetchone() == (1,)


def test_a_status_that_says_no_comes_with_its_reason(
    table: tuple[Adapter, Prepared], books: Path
) -> None:
    adapter, prepared = table
    adapter.submit(prepared)
    decide(books, status="2", reason="材料不全")
    with pytest.raises(Rejected) as caught:
        adapter.probe(prepared)
    assert (caught.value.code, caught.value.reason) == ("generic.refused", "材料不全")


@pytest.mark.parametrize("columns", [{"status": "9"}, {"idno": "320117202601050023"}])
def test_an_odd_status_or_another_person_is_unknown(
    table: tuple[Adapter, Prepared], books: Path, columns: dict[str, str]
) -> None:
    adapter, prepared = table
    adapter.submit(prepared)
    decide(books, **{"status": "1", **columns})
    with pytest.raises(Unknown):
        adapter.probe(prepared)


def test_what_the_column_cannot_hold_is_refused_and_names_nobody(
    table: tuple[Adapter, Prepared], citizen: Any
) -> None:
    adapter, _ = table
    citizen["name"] = "张小直" * 16 + "张小知"
    with pytest.raises(Invalid) as caught:
        adapter.submit(adapter.prepare("grant", {"citizen": citizen}, KEY))
    assert "张小直" not in str(caught.value.problems)


# --- a folder --------------------------------------------------------------------------------

FOLDER = COMMON | {
    "call": "put out",
    "mapping": "citizen_childcare_file",
    "effect_key": "/name",
    "effect_key_as": "{key}.xml",
    "wrap": [{"at": "/content", "as": "xml", "root": "R", "declares": "GBK", "encoding": "gbk"}],
    "probe": {
        "call": "get receipts",
        "effect_key": "/name",
        "effect_key_as": "{key}.json",
        "unwrap": [{"at": "", "as": "json", "encoding": "gb18030"}],
        "there": [{"at": "/result", "equals": "1"}],
        "refused": {"when": [{"at": "/result", "equals": "2"}], "text": "/reason"},
        "waiting": [{"at": "/result", "equals": "0"}],
        "reference": "/number",
    },
}


def receiving() -> dict[str, Any]:
    """The options of a system that is written to and taken from."""
    births = {"kind": "birth-declaration", "mapping": "oa_form_615_birth_declaration"}
    return {
        "wire": "files",
        "settings": {
            "folders": {"out": {"folder": "out"}, "receipts": {"folder": "back"}},
        },
        "operations": {"grant": FOLDER},
        "receive": {
            "settings": {"folders": {"births": {"folder": "in"}}},
            "streams": {"births": births},
        },
    }


@pytest.fixture
def folder(site: Path, tmp_path: Path, citizen: Any) -> Iterator[tuple[Adapter, Prepared]]:
    for name in ("out", "back", "in"):
        (tmp_path / "drop" / name).mkdir(parents=True)
    adapter = generic.open_system(receiving(), Endpoint(str(tmp_path / "drop"), site=site))
    yield adapter, adapter.prepare("grant", {"citizen": citizen}, KEY)
    adapter.close()


class _Closing:
    """A wire of which only its end matters."""

    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


@pytest.mark.usefixtures("folder")
def test_both_wires_of_a_system_are_closed_with_it(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called, heard = _Closing(), _Closing()
    monkeypatch.setattr(wire_of_files, "open_connector", lambda *_: called)
    monkeypatch.setattr(wire_of_files, "open_feed", lambda *_: heard)
    generic.open_system(receiving(), Endpoint(str(tmp_path / "drop"), site=site)).close()
    assert (called.closed, heard.closed) == (1, 1)


@pytest.mark.usefixtures("folder")
def test_a_feed_that_cannot_be_opened_leaves_no_wire_open(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> Any:
        raise Fatal("files.no-folder", folder="in")

    called = _Closing()
    monkeypatch.setattr(wire_of_files, "open_connector", lambda *_: called)
    monkeypatch.setattr(wire_of_files, "open_feed", refused)
    with pytest.raises(Fatal):
        generic.open_system(receiving(), Endpoint(str(tmp_path / "drop"), site=site))
    assert called.closed == 1


def test_a_file_is_put_in_the_receiver_s_encoding_and_its_receipt_is_read(
    folder: tuple[Adapter, Prepared], tmp_path: Path
) -> None:
    adapter, prepared = folder
    for _ in range(2):
        assert adapter.submit(prepared).waiting
    (file,) = (tmp_path / "drop/out").iterdir()
    assert file.name == f"{KEY}.xml"
    assert "<name>张小直</name>" in file.read_bytes().decode("gbk")
    with pytest.raises(Unknown) as caught:
        adapter.probe(prepared)
    assert caught.value.code == "generic.unclear", "no receipt says nothing"
    receipt = tmp_path / "drop/back" / f"{KEY}.json"
    receipt.write_bytes(json.dumps({"result": "0"}).encode("gbk"))
    found = adapter.probe(prepared)
    assert found is not None
    assert found.waiting
    receipt.write_bytes(json.dumps({"result": 1, "number": "BT9"}).encode("gbk"))
    found = adapter.probe(prepared)
    assert found is not None
    assert (found.waiting, found.reference) == (False, "BT9")
    refused = {"result": "2", "reason": "材料不全"}
    receipt.write_bytes(json.dumps(refused, ensure_ascii=False).encode("gbk"))
    with pytest.raises(Rejected) as refusal:
        adapter.probe(prepared)
    assert refusal.value.reason == "材料不全"


@pytest.mark.parametrize(
    "content", [b"{", b"\xff\xfe", b"[1]", b"", b'{"result": "1", "result": "2"}']
)
def test_a_receipt_that_cannot_be_read_is_no_receipt(
    folder: tuple[Adapter, Prepared], tmp_path: Path, content: bytes
) -> None:
    adapter, prepared = folder
    adapter.submit(prepared)
    (tmp_path / "drop/back" / f"{KEY}.json").write_bytes(content)
    with pytest.raises(Unknown):
        adapter.probe(prepared)


def test_messages_are_taken_from_the_same_system(
    folder: tuple[Adapter, Prepared], tmp_path: Path
) -> None:
    adapter: Any = folder[0]
    assert isinstance(adapter, Source)
    assert isinstance(adapter, Settling)
    assert adapter.dead_letters("births") is None
    (tmp_path / "drop/in/1.json").write_text(json.dumps(birth(1).form), "utf-8")
    (arrival,), _ = adapter.poll("births", "")
    assert (arrival.kind, arrival.error) == ("birth-declaration", None)
    adapter.settle("births", [arrival.key])
    assert adapter.poll("births", "")[0] == []


# --- a gate ----------------------------------------------------------------------------------

GATE = COMMON | {
    "call": "send grants",
    "mapping": "citizen_childcare_file",
    "effect_key": "/message",
    "wrap": [{"at": "/content", "as": "json"}],
    "answer": {"stored": [{"at": "/state", "one_of": ["waiting", "received"]}]},
    "probe": {
        "call": "receipt grants",
        "effect_key": "/message",
        "there": [{"at": "/state", "equals": "received"}],
        "waiting": [{"at": "/state", "equals": "waiting"}],
        "not_there": [{"at": "/state", "one_of": ["unsent", "damaged"]}],
        "reference": "/sequence",
    },
}


def channel(us: str, them: str) -> dict[str, Any]:
    about = {"out": "out", "in": "in", "state": "state", "us": us, "them": them}
    return {"channels": {"grants": about}}


def ferry(source: Path, target: Path) -> None:
    for file in sorted((source / "out").iterdir()):
        file.rename(target / "in" / file.name)


def test_behind_a_gate_the_receipt_comes_back_as_a_file(
    site: Path, tmp_path: Path, citizen: Any
) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for side in (ours, theirs):
        for name in ("out", "in", "state"):
            (side / name).mkdir(parents=True)
    settings = channel("hub", "health")
    options = {"wire": "gate", "settings": settings, "operations": {"grant": GATE}}
    adapter = generic.open_system(options, Endpoint(str(ours), site=site))
    prepared = adapter.prepare("grant", {"citizen": citizen}, KEY)
    assert adapter.probe(prepared) is None
    assert adapter.submit(prepared).waiting
    waiting = adapter.probe(prepared)
    assert waiting is not None
    assert waiting.waiting
    ferry(ours, theirs)
    far = gate.open_feed(channel("health", "hub"), Endpoint(str(theirs)))
    (parcel,), _ = far.receive("grants", "", limit=9)
    assert json.loads(parcel.raw)["name"] == "张小直"
    far.settle("grants", [parcel.key])
    ferry(theirs, ours)
    found = adapter.probe(prepared)
    assert found is not None
    assert (found.waiting, found.reference) == (False, "1")
    adapter.close()
    far.close()
