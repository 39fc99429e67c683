"""What only people can know takes two of them; their word brings about one effect, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from exchange import canonical
from exchange import receipt as receipts
from exchange.errors import Forbidden, Invalid, Rejected
from exchange.store import case_rows, delivery_rows, ledger_rows, proposal_rows
from exchange.store.operating_tables import proposal
from exchange.store.proposal_rows import ProposalRow
from sandbox.handle import Handle
from zhida import operators, proposals, task
from zhida.decisions import FOUND_APPLIED, GIVE_UP, REPLAY
from zhida.proposals import Wish

pytestmark = pytest.mark.guarantee("G2")

_numbers = iter(range(900, 999))
KNOWN = "已电话核实"


@pytest.fixture
def blind(town: Any) -> Iterator[None]:
    """The register can't be asked whether it has a row: its operation declares no idempotence."""
    adapter = town.hub.adapter(town.hub.site.systems["police"])
    kept = adapter._operations
    adapter._operations = {
        name: replace(each, idempotence="none", settle=each.settle * 0)
        for name, each in kept.items()
    }
    yield
    adapter._operations = kept


@pytest.fixture
def lost(town: Any, police: Handle, blind: None) -> Callable[[str], str]:
    """A birth whose registration was sent and lost, before or after it was executed."""

    def make(stage: str) -> str:
        certificate: str = town.bear(next(_numbers))
        town.take_in()
        police.fault("reset", operation="csdj", times=1, stage=stage)
        town.sweep("birth household")
        town.clock.skip(600)
        town.sweep("household")
        row = town.item(certificate, "household")
        assert (row.state, row.code) == ("parked", "delivery.unknowable")
        return certificate

    return make


def propose(town: Any, certificate: str, action: str, **more: str) -> ProposalRow:
    wish = Wish(action, town.case(certificate).id, "household", KNOWN, **more)
    return proposals.propose(town.hub, town.operator("wang"), wish)


def approve(town: Any, row: ProposalRow, who: str = "li") -> None:
    proposals.approve(town.hub, town.operator(who, "approve"), row.id)


def entries(town: Any, certificate: str, kind: str) -> list[dict[str, Any]]:
    with town.hub.store.read() as connection:
        rows = ledger_rows.entries_of_case(connection, town.case(certificate).id)
    return [canonical.loads(row.body) for row in rows if row.kind == kind]


def stored(town: Any, row: ProposalRow) -> ProposalRow:
    with town.hub.store.read() as connection:
        found = proposal_rows.get(connection, row.id)
    assert found is not None
    return found


def tamper(town: Any, row: ProposalRow, **values: str) -> None:
    with town.hub.store.write() as connection:
        connection.execute(update(proposal).where(proposal.c.id == row.id).values(**values))


