"""``zhida finance feed``: how far each bank has got, and sending again from a number on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from exchange.errors import Invalid, Rejected, Retriable
from exchange.ports import utc_now
from sandbox import pki
from tests.zhida.finance_feeds import BANK, SYSTEM, Feeds, Program
from zhida import finance_push, finance_resend
from zhida.cli import app

REST = {"wire": "rest", "to": "/zhida/events", "settings": {"timeout_s": 5}}


@pytest.fixture(scope="module")
def listening() -> Iterator[Program]:
    with Program() as found:
        yield found


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, listening: Program) -> Iterator[Feeds]:
    found = Feeds(tmp_path_factory.mktemp("feeds"), REST, listening.connection)
    yield found
    found.close()


@pytest.fixture
def feeds(town: Feeds, listening: Program, monkeypatch: pytest.MonkeyPatch) -> Iterator[Feeds]:
    town.reset()
    town.clock.now = utc_now()  # commands go by the machine's clock
    listening.heard.clear()
    listening.answer = lambda _: 200
    secrets = pki.secrets_of(town.folder)
    monkeypatch.setenv("ZHIDA_SITE", str(town.site))
    monkeypatch.setenv("ZHIDA_VAR", str(town.folder / "var"))
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD", secrets["hub"])
    monkeypatch.setenv("ZHIDA_OPERATOR", "wang")
    monkeypatch.setenv("ZHIDA_OPERATOR_KEY", str(town.folder / "operators/wang.key"))
    monkeypatch.setenv("ZHIDA_OPERATOR_PASSWORD", secrets["wang"])
    monkeypatch.setenv("COLUMNS", "180")
    yield town
    town.audit()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["finance", "feed", *words])


def told(*words: str, code: int = 0) -> Any:
    done = run(*words, "--json")
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def test_the_position_the_backlog_and_the_last_answer_of_each_bank(
    feeds: Feeds, listening: Program
) -> None:
    feeds.happen(feeds.lend(), 3)
    [first, other] = told("status")
    assert (first["bank"], first["state"], first["backlog"]) == (BANK, "behind", 3)
    assert (other["bank"], other["state"], other["last"]) == ("bank-b", "asks", 0)
    listening.answer = lambda heard: 500 if heard.seq == 3 else 200
    feeds.turn()
    [failing, _] = told("status", code=1)
    expected = {"system": SYSTEM, "wire": "rest", "state": "failing", "position": 2, "last": 3}
    expected |= {"backlog": 1, "code": "bank-feed.not-taken"}
    assert failing.items() >= expected.items()
    assert failing["oldest_age_s"] >= 0
    feeds.turn()
    feeds.turn()
    assert "500" in told("status", code=1)[0]["what"]  # its incident knows
    feeds.clock.skip(minutes=10)
    assert "送不出去" in run("status").output
    listening.answer = lambda _: 200
    feeds.turn()
    [well, _] = told("status")
    assert (well["state"], well["backlog"], well["oldest_age_s"]) == ("well", 0, 0)


def test_events_leave_again_from_a_number_on_with_the_same_ids_and_content(
    feeds: Feeds, listening: Program
) -> None:
    feeds.happen(feeds.lend(), 3)
    feeds.turn()
    assert told("resend", BANK, "--from", "2", "--reason", "银行换库")["seq"] == 1
    feeds.turn()
    assert listening.taken == [1, 2, 3, 2, 3]
    assert [each.body for each in listening.heard[1:3]] == [
        each.body for each in listening.heard[3:]
    ]
    [entry] = feeds.entries("finance-resend")
    assert (entry["bank"], entry["first"], entry["operator"]) == (BANK, 2, "wang")


def test_what_was_not_sent_yet_is_not_skipped(feeds: Feeds) -> None:
    feeds.happen(feeds.lend(), 3)
    done = run("resend", BANK, "--from", "3")
    assert isinstance(done.exception, Rejected)
    assert feeds.position.seq == 0
    with pytest.raises(Rejected) as error:
        finance_resend.events(
            feeds.hub, feeds.operator(), finance_resend.bank(feeds.hub, BANK), first=3, reason=""
        )
    assert (error.value.code, error.value.facts["last"]) == ("finance.resend-range", 1)


def test_a_slip_is_answered_with_what_there_is(feeds: Feeds) -> None:
    done = run("resend", "bank-aa", "--from", "1")
    assert isinstance(done.exception, Invalid)
    assert done.exception.facts == {"bank": "bank-aa", "nearest": BANK}
    assert run("resend", BANK).exit_code == 64
    assert run("resend", BANK, "--from", "1", "--day", "2026-01-10").exit_code == 64
    takes_no_files = run("resend", BANK, "--day", "2026-01-10").exception
    assert isinstance(takes_no_files, Rejected)
    assert takes_no_files.code == "finance.resend-day"


def test_while_events_are_being_sent_nobody_moves_the_position(feeds: Feeds) -> None:
    to = finance_resend.bank(feeds.hub, BANK)
    with feeds.hub.locks.hold(finance_push.lock_of(BANK)), pytest.raises(Retriable) as error:
        finance_resend.events(feeds.hub, feeds.operator(), to, first=1, reason="")
    assert error.value.code == "finance.push-busy"
