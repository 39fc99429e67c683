"""No agreement in force: nothing leaves, the item is parked, the refusal says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from exchange import audit, canonical, times
from exchange.store import ledger_rows
from exchange.store.engine import Store
from zhida import replay

pytestmark = pytest.mark.guarantee("G8")

ITEM = {
    "window-to-hospital": "birth",
    "hospital-to-police": "birth",
    "window-to-police": "household",
    "police-to-insurance": "insurance",
    "window-to-insurance": "insurance",
    "hub-to-window": "reply",
}
"""Agreement → the item that cannot be done without it."""
SYSTEM = {"household": "police", "insurance": "insurance", "reply": "oa"}
REMEDY = {"none": "签订共享协议", "purpose": "补充协议", "expired": "续签", "not-yet": "生效日"}


def _break(town: Any, rules: Any, agreement: str, how: str) -> None:
    today = times.civil_day(town.hub.clock())
    day = timedelta(days=1)
    if how == "none":
        rules.remove(agreement)
    elif how == "purpose":
        rules.change(agreement, purpose="statistics")
    elif how == "expired":
        rules.change(agreement, valid_until=(today - day).isoformat())
    else:
        rules.change(agreement, valid_from=(today + day).isoformat())


def _sweep_all(turn: Callable[[str], str]) -> None:
    for item in ("birth", "household", "insurance", "reply"):
        turn(item)


def _reads(town: Any) -> int:
    """How often the hospital's signer handed a document over, by its own ledger."""
    store = Store(f"sqlite:///{town.district.directory / 'hospital' / 'signer.sqlite'}")
    with store.read() as connection:
        rows = ledger_rows.entries(connection, 0, 10_000)
    store.close()
    return sum(row.kind == "read" for row in rows)


@pytest.mark.parametrize(
    ("agreement", "how"),
    [
        *((agreement, "expired") for agreement in ITEM),
        ("hospital-to-police", "none"),
        ("window-to-police", "purpose"),
        ("police-to-insurance", "not-yet"),
    ],
)
def test_without_an_agreement_in_force_nothing_leaves(
    town: Any,
    rules: Any,
    born: str,
    turn: Callable[[str], str],
    heard: Callable[[str], list[bytes]],
    agreement: str,
    how: str,
) -> None:
    item = ITEM[agreement]
    if item == "reply":
        for done in ("birth", "household", "insurance"):
            turn(done)
    reads = _reads(town)
    _break(town, rules, agreement, how)
    before = {system: len(heard(system)) for system in ("police", "insurance", "oa")}
    _sweep_all(turn)
    row = town.item(born, item)
    assert (row.state, row.code) == ("parked", f"agreement.{how}")
    if item == "birth":
        assert _reads(town) == reads
        assert {s: len(heard(s)) for s in before} == before
    else:
        assert len(heard(SYSTEM[item])) == before[SYSTEM[item]]
    facts = canonical.loads(row.facts.encode())
    assert facts.get("agreement", agreement if how == "none" else "") == agreement
    assert facts["receiver"] in {
        "hospital",
        "public-security",
        "medical-insurance",
        "service-window",
    }


def _zhida(town: Any, *words: str, operator: str = "") -> Any:
    with town.worker("-m", "zhida", *words, "--json", operator=operator) as process:
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, out
    return json.loads(out)


def test_an_agreement_that_ends_between_two_items_is_named_recorded_and_when_renewed_goes_on(
    town: Any,
    rules: Any,
    born: str,
    turn: Callable[[str], str],
    heard: Callable[[str], list[bytes]],
) -> None:
    assert turn("birth") == "applied"
    _break(town, rules, "hospital-to-police", "expired")
    before = len(heard("police"))
    assert turn("household") == "parked"
    assert len(heard("police")) == before
    case = town.case(born).id

    listed = [row for row in _zhida(town, "parked", "list") if row["case"] == case]
    assert [row["item"] for row in listed] == ["household"]
    told = listed[0]
    assert told["code"] == "agreement.expired"
    assert told["facts"]["agreement"] == "hospital-to-police"
    assert "hospital-to-police" in told["what"]
    assert "公安分局（public-security）" in told["what"]
    assert "续签" in told["remedy"] and "妇幼保健院（hospital）" in told["remedy"]
    assert "zhida parked replay" in told["remedy"]

    with town.hub.store.read() as connection:
        rows = ledger_rows.entries_of_case(connection, case)
    refusals = [canonical.loads(row.body) for row in rows if row.kind == "refusal"]
    assert [(r["item"], r["code"], r["agreement"]) for r in refusals] == [
        ("household", "agreement.expired", "hospital-to-police")
    ]

    rules.restore()
    _zhida(town, "parked", "replay", case, "household", operator="wang")
    town.finish(born)
    assert town.effects(born) == (1, 1, 1)
    found = audit.verify(town.hub.store, town.hub.signer.public, town.hub.site.name)
    assert found.problems == []


def test_the_check_of_the_site_names_units_by_title(town: Any, rules: Any) -> None:
    _break(town, rules, "hospital-to-police", "expired")
    with town.worker("-m", "zhida", "check", "--json") as process:
        out, _ = process.communicate(timeout=120)
    assert process.returncode == 1, out
    rows = [each for each in json.loads(out) if each["code"] == "agreement.expired"]
    assert rows
    for row in rows:
        assert "妇幼保健院（hospital）" in row["remedy"]
        assert "公安分局（public-security）" in row["what"]


def test_replaying_before_the_agreement_is_renewed_sends_nothing(
    town: Any,
    rules: Any,
    born: str,
    turn: Callable[[str], str],
    heard: Callable[[str], list[bytes]],
) -> None:
    turn("birth")
    _break(town, rules, "window-to-police", "expired")
    before = len(heard("police"))
    for _ in range(2):
        assert turn("household") == "parked"
        replay.replay(town.hub, town.operator("wang"), town.case(born).id, "household")
    assert turn("household") == "parked"
    assert len(heard("police")) == before


@pytest.mark.parametrize("how", list(REMEDY))
def test_each_refusal_has_its_own_remedy(how: str) -> None:
    from exchange.problems import describe

    _, remedy = describe(f"agreement.{how}", {"provider": "a", "receiver": "b"})
    assert REMEDY[how] in remedy