def test_what_changes_while_the_second_person_decides_makes_it_void(
    town: Any, lost: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the transaction: the item is looked at again inside."""
    certificate = lost("after")
    row = propose(town, certificate, REPLAY)
    begin = task.begin

    def meanwhile(hub: Any, item: str, case: str) -> Any:
        with hub.store.write() as connection:
            case_rows.set_item(
                connection, case, item, {"updated_at": "2027-01-01T00:00:00.000000Z"}
            )
        return begin(hub, item, case)

    with monkeypatch.context() as patch:
        patch.setattr(task, "begin", meanwhile)
        with pytest.raises(Rejected) as refused:
            approve(town, row)
    assert refused.value.code == "proposal.stale"
    assert town.states(certificate)["household"] == "parked"
    assert entries(town, certificate, "decision") == []


# --- it did not come about -------------------------------------------------------------------------


def test_what_did_not_come_about_is_done_once_after_two_people_said_so(
    town: Any, lost: Callable[[str], str]
) -> None:
    certificate = lost("before")
    assert town.registered(certificate) == []
    approve(town, propose(town, certificate, REPLAY))
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


def test_a_rejected_proposal_sends_nothing_and_the_item_stays_parked(
    town: Any, lost: Callable[[str], str]
) -> None:
    certificate = lost("before")
    row = propose(town, certificate, REPLAY)
    proposals.reject(town.hub, town.operator("li", "approve"), row.id, reason="对方说办了")
    town.sweep()
    assert town.item(certificate, "household").state == "parked"
    assert town.effects(certificate) == (0, 0, 0)
    assert [e["state"] for e in entries(town, certificate, "decision")] == ["rejected"]


def test_until_the_second_person_decides_nothing_is_sent(
    town: Any, lost: Callable[[str], str]
) -> None:
    certificate = lost("before")
    propose(town, certificate, REPLAY)
    town.sweep()
    assert town.effects(certificate) == (0, 0, 0)


def test_a_target_that_can_be_asked_is_asked_even_when_two_people_are_wrong(
    town: Any, police: Handle, lost: Callable[[str], str]
) -> None:
    certificate = lost("after")
    adapter = town.hub.adapter(town.hub.site.systems["police"])
    adapter._operations = {
        name: replace(each, idempotence="probe") for name, each in adapter._operations.items()
    }
    approve(town, propose(town, certificate, REPLAY))
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.calls(certificate) == 1


def test_a_correction_is_asked_after_or_not_as_its_own_operation_has_it(
    town: Any, lost: Callable[[str], str]
) -> None:
    """Its item's may be of another class; asked after what nobody can, it would be parked again."""
    certificate = lost("before")
    adapter = town.hub.adapter(town.hub.site.systems["police"])
    register = adapter.operations["register_birth"]
    known = {**adapter.operations, "ask me": replace(register, name="ask me", idempotence="probe")}
    adapter._operations = known
    case = town.case(certificate).id
    with town.hub.store.write() as connection:
        [row] = [r for r in delivery_rows.deliveries(connection, case) if r.item == "household"]
        delivery_rows.put_delivery(connection, replace(row, operation="ask me"), seen=row)
    approve(town, propose(town, certificate, REPLAY))
    assert town.delivery(certificate, "household") == "unknown"


# --- it did come about -----------------------------------------------------------------------------


def test_what_did_come_about_is_not_sent_again_and_its_receipt_is_the_peoples_word(
    town: Any, lost: Callable[[str], str]
) -> None:
    certificate = lost("after")
    [book] = town.registered(certificate)
    row = propose(town, certificate, FOUND_APPLIED, reference=book["gmsfhm"])
    approve(town, row)
    town.sweep()
    assert len(town.registered(certificate)) == 1
    item = town.item(certificate, "household")
    assert (item.state, item.code) == ("applied", "parked.found-applied")
    assert town.delivery(certificate, "household") == "applied"
    with town.hub.store.read() as connection:
        [kept] = delivery_rows.receipts(connection, [item.effect])
    said = receipts.open_row(town.hub.vault, kept)
    tokens = canonical.loads(said.raw)
    assert said.reference == book["gmsfhm"]
    assert operators.verify(town.hub.site, tokens["proposed"], role="operate").operator == "wang"
    assert operators.verify(town.hub.site, tokens["decided"], role="approve").operator == "li"


@pytest.mark.guarantee("G6")
def test_the_targets_number_stands_nowhere_in_clear(town: Any, lost: Callable[[str], str]) -> None:
    certificate = lost("after")
    [book] = town.registered(certificate)
    row = propose(town, certificate, FOUND_APPLIED, reference=book["gmsfhm"])
    approve(town, row)
    with town.hub.store.read() as connection:
        bodies = [e.body for e in ledger_rows.entries(connection, 0, 100_000)]
    signed = operators._read(row.proposed_token)
    assert book["gmsfhm"] not in stored(town, row).target
    assert book["gmsfhm"] not in str(signed)
    assert not any(book["gmsfhm"].encode() in body for body in bodies)


def test_what_was_never_sent_cannot_have_come_about(town: Any) -> None:
    certificate = town.bear(next(_numbers))
    town.take_in()
    park(town, certificate, "delivery.cannot-probe")
    with pytest.raises(Rejected, match=r"proposal\.nothing-sent"):
        propose(town, certificate, FOUND_APPLIED, reference="1")


# --- it is not pursued -----------------------------------------------------------------------------


def park(town: Any, certificate: str, code: str, item: str = "household") -> None:
    """As if this item had needed a person, for this reason."""
    from exchange import times
    from exchange.store import case_rows

    values = {"state": "parked", "code": code, "updated_at": times.stamp(town.clock())}
    with town.hub.store.write() as connection:
        case_rows.set_item(connection, town.case(certificate).id, item, values)


def test_what_is_given_up_ends_and_the_window_is_told(
    town: Any, lost: Callable[[str], str]
) -> None:
    certificate = lost("before")
    approve(town, propose(town, certificate, GIVE_UP))
    town.finish(certificate)
    assert town.states(certificate) == {
        "birth": "applied",
        "household": "given-up",
        "insurance": "blocked",
        "reply": "applied",
    }
    assert town.case(certificate).state == "partial"
    assert town.effects(certificate) == (0, 0, 1)
    assert "人工终止" in town.form(certificate)["jgsm"]


def test_what_is_given_up_is_sent_by_no_later_order(town: Any, lost: Callable[[str], str]) -> None:
    from exchange import times
    from exchange.store import case_rows

    certificate = lost("before")
    approve(town, propose(town, certificate, GIVE_UP))
    assert town.delivery(certificate, "household") == "given-up"
    now = times.stamp(town.clock())
    with town.hub.store.write() as connection:  # as if another case asked for the same effect
        values = {"state": "ready", "next_at": now}
        case_rows.set_item(connection, town.case(certificate).id, "household", values)
    town.sweep("household")
    row = town.item(certificate, "household")
    assert (row.state, row.code) == ("parked", "delivery.given-up")
    assert town.registered(certificate) == []


# --- who may decide --------------------------------------------------------------------------------


@pytest.mark.guarantee("G8")
def test_nobody_decides_on_his_own_proposal(town: Any, lost: Callable[[str], str]) -> None:
    certificate = lost("before")
    row = propose(town, certificate, REPLAY)
    with pytest.raises(Forbidden, match=r"proposal\.same-person"):
        approve(town, row, "wang")
    assert stored(town, row).state == "open"
    town.sweep()
    assert town.registered(certificate) == []


@pytest.mark.guarantee("G8")
def test_one_key_under_two_names_is_one_person(
    town: Any, lost: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = propose(town, lost("before"), REPLAY)
    wang, li = town.operator("wang", "approve"), town.operator("li", "approve")
    with pytest.raises(Forbidden, match=r"proposal\.same-person"):
        proposals.approve(town.hub, replace(li, key=wang.key), row.id)


@pytest.mark.guarantee("G8")
def test_who_lacks_the_role_decides_nothing(town: Any, lost: Callable[[str], str]) -> None:
    row = propose(town, lost("before"), REPLAY)
    with pytest.raises(Forbidden, match=r"operator\.no-role"):
        approve(town, row, "zhao")


@pytest.mark.guarantee("G8")
@pytest.mark.parametrize("what", ["action", "reason", "proposed_by", "token"])
def test_a_proposal_that_nobody_signed_so_is_refused(
    town: Any, lost: Callable[[str], str], what: str
) -> None:
    certificate = lost("before")
    row = propose(town, certificate, REPLAY)
    changed = {"action": GIVE_UP, "reason": "别的理由", "proposed_by": "zhao"}
    if what == "token":
        zhao = town.operator("zhao")
        target = canonical.loads(row.target.encode())
        said = {"reason": KNOWN, "now": town.clock(), "nonce": row.id}
        head, payload, _ = row.proposed_token.split(".")
        signature = zhao.sign(REPLAY, target, **said).split(".")[2]
        tamper(town, row, proposed_token=f"{head}.{payload}.{signature}")
    else:
        tamper(town, row, **{what: changed[what]})
    with pytest.raises(Forbidden, match=r"operator\.forged"):
        approve(town, row)
    assert town.item(certificate, "household").state == "parked"


# --- what is void ----------------------------------------------------------------------------------


def test_a_proposal_about_an_item_that_has_changed_is_void_and_does_nothing(
    town: Any, lost: Callable[[str], str]
) -> None:
    certificate = lost("before")
    row = propose(town, certificate, REPLAY)
    park(town, certificate, "delivery.vanished")  # parked again, later and for another reason
    with pytest.raises(Rejected, match=r"proposal\.stale"):
        approve(town, row)
    assert stored(town, row).state == "void"
    assert [e["code"] for e in entries(town, certificate, "decision")] == ["proposal.stale"]
    with pytest.raises(Rejected, match=r"proposal\.not-open"):
        approve(town, row)
    assert town.registered(certificate) == []


def test_of_two_proposals_about_one_item_only_the_first_decided_is_done(
    town: Any, lost: Callable[[str], str]
) -> None:
    certificate = lost("before")
    first, second = propose(town, certificate, REPLAY), propose(town, certificate, GIVE_UP)
    approve(town, first)
    with pytest.raises(Rejected, match=r"proposal\.stale"):
        approve(town, second)
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


def test_a_proposal_executed_once_cannot_be_executed_again(
    town: Any, lost: Callable[[str], str]
) -> None:
    certificate = lost("before")
    row = propose(town, certificate, REPLAY)
    approve(town, row)
    tamper(town, row, state="open")
    town.finish(certificate)
    with pytest.raises(Rejected, match=r"proposal\.stale"):
        approve(town, row)
    assert len(town.registered(certificate)) == 1


def test_a_proposal_that_waited_too_long_is_void(town: Any, lost: Callable[[str], str]) -> None:
    row = propose(town, lost("before"), REPLAY)
    town.clock.skip(7 * 86400 + 60)
    with pytest.raises(Rejected, match=r"proposal\.expired"):
        approve(town, row)
    assert stored(town, row).state == "void"


# --- what is asked for ------------------------------------------------------------------------------


def test_what_one_person_may_do_is_not_proposed(town: Any) -> None:
    certificate = town.bear(next(_numbers))
    town.take_in()
    park(town, certificate, "agreement.expired")
    with pytest.raises(Rejected, match=r"proposal\.one-is-enough"):
        propose(town, certificate, REPLAY)


def test_a_proposal_needs_a_reason(town: Any, lost: Callable[[str], str]) -> None:
    case = town.case(lost("before")).id
    with pytest.raises(Invalid, match=r"operator\.reason-missing"):
        proposals.propose(town.hub, town.operator("wang"), Wish(GIVE_UP, case, "household", " "))


def test_the_ledger_tells_who_proposed_and_who_decided_and_is_whole(
    town: Any, lost: Callable[[str], str]
) -> None:
    certificate = lost("before")
    approve(town, propose(town, certificate, GIVE_UP))
    [proposed] = entries(town, certificate, "proposal")
    [decided] = entries(town, certificate, "decision")
    assert (proposed["operator"], decided["operator"]) == ("wang", "li")
    assert operators.verify(town.hub.site, proposed["token"], role="operate").action == GIVE_UP
    assert operators.verify(town.hub.site, decided["token"], role="approve").action == "approve"
    town.audit()
