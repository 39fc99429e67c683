"""An event and what is handed over by it come about together, or not at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange.errors import Rejected, Retriable
from exchange.store import case_rows
from matters.ladder_parts import Event
from tests.zhida import mediation_town
from tests.zhida.mediation_town import UNIT, Town
from tests.zhida.small_town import monday
from zhida import dispute
from zhida.dispute_consent import Consent
from zhida.dispute_telling import Saying, Teller


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with mediation_town.opened(tmp_path_factory.mktemp("mediation"), monday()) as found:
        yield found


def teller(town: Town, number: str) -> Teller:
    """One who has read the dispute as it is now."""
    found = town.dispute(number)
    record = dispute.registration(town.hub, found.row.case)
    return Teller(town.hub, town.rules, found, record, Consent())


def handings(town: Town) -> int:
    with town.hub.store.read() as connection:
        return len(case_rows.list_cases(connection, "mediation-referral"))


def test_what_was_read_before_another_told_something_is_told_by_nobody(town: Town) -> None:
    number = town.register(place="秣陵街道")
    late = teller(town, number)
    assert town.say(number, "accepted", "street")["accepted"]
    before, told = handings(town), town.dispute(number).told
    handed = Event("handed-over", town.clock(), "street", UNIT["street"], to=UNIT["people"])
    noted = Event("suspended", town.clock(), "hub", UNIT["hub"])
    for event in (handed, noted):
        with pytest.raises(Retriable, match=r"store\.conflict"):
            late.tell(Saying([event]))
    assert town.dispute(number).told == told
    assert handings(town) == before


def test_what_the_ladder_refuses_leaves_nothing(town: Town) -> None:
    number = town.register(place="秣陵街道")
    before, told = handings(town), town.dispute(number).told
    good = Event("accepted", town.clock(), "street", UNIT["street"])
    bad = Event("judged", town.clock(), "court", UNIT["court"])
    with pytest.raises(Rejected, match=r"ladder\.no-edge"):
        teller(town, number).tell(Saying([good, bad]))
    assert (town.dispute(number).told, handings(town)) == (told, before)
