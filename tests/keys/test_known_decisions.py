"""Who owns the database can't hide for a moment what withdraws trust, on this machine (G7, G9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crypto import certificates, keys
from exchange import canonical, epoch, times
from exchange.epoch import Lost
from exchange.errors import Fatal, Forbidden
from exchange.ledger import Entry
from exchange.problems import describe
from exchange.store import ledger_rows, trust_rows
from tests.keys.key_office import DAY, HOUR, KeyOffice
from zhida import backup, ledger_holds, ledger_prune_run, ledger_pruning, proposals
from zhida import restore as restoring
from zhida.key_book import ADD, REMOVE, WITHDRAW
from zhida.known_decisions import KnownDecisions
from zhida.proposals import Wish
from zhida.restore_lost import Place

pytestmark = pytest.mark.guarantee("G7")
MINUTE = timedelta(minutes=1)


def run(office: KeyOffice, *statements: str, **values: Any) -> None:
    """As the database's owner; the walls are down."""
    with office.hub.store.write() as connection:
        walls = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'wall%'"
        for name in connection.execute(text(walls)).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        for each in statements:
            connection.execute(text(each), values)


def hide(office: KeyOffice, seq: int) -> None:
    run(office, "UPDATE ledger_entry SET kind = 'kez' WHERE seq = :seq", seq=seq)


def rename(office: KeyOffice, seq: int) -> None:
    run(office, "UPDATE ledger_entry SET ref = 'kezs' WHERE seq = :seq", seq=seq)


def remove(office: KeyOffice, seq: int) -> None:
    run(office, "DELETE FROM ledger_entry WHERE seq = :seq", seq=seq)


def spoil(office: KeyOffice, seq: int) -> None:
    run(office, "UPDATE ledger_entry SET body = :body WHERE seq = :seq", seq=seq, body=b"{}")


def move(office: KeyOffice, seq: int) -> None:
    run(office, "UPDATE ledger_entry SET \"case\" = 'case-9' WHERE seq = :seq", seq=seq)


def last(office: KeyOffice, kind: str = "key") -> ledger_rows.EntryRow:
    with office.hub.store.read() as connection:
        return ledger_rows.entries_of(connection, kind)[-1]


def put_back(office: KeyOffice, row: ledger_rows.EntryRow) -> None:
    values = {name: getattr(row, name) for name in row.__slots__}
    names = "seq, kind, ref, body, hash"
    run(
        office,
        "DELETE FROM ledger_entry WHERE seq = :seq",
        f'INSERT INTO ledger_entry ({names}, "case")'
        " VALUES (:seq, :kind, :ref, :body, :hash, :case)",
        **values,
    )


def refused(office: KeyOffice, doing: Callable[[], object]) -> dict[str, Any]:
    """Nothing is done; the facts."""
    with office.hub.store.read() as connection:
        before = ledger_rows.head(connection)
    with pytest.raises(Fatal) as found:
        doing()
    assert found.value.code == "ledger.decision-gone"
    assert "zhida restore" in describe(found.value.code, found.value.facts)[1]
    with office.hub.store.read() as connection:
        assert ledger_rows.head(connection) == before
    return dict(found.value.facts)


def taken(office: KeyOffice) -> Callable[[], object]:
    token = office.signed(office.hospital_key())
    return lambda: office.keep(token)


@pytest.mark.parametrize("gone", [hide, rename, remove, spoil])
@pytest.mark.parametrize("restarted", [False, True])
def test_a_withdrawal_that_is_hidden_lets_nothing_in_and_nothing_is_signed(
    office: KeyOffice, gone: Callable[[KeyOffice, int], None], restarted: bool
) -> None:
    office.withdraw(office.hospital().public_key.kid)
    row = last(office)
    gone(office, row.seq)
    if restarted:
        office.reopen()
    assert refused(office, taken(office)) == {"seq": row.seq, "count": 1}
    other = [Entry("refusal", "x")]
    refused(office, lambda: office.hub.ledger.commit(lambda _: other))
    put_back(office, row)
    with pytest.raises(Exception, match=r"key\.withdrawn"):
        taken(office)()
    office.hub.ledger.commit(lambda _: other)


