"""The log as JSON: its fields have names that are known, and no value that nobody named gets into it."""

from __future__ import annotations

import ast
import doctest
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Fatal, Rejected
from exchange.outcome import Outcome
from sandbox.district import District
from zhida import logs, site, sweep_log

ROOT = Path(__file__).resolve().parents[2]
SECRET = "秦龘犇 320117199107138642"
UNNAMED = {"zhida/alert_sinks.py"}
"""The line of an alert, which is all words; that it names nobody is tested in test_alerts."""


def line(name: str, message: str, *values: object, **more: Any) -> dict[str, Any]:
    """What is written of one message."""
    record = logging.LogRecord(name, logging.WARNING, "x.py", 7, message, values, more.get("info"))
    text = logs.formatter().format(record)
    assert "\n" not in text
    told: dict[str, Any] = json.loads(text)
    assert {"at", "level", "logger", "event"} <= told.keys()
    return told


def test_a_message_of_ours_has_its_values_as_fields_and_its_words_always_the_same() -> None:
    told = line("zhida.finance_asking", "broke off case=%s item=%s code=%s", "3f", "order", "a.b")
    assert (told["event"], told["level"]) == ("broke off", "warning")
    assert (told["case"], told["item"], told["code"]) == ("3f", "order", "a.b")
    assert told["at"].endswith("Z")


def test_numbers_keep_their_names_whatever_they_are() -> None:
    told = line("zhida.listen", "joined=%d given-up=%d", 3, 1)
    assert (told["joined"], told["given-up"], told["event"]) == (3, 1, "")


def test_of_an_error_only_its_code_is_told() -> None:
    told = line("zhida.ear", "stream=%s error=%s", "oa", Rejected("file.digest", file=SECRET))
    assert (told["stream"], told["code"]) == ("oa", "file.digest")
    assert SECRET not in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize("values", [(SECRET,), ()])
def test_what_a_library_says_loses_its_values(values: tuple[str, ...]) -> None:
    message = "got %s" if values else f"got {SECRET}"
    told = line("urllib3.connectionpool", message, *values)
    assert told["event"] == ("got %s" if values else "-")
    assert SECRET not in json.dumps(told, ensure_ascii=False)


def test_of_an_exception_its_kind_and_place_are_told_and_not_its_text() -> None:
    try:
        int(SECRET)
    except ValueError:
        told = line("zhida.sweep", "defect item=%s", "household", info=sys.exc_info())
    assert (told["type"], told["raised"].partition(":")[0]) == ("ValueError", __name__)
    assert SECRET not in json.dumps(told, ensure_ascii=False)


def test_an_alert_s_line_stands_there_whole() -> None:
    told = line("zhida.alerts", "%s", "【直达】系统故障 police-1：100% 失败")
    assert told["event"] == "【直达】系统故障 police-1：100% 失败"


def test_an_item_that_did_not_go_well_is_told_by_case_system_and_code(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    district = District(tmp_path)
    district.prepare()
    police = site.load(Path(district.env["ZHIDA_SITE"])).system("police")
    caplog.set_level(logging.INFO, "zhida")
    for code in ("", "wire.refused"):
        outcome = Outcome("ready", code, {"path": SECRET})
        assert sweep_log.said(police, ("3f", "household#1"), outcome) is outcome
    [record] = caplog.records
    told = json.loads(logs.formatter().format(record))
    assert {"case": "3f", "item": "household#1", "system": "police"}.items() <= told.items()
    assert (told["state"], told["code"], told["event"]) == ("ready", "wire.refused", "")


# --- what may be said -------------------------------------------------------------------------


def messages() -> Iterator[tuple[str, ast.expr]]:
    """Every call of a module's ``_log``: the file, and the message."""
    for package in logs.OURS:
        for file in (ROOT / package).rglob("*.py"):
            tree = ast.parse(file.read_text("utf-8"))
            for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
                told = call.func
                if not isinstance(told, ast.Attribute) or not isinstance(told.value, ast.Name):
                    continue
                if told.value.id == "_log" and told.attr != "isEnabledFor":
                    yield str(file.relative_to(ROOT)), resolved(tree, call.args[0])


def resolved(tree: ast.AST, told: ast.expr) -> ast.expr:
    """A name stands for what is assigned to it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(told, ast.Name):
            names = [getattr(target, "id", "") for target in node.targets]
            told = node.value if names == [told.id] else told
    return told


def test_every_message_of_ours_names_each_value_that_it_tells() -> None:
    found = [(file, told) for file, told in messages() if file not in UNNAMED]
    assert len(found) > 15
    for file, told in found:
        if file == "zhida/listen.py" and isinstance(told, ast.Call):
            continue  # counts, each by its name
        assert isinstance(told, ast.Constant), f"{file}: {ast.unparse(told)} is put together"
        places = [place[1] for place in logs._PLACE.finditer(str(told.value))]
        assert None not in places, f"{file}: {ast.unparse(told)} has a value without a name"
        assert set(places) <= set(logs.FIELDS), f"{file}: {ast.unparse(told)}"


# --- where it goes -----------------------------------------------------------------------------


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("ZHIDA_LOG", "ZHIDA_LOG_FILE"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_nobody_asked_and_people_read_lines(env: pytest.MonkeyPatch) -> None:
    [only] = logs.handlers()
    record = logging.LogRecord("zhida.x", logging.INFO, "x.py", 7, "port=%d", (80,), None)
    assert only.format(record).endswith("INFO zhida.x port=80")
    env.setenv("ZHIDA_LOG", "json")
    [only] = logs.handlers()
    assert json.loads(only.format(record))["port"] == 80


def test_the_file_is_json_and_begun_anew_when_it_was_moved_away(
    env: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "zhida.log"
    env.setenv("ZHIDA_LOG_FILE", str(file))
    kept = logs.handlers()[1]
    for number in range(2):
        kept.handle(
            logging.LogRecord("zhida.x", logging.INFO, "x.py", 7, "port=%d", (number,), None)
        )
        file.rename(tmp_path / f"{number}.log")
    kept.close()
    told = [json.loads((tmp_path / f"{number}.log").read_text("utf-8")) for number in range(2)]
    assert [each["port"] for each in told] == [0, 1]


def test_a_form_that_there_is_not_and_a_file_that_can_t_be_are_told(
    env: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    env.setenv("ZHIDA_LOG_FILE", str(tmp_path / "nowhere" / "zhida.log"))
    with pytest.raises(Fatal, match=r"site\.log-file"):
        logs.handlers()
    env.setenv("ZHIDA_LOG", "jsno")
    with pytest.raises(Fatal, match=r"site\.log-form"):
        logs.if_asked()


def test_doctests() -> None:
    assert doctest.testmod(logs).failed == 0
