"""A parked item is worked on again by a person's word; nothing is ever sent twice by it."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import canonical
from exchange.errors import Forbidden, Rejected
from exchange.store import case_rows, ledger_rows
from sandbox.handle import Handle
from zhida import operators
from zhida.replay import UNKNOWABLE, replay


def park(town: Any, certificate: str, code: str) -> str:
    """Set the household item as if a person had to decide, for this reason."""
    case: str = town.case(certificate).id
    with town.hub.store.write() as connection:
        values = {"state": "parked", "code": code, "facts": "{}"}
        case_rows.set_item(connection, case, "household", values)
    return case


def test_what_was_sent_and_lost_is_probed_after_a_replay_not_sent_again(
    town: Any, police: Handle
) -> None:
    police.fault("reset", operation="csdj", times=1)
    certificate = town.bear(830)
    town.take_in()
    town.sweep()
    assert town.item(certificate, "household").state == "unknown"
    case = park(town, certificate, "agreement.expired")  # it expired before the probe
    replay(town.hub, town.operator("wang"), case, "household")
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.calls(certificate) == 1


def test_the_replay_is_in_the_ledger_signed_by_its_operator(town: Any) -> None:
    certificate = town.bear(831)
    town.take_in()
    case = park(town, certificate, "agreement.none")
    replay(town.hub, town.operator("wang"), case, "household")
    with town.hub.store.read() as connection:
        entries = ledger_rows.entries_of_case(connection, case)
    [entry] = [e for e in entries if e.kind == "replay"]
    told = canonical.loads(entry.body)
    assert (told["operator"], told["was"]) == ("wang", "agreement.none")
    signed = operators.verify(town.hub.site, told["token"], role="operate")
    assert (signed.action, signed.target) == ("replay", {"case": case, "item": "household"})
    town.finish(certificate)


@pytest.mark.parametrize("code", sorted(UNKNOWABLE))
def test_what_only_a_person_can_know_takes_two_people(town: Any, code: str) -> None:
    certificate = town.bear(840 + sorted(UNKNOWABLE).index(code))
    town.take_in()
    case = park(town, certificate, code)
    with pytest.raises(Forbidden, match=r"replay\.two-people"):
        replay(town.hub, town.operator("wang"), case, "household")


def test_an_item_that_is_not_parked_is_not_replayed(town: Any) -> None:
    certificate = town.bear(850)
    town.take_in()
    with pytest.raises(Rejected, match=r"replay\.not-parked"):
        replay(town.hub, town.operator("wang"), town.case(certificate).id, "household")
    town.finish(certificate)