def test_a_decision_that_the_database_hides_as_it_is_written_counts(office: KeyOffice) -> None:
    hiding = "UPDATE ledger_entry SET kind = 'kez' WHERE seq = NEW.seq"
    run(
        office,
        "CREATE TRIGGER hiding AFTER INSERT ON ledger_entry WHEN NEW.kind = 'key'"
        f" BEGIN {hiding}; END",
    )
    office.withdraw(office.hospital().public_key.kid)
    refused(office, taken(office))


def test_a_process_that_has_not_looked_since_knows_it_of_the_other(office: KeyOffice) -> None:
    early = office.open_hub()
    early.trust.now()
    office.withdraw(office.hospital().public_key.kid)
    office.hub, early = early, office.hub
    rename(office, last(office).seq)
    refused(office, taken(office))
    early.close()


def test_a_machine_that_comes_later_learns_what_was_decided(office: KeyOffice) -> None:
    office.withdraw(office.hospital().public_key.kid)
    file = KnownDecisions.of(office.var, office.hub.store_url)._file
    assert file is not None
    file.unlink()
    office.reopen()
    office.hub.trust.now()
    hide(office, last(office).seq)
    office.reopen()
    refused(office, taken(office))


def test_what_never_was_a_decision_is_not_missed(office: KeyOffice) -> None:
    """Whoever writes in the database could stop the hub for ever by it."""
    office.withdraw(office.hospital().public_key.kid)
    other = last(office, "proposal")
    body = canonical.dumps({"kind": "hold", "ref": "hold/x", "at": "2026-01-01T00:00:00.000000Z"})
    put_back(office, replace(last(office), seq=-1))
    put_back(office, replace(other, kind="hold", ref="hold/x", body=body))
    office.reopen()
    office.hub.trust.now()
    put_back(office, replace(other, ref="keys", kind="key"))
    office.reopen()
    office.hub.trust.now()
    put_back(office, other)
    run(office, "DELETE FROM ledger_entry WHERE seq = -1")
    with office.hub.store.read() as connection:
        office.hub.trust.require(connection)


def test_an_authority_that_two_people_removed_is_not_back(office: KeyOffice) -> None:
    key = keys.generate(office.suite)
    name = office.handed(certificates.issue_ca("CA", key, office.now - HOUR, office.now + DAY))
    office.two(ADD, name)
    office.two(REMOVE, name)
    hide(office, last(office).seq)
    refused(office, office.hub.trust.now)


def test_a_hold_that_is_hidden_lets_nothing_be_pruned(office: KeyOffice) -> None:
    ledger_holds.put(office.hub, office.person("wang"), "case-1", "法院调取")
    row = last(office, "hold")
    for gone in (rename, hide, move):
        with office.hub.store.read() as connection:
            assert ledger_prune_run._held(office.hub, connection) == {"case-1"}
        gone(office, row.seq)
        with office.hub.store.read() as connection:
            refused(office, lambda: ledger_prune_run._held(office.hub, connection))
        put_back(office, row)


def test_nor_is_anything_said_to_have_been_pruned_while_a_hold_is_hidden(office: KeyOffice) -> None:
    """What is said first, by what is not held, stays in the ledger for ever."""
    ledger_holds.put(office.hub, office.person("wang"), "case-1", "法院调取")
    day = (times.civil_day(office.now) - timedelta(days=1)).isoformat()
    proposal = office.propose(ledger_pruning.PRUNE, day)
    office.approve(proposal)
    assert ledger_prune_run.order(office.hub, proposal).rule.held == {"case-1"}
    hide(office, last(office, "hold").seq)
    refused(office, lambda: ledger_prune_run.order(office.hub, proposal))


@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_a_restore_lost_is_no_riddle_and_what_came_since_counts(
    office: KeyOffice, tmp_path: Path, elsewhere: bool
) -> None:
    """The withdrawal is entered anew by the restore itself; the hold is lost.

    Another machine learns it by the signed epoch; this one needs no clock for it.
    """
    backup.make(office.hub, tmp_path / "backup")
    office.withdraw(office.hospital().public_key.kid)
    ledger_holds.put(office.hub, office.person("wang"), "case-1", "法院调取")
    file = KnownDecisions.of(office.var, office.hub.store_url)._file
    assert file is not None
    seen = file.read_bytes()
    office.hub.close()
    office.now += HOUR if elsewhere else -MINUTE
    place = Place(office.hub.site, office.var, office.secret, lambda: office.now)
    restoring.restore(place, tmp_path / "backup", office.order(), replace=True)
    if elsewhere:
        file.write_bytes(seen)
    office.hub = office.open_hub()
    with pytest.raises(Exception, match=r"key\.withdrawn"):
        taken(office)()
    with office.hub.store.read() as connection:
        assert ledger_prune_run._held(office.hub, connection) == set()
    office.now += MINUTE
    ledger_holds.put(office.hub, office.person("wang"), "case-2", "法院调取")
    office.reopen()
    hide(office, last(office, "hold").seq)
    with office.hub.store.read() as connection:
        refused(office, lambda: ledger_prune_run._held(office.hub, connection))


