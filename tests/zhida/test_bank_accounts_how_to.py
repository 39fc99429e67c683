"""docs/how-to/bank-accounts.md: its files are a site's, its command runs, its codes and numbers are ours."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from adapters import _bank_statement, bank, feed
from exchange.ports import Endpoint
from exchange.problems import catalogue
from sandbox.bank_statement import MOST
from tests import how_to_files
from tests.adapters.test_camt_credits import entry, notice
from zhida import hub, matter_sources, site, system_wire
from zhida.cli import app
from zhida.site import Site

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/how-to/bank-accounts.md").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    found = Path(shutil.copytree(ROOT / "sandbox/site", tmp_path / "site"))
    (found / "units/bank.yaml").write_text("unit: bank\ntitle: 示例银行\n", "utf-8")
    assert len(how_to_files.write("bank-accounts", found)) == 3
    yield found


@pytest.fixture
def told(folder: Path) -> Site:
    return site.load(folder, with_matters=False)


def test_its_systems_are_right(told: Site) -> None:
    for name in ("lender", "lender-notices"):
        system_wire.checked(told, told.systems[name])
    operation = hub.declared(told.systems["lender"])["account_credits"]
    assert (operation.effect, operation.gives) == (False, "account-credits")
    assert matter_sources.streams(told, told.systems["lender-notices"]) == {
        "credits": "account-credit"
    }


def test_its_command_shows_the_question_masked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIDA_SITE", str(folder))
    connection = {"schema": "http", "host": "127.0.0.1", "port": 9, "login": "hub"}
    monkeypatch.setenv("AIRFLOW_CONN_LENDER", json.dumps(connection))
    assert "zhida system call lender account_credits --input query.yaml --dry-run" in PAGE
    words = ["system", "call", "lender", "account_credits", "--input", str(folder / "query.yaml")]
    done = CliRunner().invoke(app, [*words, "--dry-run", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["message"]["account"] == "9×16"
    assert "1250000000012345" not in done.output


def test_its_question_may_be_asked(folder: Path, told: Site) -> None:
    given = YAML(typ="safe", pure=True).load((folder / "query.yaml").read_text("utf-8"))
    adapter = bank.open_system(told.systems["lender"].options, Endpoint("http://127.0.0.1:9", "u"))
    prepared = adapter.prepare("account_credits", given, "")
    adapter.close()
    days = _bank_statement.asked(prepared.body, date(2026, 6, 20)).days(date(2026, 6, 20))
    assert len(list(days)) == 5


def test_its_notices_are_read(told: Site, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.xml").write_text(notice(entry()), "utf-8")
    source = feed.open_system(told.systems["lender-notices"].options, Endpoint(str(tmp_path)))
    (found,) = source.poll("credits", "")[0]
    source.close()
    assert found.record is not None
    assert found.record["amount_fen"] == 1230


def test_its_codes_exist() -> None:
    named = set(re.findall(r"`((?:bank|intake)\.[a-z-]+)`", PAGE))
    assert len(named) >= 4
    assert named <= catalogue().keys()


def test_its_numbers_are_those_of_the_code() -> None:
    assert f"最多 {_bank_statement.WINDOW - 2} 天一次" in PAGE
    assert f"不超过银行的 {_bank_statement.WINDOW} 天" in PAGE
    assert f"一页 {MOST} 笔" in PAGE
