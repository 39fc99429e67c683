"""A site that changes, that can't be read; a store that is away, new, old, or just being changed: the page says so."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.store import schema
from exchange.store.engine import Store
from sandbox.layout import free_port
from sandbox.postgres import Postgres
from tests.zhida.pages.test_book import texts
from zhida.pages import book
from zhida.pages import desk as desk_module
from zhida.pages.ask import Answer, Ask
from zhida.pages.desk import Desk

Asks = Callable[..., Answer]
LOOKS = ("/cases", "/transfers", "/parked", "/systems", "/ledger")


@pytest.fixture
def site(town: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site of this test's own, with a store of its own."""
    for name, value in town.env.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "site"
    shutil.copytree(town.district.env["ZHIDA_SITE"], folder)
    shutil.copytree(town.district.directory / "trust", tmp_path / "trust")
    monkeypatch.setenv("ZHIDA_SITE", str(folder))
    monkeypatch.setenv("ZHIDA_VAR", str(tmp_path / "var"))
    return folder


@pytest.fixture
def asks(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asks]:
    """Of a desk that is opened by the first question."""
    monkeypatch.setattr(desk_module, "PATIENCE", 0.2)
    desk = Desk()
    yield lambda path, **query: book.answer(desk, book.PAGES[path], Ask(query=query, base="/zhida"))
    desk.close()


def initialise(url: str) -> None:
    store = Store(url)
    schema.upgrade(store)
    store.close()


def embedded(tmp_path: Path) -> str:
    (tmp_path / "var").mkdir(exist_ok=True)
    url = f"sqlite:///{tmp_path / 'var' / 'store.db'}"
    initialise(url)
    return url


def test_an_empty_store_has_empty_pages(asks: Asks, tmp_path: Path) -> None:
    embedded(tmp_path)
    for path in LOOKS:
        found = asks(path)
        assert found.status == 200, texts(found)


@pytest.mark.parametrize("path", LOOKS)
def test_a_store_that_is_new_says_how_it_is_initialised(
    asks: Asks, tmp_path: Path, path: str
) -> None:
    found = asks(path)
    assert found.status == 503
    assert "store.schema" in texts(found) and "zhida init" in texts(found)
    embedded(tmp_path)
    assert asks(path).status == 200


def test_a_store_of_another_version_says_so_and_after_the_upgrade_the_pages_are_there(
    asks: Asks, tmp_path: Path
) -> None:
    store = Store(embedded(tmp_path))
    with store.write() as connection:
        newest = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0015'")
    found = asks("/cases", lang="en")
    assert (found.status, "store.schema" in texts(found)) == (503, True)
    assert "0015" in texts(found) and "run zhida init" in texts(found)
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = ?", (newest,))
    assert asks("/cases").status == 200
    with store.write() as connection:
        connection.exec_driver_sql("DROP TABLE case_item")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0099'")
    assert "store.not-initialised" in texts(asks("/parked"))
    assert "0099" in texts(asks("/parked"))
    store.close()


def test_a_server_that_is_away_is_told_and_looked_for_again(
    asks: Asks, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"postgresql+psycopg://zhida@127.0.0.1:{free_port()}/zhida"
    monkeypatch.setenv("ZHIDA_STORE_URL", url)
    for _ in range(2):
        found = asks("/cases")
        assert (found.status, "store.unavailable" in texts(found)) == (503, True)


def test_while_a_migration_holds_the_tables_the_page_does_not_hang(
    asks: Asks, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"pages-{secrets.token_hex(4)}"
    url = postgres.database(name)
    monkeypatch.setenv("ZHIDA_STORE_URL", url)
    initialise(url)
    assert asks("/cases").status == 200
    other = Store(url)
    with other.write() as connection:
        connection.exec_driver_sql("LOCK TABLE matter_case IN ACCESS EXCLUSIVE MODE")
        found = asks("/cases")
        assert (found.status, "store.unavailable" in texts(found)) == (503, True)
    assert asks("/cases").status == 200
    other.close()


def test_without_a_site_the_page_says_what_to_set(
    asks: Asks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZHIDA_SITE")
    found = asks("/cases")
    assert (found.status, "ZHIDA_SITE" in texts(found)) == (503, True)


def test_a_mistake_in_the_site_is_told_and_one_that_comes_later_leaves_what_was_good(
    asks: Asks, site: Path, tmp_path: Path
) -> None:
    embedded(tmp_path)
    file = site / "systems" / "police.yaml"
    good = file.read_text("utf-8")
    file.write_text(good + "colour: red\n", "utf-8")
    found = asks("/systems")
    assert (found.status, "police.yaml" in texts(found)) == (400, True)
    file.write_text(good.replace("title: ", "title: 新的"), "utf-8")
    assert "新的" in texts(asks("/systems"))
    file.write_text("nonsense: [", "utf-8")
    assert "新的" in texts(asks("/systems"))


def test_without_trust_the_systems_and_the_ledger_are_shown_all_the_same(
    asks: Asks, tmp_path: Path
) -> None:
    embedded(tmp_path)
    shutil.rmtree(tmp_path / "trust")
    for path in ("/systems", "/ledger"):
        found = asks(path)
        assert (found.status, "site.no-trust" in texts(found)) == (200, True), texts(found)


def test_a_name_in_the_site_is_text_on_every_page(asks: Asks, site: Path, tmp_path: Path) -> None:
    embedded(tmp_path)
    for name in ("units/hospital.yaml", "systems/his.yaml"):
        file = site / name
        lines = file.read_text("utf-8").splitlines()
        told = [
            "title: '<script>alert(1)</script>&\"'" if x.startswith("title:") else x for x in lines
        ]
        file.write_text("\n".join(told) + "\n", "utf-8")
    for path in LOOKS:
        body = asks(path).body.decode()
        assert "<script>alert" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in asks("/systems").body.decode()
