"""A dispute on its way: taken down, led, handed over, moved on by what units say, and put on file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from exchange.store import dispute_rows
from exchange.store.told_rows import Log
from tests.zhida import mediation_town
from tests.zhida.mediation_town import Town
from tests.zhida.small_town import monday
from zhida import dispute, mediation_advance, mediation_answers


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with mediation_town.opened(tmp_path_factory.mktemp("mediation"), monday()) as found:
        yield found


def test_from_registration_to_closing(town: Town) -> None:
    number = town.register(place="秣陵街道")
    assert town.state(number) == "diverted"
    [slip] = [each["referral"] for each in town.slips(number)]
    assert (slip["role"], slip["unit"], slip["desk"]) == ("street", "streets", "311")
    way = ["accepted", "mediation-applied", "agreed", "performed"]
    for event in way:
        assert town.say(number, event, "street")["accepted"], event
    follow_up = town.slips(number)[-1]["referral"]
    assert (follow_up["role"], follow_up["desk"]) == ("hub", "301"), "somebody has to call them"
    assert town.say(number, "closed", "hub")["accepted"]
    assert town.dispute(number).row.closed_at
    town.sweep()
    [filed] = [e for e in town.effects("archive_dispute") if e["ending"]["dispute"] == number]
    assert "达成调解协议（streets）" in filed["ending"]["steps"]
    assert town.owners(number) == {}


def test_the_slip_has_nothing_of_a_person(town: Town) -> None:
    number = town.register(place="东山街道", workers=3, risk=False)
    [got] = town.slips(number)
    assert set(got) == {"referral"}
    told = str(got)
    for personal in ("王示例", "13800000001", "示例建筑公司", "三月工资"):
        assert personal not in told
    assert got["referral"]["with_substance"] is False
    assert "登记后分流" not in got["referral"]["periods"], "that one is over by the handing-over"
    assert "分流后受理：2026-03-05" in got["referral"]["periods"]
    assert "由它先调解（劳动争议调解仲裁法第十条第三项）" in got["referral"]["reason"]


def test_ten_workers_call_everybody_on_duty_at_once(town: Town) -> None:
    number = town.register(workers=12, migrant=True)
    found = Counter(
        (each["referral"]["role"], each["referral"].get("desk")) for each in town.slips(number)
    )
    duty = {("response", desk): 1 for desk in ("351", "352", "353")}
    assert found == duty | {("aid", "341"): 1, ("people", "321"): 1}
    assert town.owners(number) == {
        "dispute": "people-mediation",
        "aid": "aid",
        "response": "response",
    }


def test_the_next_dispute_goes_to_the_mediator_with_the_fewest(town: Town) -> None:
    desks = [town.dispute(town.register()).desk[1] for _ in range(4)]
    assert sorted(desks) == ["321", "321", "322", "322"]


def test_what_comes_back_waits_for_a_person_of_the_centre(town: Town) -> None:
    number = town.register(labour_relation=False)
    assert town.owners(number) == {"dispute": "court"}
    assert town.say(number, "declined", "court")["accepted"]
    assert town.advance()["led"] == 0
    assert town.state(number) == "registered", "the rules have spoken once"
    assert town.slips(number)[-1]["referral"]["role"] == "hub"
    told = {"to": "union", "desk": "999"}
    assert town.say(number, "diverted", "hub", **told)["accepted"]
    last = town.slips(number)[-1]["referral"]
    assert (last["unit"], last["desk"], last["from"]) == ("union", "999", "mediation-centre")


def test_a_centre_hands_up_to_another_desk_of_its_own_unit(town: Town) -> None:
    number = town.register(place="秣陵街道")
    told = {"to": "streets", "desk": "310"}
    assert town.say(number, "handed-over", "street", **told)["accepted"]
    assert [each["referral"]["desk"] for each in town.slips(number)] == ["311", "310"]


@pytest.mark.parametrize(
    ("event", "role", "more", "code"),
    [
        ("agreed", "street", {}, "ladder.no-edge"),
        ("accepted", "court", {}, "ladder.no-edge"),
        ("awarded", "street", {}, "ladder.not-theirs"),
        ("acepted", "street", {}, "ladder.unknown-event"),
        ("handed-over", "street", {}, "ladder.target"),
        ("handed-over", "street", {"to": "police"}, "mediation.no-target"),
        ("accepted", "street", {"unit": "court", "by": "court"}, "mediation.not-its-role"),
        ("accepted", "street", {"by": "court"}, "mediation.not-its-word"),
        ("accepted", "street", {"at": "2030-01-01T00:00:00"}, "mediation.future"),
        ("accepted", "street", {"dispute": "LT-20260101-000000000000"}, "mediation.no-dispute"),
        ("enforcement-applied", "court", {}, "ladder.no-edge"),
    ],
)
def test_what_can_t_be_is_refused_with_its_reason_and_moves_nothing(
    town: Town, event: str, role: str, more: dict[str, str], code: str
) -> None:
    number = town.register(place="秣陵街道")
    if code == "ladder.no-edge" and role == "court":
        town.say(number, "accepted", "street")
    before = town.dispute(number)
    verdict = town.say(number, event, role, **more)
    assert (verdict["accepted"], verdict["code"]) == (False, code)
    assert len(verdict["reason"]) > 10
    assert town.dispute(number) == before


def test_a_hearing_is_told_by_its_day(town: Town) -> None:
    number = town.register(place="秣陵街道")
    for event in ("arbitration-applied", "arbitration-accepted"):
        assert town.say(number, event, "arbitration")["accepted"]
    told = {"at": "2026-04-20T09:00:00"}
    assert town.say(number, "hearing-set", "arbitration", **told)["accepted"]


def test_the_platform_that_said_it_is_answered(town: Town) -> None:
    number = town.register(channel="court", labour_relation=False)
    town.sweep()
    [told] = [e for e in town.effects("tell_triage") if e["triage"]["dispute"] == number]
    assert (told["triage"]["to"], told["triage"]["rule"]) == ("court", "no-labour-relation")
    town.say(number, "accepted", "court")
    town.sweep()
    [told] = [e for e in town.effects("tell_verdict") if e["verdict"]["dispute"] == number]
    assert told["verdict"]["state"] == "争议处理：已受理"


def test_one_that_died_after_the_event_is_followed_by_one_that_answers(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = town.register(place="秣陵街道")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(mediation_answers, "_file", die)
        with pytest.raises(KeyboardInterrupt):
            town.say(number, "accepted", "street")
    before = len(town.dispute(number).told)
    assert town.advance()["taken"] == 1
    assert len(town.dispute(number).told) == before
    assert len(town.slips(number)) == 1


def test_one_that_died_before_it_was_handed_over_is_followed_by_one_that_hands_it_over(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Log, "close", die)
        with pytest.raises(KeyboardInterrupt):
            town.register(place="秣陵街道", number="DJ-KILL")
    assert town.advance()["led"] == 1
    assert town.advance()["led"] == 0


def test_only_one_process_is_at_it(town: Town) -> None:
    with town.hub.locks.hold(mediation_advance.LOCK) as owned:
        assert owned
        assert town.advance() == {}


def test_what_several_systems_tell_at_once_is_taken_as_it_happened(town: Town) -> None:
    number = town.register(place="秣陵街道")
    for n in range(6, 0, -1):
        name = ("accepted", "mediation-applied", "agreed", "not-performed", "performed", "closed")[
            n - 1
        ]
        town.clock.skip(seconds=1)
        at = f"2026-03-02T08:00:{n:02}"
        town.told(number, name, "hub" if name == "closed" else "street", at=at)
    assert town.advance()["taken"] == 6
    assert town.state(number) == "closed"


def test_who_registers_again_elsewhere_is_found_and_not_asked_once_more(town: Town) -> None:
    parties = {
        "worker": {"name": "赵示例", "phone": "13800000077"},
        "employer": {"name": "示例物流公司"},
    }
    first = town.register(**parties, place="秣陵街道")
    second = town.register(**parties, channel="court", place="秣陵街道")
    town.register(worker={"name": "赵示例"}, employer={"name": "示例物流公司"})
    with town.hub.store.read() as connection:
        row = dispute_rows.LOG.by_number(connection, second)
        assert row is not None
        assert dispute_rows.alike(connection, row) == [first]
    town.sweep()
    [told] = [e for e in town.effects("tell_triage") if e["triage"]["dispute"] == second]
    assert first in str(told["triage"].get("asks_text", ""))


@pytest.mark.parametrize(
    "at", ["2026-13-45T00:00:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59"]
)
def test_a_time_that_there_is_not_never_becomes_an_event(town: Town, at: str) -> None:
    number = town.register(place="秣陵街道")
    told = {"unit": "union", "number": f"E-{at[:7]}", "dispute": number, "role": "union", "at": at}
    told |= {"event": "accepted"}
    assert town.take("mediation-event", "event", "union", told) == "invalid"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_that_no_period_can_be_reckoned_from_is_not_taken_down(town: Town, day: str) -> None:
    told = mediation_town.registration(kind="termination", dates={"right_known": day})
    assert town.take("mediation", "registration", told["channel"], told) == "invalid"


def test_those_that_come_at_once_are_shared_out_as_well(town: Town) -> None:
    before = mediation_advance.loads_of(town.rules, dispute.still_open(town.hub))
    for _ in range(6):
        told = mediation_town.registration()
        assert town.take("mediation", "registration", told["channel"], told) == "opened"
    assert town.advance()["led"] == 6
    after = mediation_advance.loads_of(town.rules, dispute.still_open(town.hub))
    assert after["321"] + after["322"] == before["321"] + before["322"] + 6
    assert abs(after["321"] - after["322"]) <= 1


def test_who_has_handed_it_on_has_room_for_the_next(town: Town) -> None:
    number = town.register()
    had = town.dispute(number).desk[1]
    before = mediation_advance.loads_of(town.rules, dispute.still_open(town.hub))
    town.say(number, "arbitration-applied", "arbitration")
    after = mediation_advance.loads_of(town.rules, dispute.still_open(town.hub))
    assert after[had] == before[had] - 1


def test_a_refusal_is_in_the_words_of_a_form(town: Town) -> None:
    number = town.register(place="秣陵街道")
    refused = town.say(number, "agreed", "street")["reason"]
    assert "“达成调解协议”" in refused
    assert "争议处理：已分流，待受理" in refused
    assert "不能登记" in town.say(number, "awarded", "street")["reason"]
    assert "劳动人事争议仲裁" in town.say(number, "awarded", "street")["reason"]
