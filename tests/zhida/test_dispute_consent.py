"""What a party has not agreed to goes to nobody; what is withdrawn goes to nobody any more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from exchange.store import case_rows, ledger_rows
from tests.zhida import mediation_town
from tests.zhida.mediation_town import Town
from tests.zhida.small_town import monday
from zhida import dispute_again, dispute_consent, own_filing, own_opening
from zhida.dispute_telling import Teller
from zhida.mediation_rules import REFERRAL
from zhida.own_filing import Paper
from zhida.own_opening import Own

AGREED = {"consent": {"mediate": True, "share": True}, "place": "秣陵街道"}
OFFER = {"by": "employer", "text": "愿付三万元了结"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with mediation_town.opened(tmp_path_factory.mktemp("mediation"), monday()) as found:
        yield found


def test_the_newest_word_counts() -> None:
    record = mediation_town.registration()
    consent = dispute_consent.of(record, [{"consent": {"share": True}}, {"offers": [OFFER]}])
    assert (consent.share, consent.offers, consent.offered) == (True, False, (OFFER,))
    assert not dispute_consent.after(consent, {"consent": {"share": False}}).share
    form = {"offered": {"worker": "可以少要五千", "employer": "先付一半"}}
    assert [each["by"] for each in dispute_consent.after(consent, form).offered[1:]] == [
        "employer",
        "worker",
    ]


def test_with_consent_the_substance_goes_with_the_slip(town: Town) -> None:
    number = town.register(**AGREED)
    [told] = town.slips(number)
    assert told["substance"]["worker"]["name"] == "王示例"
    assert "workers" not in told["substance"]
    assert told["referral"]["with_substance"] is True


def test_a_consent_that_comes_later_brings_it_to_who_has_the_dispute(town: Town) -> None:
    number = town.register(place="秣陵街道")
    town.say(number, "consent-changed", "street", consent={"share": True})
    first, second = town.slips(number)
    assert "substance" not in first
    assert second["substance"]["facts"] == "三月工资没有发"
    assert (second["referral"]["desk"], second["referral"]["event"]) == ("311", "consent-changed")


def test_a_consent_that_is_withdrawn_stops_who_has_it_and_reaches_nobody_after(town: Town) -> None:
    number = town.register(**AGREED)
    assert "substance" in town.slips(number)[0]
    town.say(number, "consent-changed", "street", consent={"share": False})
    told = town.slips(number)
    assert [("substance" in each) for each in told] == [True, False]
    stopped = [each["referral"]["id"] for each in town.effects("stop_using")]
    assert stopped == [told[0]["referral"]["id"]]
    town.say(number, "handed-over", "street", to="people-mediation")
    assert "substance" not in town.slips(number)[-1]


def test_what_was_offered_goes_to_arbitration_only_if_both_agreed(town: Town) -> None:
    found = {}
    for agreed in (True, False):
        number = town.register(**AGREED)
        for event in ("accepted", "mediation-applied"):
            town.say(number, event, "street")
        consent = {"offers": True} if agreed else {}
        town.say(number, "failed", "street", offers=[OFFER], consent=consent)
        town.say(number, "diverted", "hub", to="court")
        found[agreed] = town.slips(number)[-1]
    assert found[True]["record"]["offers"] == [OFFER]
    assert "record" not in found[False]
    assert "三万元" not in str(found[False])


def test_what_was_offered_goes_to_no_other_mediator_though_both_agreed(town: Town) -> None:
    number = town.register(**AGREED)
    for event in ("accepted", "mediation-applied"):
        town.say(number, event, "street")
    town.say(number, "failed", "street", offers=[OFFER], consent={"offers": True})
    town.say(number, "diverted", "hub", to="people-mediation")
    last = town.slips(number)[-1]
    assert (last["referral"]["role"], last["substance"]["facts"]) == ("people", "三月工资没有发")
    assert "record" not in last


def slip(town: Town, number: str, role: str, unit: str, name: str = "x") -> str:
    """A slip that somebody with a hand in the hub has made by himself: its case."""
    record = {
        "id": f"{number}/{name}",
        "dispute": number,
        "at": "2026-03-02T09:00:00",
        "role": role,
        "unit": unit,
        "from": "mediation-centre",
        "event": "diverted",
        "kind": "wages",
    }
    into = own_opening.stream(town.hub, REFERRAL, REFERRAL)
    key = f"{REFERRAL}/{record['id']}"
    own_opening.take(into, Own(key, record))
    tag = town.hub.vault.tag("case", REFERRAL, record["id"])
    with town.hub.store.read() as connection:
        return case_rows.by_identity(connection, REFERRAL, tag) or ""


def refusals(town: Town, case: str) -> list[str]:
    """What the ledger tells of this case's refusals."""
    with town.hub.store.read() as connection:
        entries = ledger_rows.entries_of_case(connection, case)
    return [each.body.decode() for each in entries if each.kind == "refusal"]


