"""What has grown too old is asked again under the same number, and only that; what was told before stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from exchange import times
from exchange.errors import Forbidden
from exchange.store import ledger_rows
from sandbox import officer_finance
from sandbox.firms import SELLERS
from tests.zhida.finance_in_district import Financing, checks, opened
from zhida import finance_letters, finance_renewing, finance_requests, finance_revoking


@pytest.fixture(scope="module")
def district(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[..., Any]
) -> Iterator[Financing]:
    with opened(tmp_path_factory.mktemp("finance"), open_town) as found:
        yield found


def told_of_day(district: Financing, monkeypatch: pytest.MonkeyPatch) -> str:
    """From now on people write this day, as the hub's clock has it, and the tax bureau does."""
    day = times.civil_day(district.hub.clock()).isoformat()
    monkeypatch.setattr(officer_finance, "china_time", lambda _: day)
    district.standing("registry", SELLERS[0]["uscc"], date=day)
    return day


def documents(told: Any) -> dict[str, str]:
    """Check → the document that it was read from."""
    return {row["check"]: row.get("document", "") for row in told.value["answer"]["checks"]}


def renewed(district: Financing) -> list[Any]:
    with district.hub.store.read() as connection:
        return list(ledger_rows.entries_of(connection, "finance-renewed"))


def asked(district: Financing, number: str, **letter: Any) -> Any:
    """What came of it at once."""
    order = district.order(f"PO-again-{number}")
    last = times.civil_day(district.hub.clock()) + timedelta(60)
    district.letter(f"L-{number}", order, **{"valid_until": last.isoformat(), **letter})
    return district.ask(number, f"L-{number}", order)


def later(district: Financing, monkeypatch: pytest.MonkeyPatch, days: int) -> str:
    district.town.clock.skip(days * 24 * 3600)
    return told_of_day(district, monkeypatch)


def test_a_search_that_is_too_old_is_asked_of_the_person_again_and_nothing_else(
    district: Financing, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_of_day(district, monkeypatch)
    asked(district, "A1")
    district.turn()
    before = district.look("A1")
    assert (before.status, checks(before)["pledge"]) == (200, "pass")
    day, entries = later(district, monkeypatch, 4), len(renewed(district))
    partial = district.look("A1")
    assert partial.status == 202
    assert [n for n, s in checks(partial).items() if s.startswith("unknown")] == ["pledge"]
    district.look("A1")  # it is under way: nothing is asked a third time
    assert len(renewed(district)) == entries + 1
    district.turn()
    after = district.look("A1")
    assert (after.status, checks(after)["pledge"]) == (200, "pass")
    changed = {n for n, each in documents(after).items() if each != documents(before)[n]}
    assert changed == {"pledge"}
    [row] = [r for r in after.value["answer"]["checks"] if r["check"] == "pledge"]
    assert row["as_of"] == day
    first, second, third = (each.value["answer"] for each in (before, partial, after))
    assert (second["supersedes"], third["supersedes"]) == (first["id"], second["id"])
    assert district.hub.archive.verify(before.value["signed"]).record == first


def test_an_order_that_has_not_changed_counts_from_the_day_on_which_it_was_asked_for_again(
    district: Financing, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_of_day(district, monkeypatch)
    before = asked(district, "A3")
    day = later(district, monkeypatch, 8)
    after = district.look("A3")
    [row] = [r for r in after.value["answer"]["checks"] if r["check"] == "order"]
    assert (row["state"], row["as_of"]) == ("pass", day)
    assert checks(after)["seller-standing"] == "pass"
    assert documents(after)["order"] != documents(before)["order"]
    assert documents(after)["seller-tax"] == documents(before)["seller-tax"]  # of thirty days
    request = finance_requests.find(district.hub, "bank-a", "A3")
    assert request is not None
    assert "opinion#1" not in request.items  # the law firm hears of no change, for there is none


def test_who_is_down_then_is_unknown_and_the_old_word_is_no_pass(
    district: Financing, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_of_day(district, monkeypatch)
    assert checks(asked(district, "A4"))["order"] == "pass"
    later(district, monkeypatch, 8)
    system = district.district.system("core_enterprise")
    system.kill()
    try:
        assert checks(district.look("A4"))["order"] == "unknown R99"
    finally:
        system.restart()
    district.town.clock.skip(3600)


def test_nothing_is_asked_again_once_it_is_lent_on_or_left(
    district: Financing, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_of_day(district, monkeypatch)
    assert checks(asked(district, "A5"))["order"] == "pass"
    assert checks(asked(district, "A6"))["order"] == "pass"
    district.lend("F5", "A5")
    district.call("POST", "/finance/requests/A6/withdrawal")
    entries = len(renewed(district))
    district.town.clock.skip(8 * 24 * 3600)
    for number in ("A5", "A6"):
        assert checks(district.look(number))["order"].startswith("unknown")
    assert len(renewed(district)) == entries


def test_a_letter_about_the_facts_of_other_days_lets_nobody_be_asked_again(
    district: Financing, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_of_day(district, monkeypatch)
    until = (times.civil_day(district.hub.clock()) + timedelta(2)).isoformat()
    asked(district, "A7", data_from="2026-01-01", data_until=until)
    entries = len(renewed(district))
    district.town.clock.skip(8 * 24 * 3600)
    district.look("A7")
    assert len(renewed(district)) == entries


def test_a_letter_that_is_taken_back_at_that_moment_is_asked_by_no_more(
    district: Financing, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_of_day(district, monkeypatch)
    asked(district, "A8")
    district.town.clock.skip(8 * 24 * 3600)
    request = finance_requests.find(district.hub, "bank-a", "A8")
    assert request is not None
    number = finance_requests.letter_id(district.hub, request.record)
    letter = finance_letters.get(district.hub.store, number)  # as the reading saw it
    rules = district.desk._desk.rules
    finance_revoking.revoke(district.hub, rules, token=district.seller.revocation("L-A8"))
    assert finance_renewing.renew(district.desk._desk, request, letter) == ()
    with pytest.raises(Forbidden, match=r"finance\.letter-revoked"):
        district.look("A8")
