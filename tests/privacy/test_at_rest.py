"""No personal data in the clear in anything that the hub (or the hospital's signer) keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crypto import certificates
from exchange import audit
from exchange.errors import Fatal
from exchange.store import case_rows, ledger_rows
from exchange.store.engine import Store
from sandbox.books import read_wire
from sandbox.layout import SYSTEMS
from zhida import site
from zhida.hub import Hub

pytestmark = [pytest.mark.guarantee("G6"), pytest.mark.airflow]


@pytest.fixture(scope="module")
def scanner(scanner_module: Any, aftermath: Any) -> Any:
    return scanner_module.Scanner(aftermath.canaries)


def _books(aftermath: Any) -> list[Path]:
    return [aftermath.district.directory / name / "books.sqlite" for name in SYSTEMS]


def test_the_run_was_what_it_should_be(aftermath: Any) -> None:
    """Else there would be nothing to leak."""
    store = Store(f"sqlite:///{aftermath.hub / 'store.db'}")
    with store.read() as connection:
        cases = case_rows.list_cases(connection, "newborn")
        ended = {
            (row.item, row.state, row.code)
            for case in cases
            for row in case_rows.items(connection, case.id)
        }
        kinds = {row.kind for row in ledger_rows.entries(connection, 0, 10_000)}
    store.close()
    assert len(cases) == 4
    assert {case.state for case in cases} == {"done", "partial"}
    states = {(item, state) for item, state, _ in ended}
    assert {
        ("household", "refused"),
        ("household", "invalid"),
        ("household", "applied"),
        ("insurance", "refused"),
        ("insurance", "applied"),
        ("insurance", "blocked"),
        ("reply", "applied"),
    } <= states
    assert {"invalid", "transfer", "query", "receipt", "document"} <= kinds
    asked = [row["operation"] for row in read_wire(_books(aftermath)[1])]
    assert "csdjcx" in asked, "nothing was unknown and had to be found out"


def test_the_scanner_finds_every_canary_in_the_systems_own_books(
    aftermath: Any, scanner: Any
) -> None:
    found = set().union(*scanner.find_in(_books(aftermath)).values())
    assert set(aftermath.canaries) - found == set()


def test_the_hub_s_store_its_wal_keys_and_locks_hold_no_canary(
    aftermath: Any, scanner: Any, scanner_module: Any
) -> None:
    files = scanner_module.files_below(aftermath.hub)
    names = {file.name for file in files}
    assert {"store.db", "store.db-wal", "store.db-shm"} <= names
    assert (aftermath.hub / "store.db-wal").stat().st_size > 100_000
    assert scanner.find_in(files) == {}


def test_airflow_s_database_xcom_and_logs_hold_no_canary(
    aftermath: Any, scanner: Any, scanner_module: Any
) -> None:
    files = scanner_module.files_below(aftermath.folder / "airflow")
    assert "airflow.db" in {file.name for file in files}
    xcom = scanner_module.dump(aftermath.folder / "airflow" / "airflow.db")
    assert b"household" in xcom
    assert scanner.find_in(files) == {}


def test_what_the_processes_printed_holds_no_canary(aftermath: Any, scanner: Any) -> None:
    printed = "".join(log.read_text("utf-8", "replace") for log in aftermath.logs)
    for mark in ("[debug", "DEBUG:urllib3", "部分办结", "mapping.unknown-code"):
        assert mark in printed, mark
    assert scanner.find_in(aftermath.logs) == {}


def test_the_log_as_json_names_cases_and_codes_and_holds_no_canary(
    aftermath: Any, scanner: Any
) -> None:
    file = aftermath.folder / "logs" / "json.log"
    told = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert {"zhida", "urllib3"} <= {each["logger"].partition(".")[0] for each in told}
    items = {each["item"] for each in told if each.get("code") and each.get("case")}
    assert {"household", "insurance"} <= items
    assert scanner.find_in([file]) == {}


def test_temporary_files_hold_no_canary(aftermath: Any, scanner: Any, scanner_module: Any) -> None:
    assert scanner.find_in(scanner_module.files_below(aftermath.folder / "tmp")) == {}


def test_the_signer_s_store_keys_and_log_hold_no_canary(aftermath: Any, scanner: Any) -> None:
    home = aftermath.district.directory / "hospital"
    own = [home / "signer.log", *home.glob("signer.sqlite*"), *(home / "keys").iterdir()]
    assert sum(path.stat().st_size for path in own) > 100_000
    assert scanner.find_in(own) == {}


def test_the_site_and_the_environment_hold_no_canary(
    aftermath: Any, scanner: Any, scanner_module: Any
) -> None:
    site_files = scanner_module.files_below(aftermath.district.directory / "site")
    assert scanner.find_in(site_files) == {}
    assert scanner.find(repr(aftermath.env).encode()) == set()


def test_after_its_key_is_destroyed_a_bucket_is_gone_and_that_and_when_still_verifies(
    aftermath: Any,
) -> None:
    env = aftermath.district.env
    found = Hub(
        site.load(Path(env["ZHIDA_SITE"])),
        var=Path(env["ZHIDA_VAR"]),
        secret=env["ZHIDA_KEY_PASSWORD"].encode(),
        find=lambda name: None,
    )
    with found.store.read() as connection:
        cases = case_rows.list_cases(connection, "newborn")
        documents = [d for c in cases for d in case_rows.documents(connection, c.id).values()]
    assert found.archive.get(documents[0]).fields
    for key in (aftermath.hub / "keys").glob("newborn-*.key"):
        found.vault.destroy(key.stem)
    for document in documents:
        with pytest.raises(Fatal, match="vault"):
            found.archive.get(document)
    key = certificates.load((Path(env["ZHIDA_SITE"]) / "keys" / "hub.crt").read_bytes()).public_key
    checked = audit.verify(found.store, key, found.site.name)
    assert checked.problems == []
    assert checked.entries > 40
    with found.store.read() as connection:
        rows = ledger_rows.entries_of_case(connection, cases[0].id)
    assert {"document", "case-opened"} <= {row.kind for row in rows}
    found.close()