@pytest.mark.parametrize(
    ("name", "record", "role", "unit", "code"),
    [
        ("substance", {"consent": {"share": False}}, "court", "court", "agreement.no-consent"),
        ("record", {"consent": {"offers": False}}, "court", "court", "agreement.no-consent"),
        ("record", {"consent": {"offers": True}}, "people", "people-mediation", "agreement."),
    ],
)
def test_who_forces_it_is_refused_recorded_and_told_why(
    town: Town, name: str, record: dict[str, Any], role: str, unit: str, code: str
) -> None:
    number = town.register(place="东山街道")
    case = slip(town, number, role, unit)
    told = {
        "substance": {"worker": {"name": "王示例"}, "employer": {"name": "甲"}, "kind": "wages"}
    }
    content = {"dispute": number, "offers": [OFFER]} if name == "record" else {"dispute": number}
    content |= told.get(name, {}) | record
    kind = f"mediation-{name}"
    own_filing.file(town.hub, [Paper(case, name, kind, f"{kind}/forced/{case}", content)])
    town.sweep()
    assert f"{number}/x" not in [each["referral"]["id"] for each in town.effects("take_dispute")]
    with town.hub.store.read() as connection:
        row = case_rows.get_item(connection, case, role)
    assert row is not None
    assert row.state == "parked"
    assert row.code.startswith(code)
    [refusal] = refusals(town, case)
    assert row.code in refusal
    assert "王示例" not in refusal


def test_nothing_is_taken_back_twice(town: Town) -> None:
    number = town.register(**AGREED)
    town.slips(number)
    town.say(number, "consent-changed", "street", consent={"share": False})
    found = town.dispute(number)
    assert dispute_again.take_back(town.hub, found, found.told[-1].document, ["share"]) == 0


def test_one_that_died_before_a_withdrawal_was_an_event_has_stopped_the_papers(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    number = town.register(**AGREED)
    town.slips(number)
    before = len(town.effects("stop_using"))
    with monkeypatch.context() as patched:
        patched.setattr(Teller, "tell", die)
        with pytest.raises(KeyboardInterrupt):
            town.say(number, "consent-changed", "street", consent={"share": False})
    town.sweep()
    assert len(town.effects("stop_using")) == before + 1
    assert town.advance()["taken"] == 1
    assert [("substance" in each) for each in town.slips(number)] == [True, False]
    assert len(town.effects("stop_using")) == before + 1, "each once"


def at_court(town: Town) -> str:
    """A dispute that lies with the court, with its substance and what was offered."""
    number = town.register(**AGREED)
    for event in ("accepted", "mediation-applied"):
        town.say(number, event, "street")
    town.say(number, "failed", "street", offers=[OFFER], consent={"offers": True})
    town.say(number, "diverted", "hub", to="court")
    return number


def stopped(town: Town, number: str) -> list[str]:
    """The handings-over whose papers nobody may use any more."""
    town.sweep()
    told = [each["referral"]["id"] for each in town.effects("stop_using")]
    return sorted(each for each in told if each.startswith(number))


def test_offers_that_are_withdrawn_stop_who_has_them_and_leave_the_rest(town: Town) -> None:
    number = at_court(town)
    assert "record" in town.slips(number)[-1]
    town.say(number, "consent-changed", "hub", consent={"offers": False})
    assert stopped(town, number) == [f"{number}/5/1"], "the court had them, nobody else"
    last = town.slips(number)[-1]
    assert ("substance" in last, "record" in last) == (True, False)


def test_both_that_are_withdrawn_at_once_stop_everybody_once(town: Town) -> None:
    number = at_court(town)
    had = [each["referral"]["id"] for each in town.slips(number) if "substance" in each]
    town.say(number, "consent-changed", "hub", consent={"share": False, "offers": False})
    assert stopped(town, number) == had
    assert set(town.slips(number)[-1]) == {"referral"}


def test_what_is_withdrawn_before_it_went_out_never_goes_out(town: Town) -> None:
    number = at_court(town)
    town.say(number, "consent-changed", "hub", consent={"share": False, "offers": False})
    told = town.slips(number)
    assert told
    assert not any("substance" in each or "record" in each for each in told)
