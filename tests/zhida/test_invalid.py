"""What could not be taken in: which file, which record, and that somebody is told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from exchange.store import incident_rows
from tests.peers.subsidy_platform import SubsidyPlatform
from tests.zhida import meals
from tests.zhida.meals import Window
from zhida import alerts, incidents, sweep
from zhida.cli import app

SECRET_NAME = "张小直的申请"


@pytest.fixture(scope="module")
def site_files() -> dict[str, str]:
    return meals.site_files()


@pytest.fixture(scope="module")
def platform() -> Iterator[SubsidyPlatform]:
    with SubsidyPlatform() as peer:
        yield peer


@pytest.fixture(scope="module")
def window(
    town: Any, platform: SubsidyPlatform, tmp_path_factory: pytest.TempPathFactory
) -> Window:
    return meals.window(town, platform.port, tmp_path_factory.mktemp("window"))


@pytest.fixture
def run(town: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in (town.district.env | town.district.operator_env("wang")).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "240")

    def run(*words: str) -> Result:
        done = CliRunner().invoke(app, list(words))
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return run


def come(town: Any, window: Window, text: str, name: str) -> None:
    (window.folder / "in" / f"{name}.json").write_text(text, "utf-8")
    town.clock.skip(61)
    sweep.take_in(town.hub, town.hub.site.matter("elderly-meals"))


def told(town: Any) -> list[str]:
    """The open incidents of this kind."""
    incidents.settle(town.hub)
    with town.hub.store.read() as connection:
        rows = incident_rows.still_open(connection, "messages")
    return [row.id for row in rows]


def test_its_sender_finds_it_by_the_number_of_its_file(town: Any, window: Window, run: Any) -> None:
    come(town, window, "{", SECRET_NAME)
    [row] = json.loads(run("invalid", "list", "--json").output)
    done = [path.name for path in (window.folder / "in" / "done").rglob("*.json")]
    assert f"{row['file']}~{SECRET_NAME}.json" in done
    assert (row["record"], row["matter"], row["stream"]) == (0, "elderly-meals", "forms")
    shown = run("invalid", "list").output + run("invalid", "show", row["id"][:12]).output
    assert row["file"] in shown
    assert "整个文件" in shown
    assert "feed.not-json" in shown
    assert SECRET_NAME not in shown


def test_somebody_is_told_once_and_knowing_of_it_ends_it(
    town: Any, window: Window, run: Any, caplog: pytest.LogCaptureFixture
) -> None:
    come(town, window, "[", "a")
    [first] = told(town)
    with caplog.at_level("WARNING"):
        lines = alerts.tell(town.hub)
    assert [line for line in lines if "来件无效未受理" in line and "feed.not-json" in line]
    come(town, window, "[[", "b")
    assert told(town) == [first]
    view = json.loads(run("incident", "show", first, "--json").output)
    assert view["waiting"] == len(json.loads(run("invalid", "list", "--json").output))
    town.clock.skip(1)
    incidents.acknowledge(town.hub, town.operator("wang"), first)
    assert told(town) == []
    assert json.loads(run("invalid", "list", "--json").output) == []
    assert json.loads(run("invalid", "list", "--all", "--json").output)
    town.clock.skip(1)
    come(town, window, "[[[", "c")
    [second] = told(town)
    assert second != first


def test_a_sweep_that_took_in_nothing_but_rubbish_has_an_exit_code(
    town: Any, window: Window, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.clock.skip(61)
    (window.folder / "in" / "d.json").write_text("{{", "utf-8")
    monkeypatch.setattr("zhida.hub.open_hub", lambda: nullcontext(town.hub))
    done = run("sweep", "elderly-meals", "--json")
    rows = json.loads(done.output[done.output.index("[") :])
    assert (done.exit_code, rows[0]["states"]) == (1, {"invalid": 1})


def test_a_sweep_says_that_it_is_too_early(town: Any, window: Window, run: Any) -> None:
    shown = run("sweep", "elderly-meals").output
    assert "未到时间，下次" in shown
    assert "没有到期的办件" in shown


def test_a_business_that_has_its_case_rings_nobody(town: Any, window: Window, run: Any) -> None:
    known = told(town)
    for each in known:
        incidents.acknowledge(town.hub, town.operator("wang"), each)
    town.clock.skip(1)
    form = {"bh": "ZC900001", "xm": "钱示例", "sfz": meals.CARD, "bq": "糖尿病", "ty": "是"}
    come(town, window, json.dumps(form), "e")
    come(town, window, json.dumps(form, indent=1), "f")
    assert told(town) == [], run("invalid", "list", "--json").output
    assert Path(window.folder / "in" / "done").exists()