def test_a_restore_that_nobody_signed_explains_nothing(office: KeyOffice) -> None:
    office.withdraw(office.hospital().public_key.kid)
    row = last(office)
    told = epoch.entry("e", size=row.seq, backup_at=office.now, lost=Lost())
    about = {"kind": "epoch", "ref": "e", "at": "2099-01-01T00:00:00.000000Z"}
    body = canonical.dumps(told.details | about)
    run(
        office,
        "UPDATE ledger_entry SET kind = 'epoch', body = :body WHERE seq = :seq",
        seq=row.seq,
        body=body,
    )
    refused(office, taken(office))


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("way", ["older", "none"])
def test_an_older_list_that_is_put_back_brings_nobody_back(
    office: KeyOffice, way: str, restarted: bool
) -> None:
    office.want_lists()
    office.publish(office.crl())
    assert office.look() == ""
    with office.hub.store.read() as connection:
        [old] = connection.execute(text("SELECT * FROM revocation_list")).mappings().all()
    office.now += MINUTE
    held = certificates.load((office.folder / "site/keys/operators/wang.crt").read_bytes())
    office.publish(office.crl(held))
    assert office.look() == ""
    names = ", ".join(f":{name}" for name in old)
    run(office, "DELETE FROM revocation_list")
    if way == "older":
        run(office, f"INSERT INTO revocation_list VALUES ({names})", **old)
    if restarted:
        office.reopen()
    kid = office.hospital().public_key.kid
    with pytest.raises(Forbidden, match=r"certificate\.revoked"):
        proposals.propose(office.hub, office.person("wang"), Wish(WITHDRAW, "", kid, "泄露"))
    [problem] = office.hub.trust.now().problems
    assert problem.code == "revocation.put-back"
    assert "?" not in "".join(describe(problem.code, problem.facts))
    assert office.look() == ""
    assert office.hub.trust.now().problems == ()
    with office.hub.store.read() as connection:
        assert len(trust_rows.lists(connection)) == 1


def test_a_list_in_the_file_that_the_authority_did_not_sign_is_none(office: KeyOffice) -> None:
    office.want_lists()
    office.publish(office.crl())
    assert office.look() == ""
    [kid] = office.hub.trust.now().revocations.watched
    key = keys.generate(office.suite)
    other = certificates.issue_ca("CA", key, office.now - HOUR, office.now + DAY)
    dates = {"this_update": office.now + HOUR, "next_update": office.now + DAY, "number": 99}
    office.hub.trust.decisions.add_list(kid, certificates.issue_crl(other, key, [], **dates))
    office.reopen()
    state = office.hub.trust.now()
    assert state.problems == ()
    assert state.revocations.watched[kid].crl is not None


@pytest.mark.parametrize("kept", [b"", b"no json", b"[]", b'{"decisions":{},"lists":{"a":"MA=="}}'])
def test_a_spoilt_file_is_none(office: KeyOffice, kept: bytes) -> None:
    office.withdraw(office.hospital().public_key.kid)
    file = KnownDecisions.of(office.var, office.hub.store_url)._file
    assert file is not None
    before = file.read_bytes()
    file.write_bytes(kept)
    office.reopen()
    office.hub.trust.now()
    assert file.read_bytes() == before


def test_where_nothing_can_be_written_the_process_remembers(tmp_path: Path) -> None:
    known = KnownDecisions(tmp_path / "no folder" / "x.json")
    row = ledger_rows.EntryRow(3, "key", "", "keys", b'{"at":"2026-01-01"}', b"")
    known.add([row])
    assert known.mark() == (1,)
