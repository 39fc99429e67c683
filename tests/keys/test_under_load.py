"""Keys rotate while everybody works: nothing good is refused, nothing bad is taken (G9)."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from crypto import jws, sd_jwt
from exchange import audit
from exchange.document import Document
from exchange.errors import Forbidden, ZhidaError
from exchange.store import ledger_rows
from tests.keys.conftest import both
from tests.keys.key_office import KeyOffice
from zhida.key_book import IMPORT

pytestmark = pytest.mark.guarantee("G9")
TURNS = 3

WORKER = """
import json, os, sys
from datetime import datetime, timedelta, UTC
from pathlib import Path
from exchange import document
from exchange.document import Origin
from exchange.ledger import Entry
from zhida import site
from zhida.environment import site_folder, var_folder
from zhida.hub import Hub

ahead = timedelta(minutes=float(sys.argv[1]))
clock = lambda: datetime.now(UTC) + ahead
hub = Hub(site.load(site_folder()), var=var_folder(), secret=os.environ["ZHIDA_KEY_PASSWORD"].encode(), clock=clock)
kids, refused = [], []
print("ready", flush=True)
while not Path(sys.argv[2]).exists():
    now = clock()
    origin = Origin("birth-record", "hub", "hospital", "hub", "his", now)
    try:
        found = hub.archive.verify(document.issue({"a": "b"}, origin, hub.signer, now=now))
        def write(connection):
            hub.archive.put(connection, found, raw=b"", salt=b"", bucket="t-2031-12", now=now)
            return [Entry("document", found.id)]
        hub.ledger.commit(write)
        kids.append(document.kid(found.token))
    except Exception as error:
        refused.append(str(error))
hub.close()
print(json.dumps([len(kids), len(set(kids)), refused]))
"""


@pytest.fixture
def at_work(office: KeyOffice) -> Callable[..., subprocess.Popen[str]]:
    """Another process of the hub that signs and stores until the file ``stop`` is there."""

    def start(minutes: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", WORKER, str(minutes), str(office.folder / "stop")]
        worker = subprocess.Popen(command, env=office.env(), stdout=subprocess.PIPE, text=True)
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        return worker

    return start


@both
def test_the_hubs_key_rotates_under_load_in_three_processes_with_clocks_ten_minutes_apart(
    office: KeyOffice,
    at_work: Callable[[int], subprocess.Popen[str]],
    record_property: Callable[[str, object], None],
) -> None:
    workers = [at_work(-10), at_work(10)]
    kept: list[Document] = []
    errors: list[ZhidaError] = []
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            try:
                kept.append(office.keep(office.signed(office.hub.signer, "hub")))
            except ZhidaError as error:
                errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    keys = [office.hub.signer.kid]
    try:
        for _ in range(TURNS):
            keys.append(office.rotate().kid)
            before = len(kept)
            while len(kept) < before + 3 and not errors:
                done.wait(0.01)
    finally:
        done.set()
        thread.join()
        (office.folder / "stop").touch()
        told = [json.loads(worker.communicate(timeout=60)[0]) for worker in workers]
    assert errors == []
    assert [refused for _, _, refused in told] == [[], []]
    assert all(count for count, _, _ in told)
    assert {sd_jwt.peek(f"{each.token.partition('~')[0]}~").kid for each in kept} == set(keys)
    for each in kept:
        assert office.hub.archive.get(each.id).fields == each.fields
    found = audit.verify(office.hub.store, office.hub.trust.hub_keys(), office.hub.site.name)
    assert found.problems == []
    assert found.heads >= len(kept) + sum(count for count, _, _ in told)
    with office.hub.store.read() as connection:
        order = [jws.decode(row.token)[0]["kid"] for row in ledger_rows.heads(connection)]
    assert list(dict.fromkeys(order)) == keys
    record_property("rounds", len(kept) + sum(count for count, _, _ in told))


@both
def test_a_units_key_is_replaced_and_withdrawn_in_mid_flight(office: KeyOffice) -> None:
    """Both keys are good until the old one is withdrawn; what it signs later, or earlier and comes
    later, is refused; and what had come is good for ever.
    """
    from crypto import keys

    old, new = office.hospital_key(), keys.generate(office.suite)
    in_flight = office.signed(old)
    office.two(IMPORT, office.handed(office.certificate("hospital", new.public)))
    kept = [office.keep(office.signed(key)) for key in (old, new)]
    office.now += timedelta(seconds=1)
    office.withdraw(old.kid)
    office.keep(office.signed(new))
    for token in (in_flight, office.signed(old)):
        with pytest.raises(Forbidden, match=r"key\.withdrawn"):
            office.keep(token)
    for each in kept:
        assert office.hub.archive.get(each.id).fields == each.fields


def test_a_stolen_key_that_was_followed_writes_no_later_history(office: KeyOffice) -> None:
    """Who has the old key and the database signs a head with it: the audit names the head."""
    from exchange import ledger
    from exchange.ledger import Entry, Ledger

    stolen = office.hub.trust.first
    office.rotate()
    forged = Ledger(office.hub.store, stolen, origin=office.hub.site.name, clock=lambda: office.now)
    forged.commit(lambda _: [Entry("document", "x")])
    found = audit.verify(office.hub.store, office.hub.trust.hub_keys(), office.hub.site.name)
    assert [each.code for each in found.problems] == ["ledger.head-key"]
    assert ledger.HEAD_TYPE


def test_an_audit_that_goes_on_from_a_mark_knows_which_key_had_signed_there(
    office: KeyOffice,
) -> None:
    from exchange.ledger import Entry, Ledger

    stolen, store, origin = office.hub.trust.first, office.hub.store, office.hub.site.name
    office.rotate()
    mark = audit.verify(store, office.hub.trust.hub_keys(), origin).mark
    forged = Ledger(store, stolen, origin=origin, clock=lambda: office.now)
    forged.commit(lambda _: [Entry("document", "x")])
    found = audit.verify(store, office.hub.trust.hub_keys(), origin, after=mark)
    assert mark is not None
    assert (found.since, [each.code for each in found.problems]) == (mark.size, ["ledger.head-key"])


def test_a_hub_whose_certificate_has_ended_records_what_people_do_and_nothing_else(
    office: KeyOffice,
) -> None:
    spare = office.new_hub_key(end=timedelta(days=900))
    office.now += timedelta(days=731)
    with pytest.raises(Forbidden, match=r"key\.lapsed"):
        office.signed(office.hub.signer, "hub")
    from exchange.ledger import Entry

    with pytest.raises(Forbidden, match=r"key\.lapsed"):
        office.hub.ledger.commit(lambda _: [Entry("transfer", "x")])
    office.hub.ledger.commit(lambda _: [Entry("refusal", "x")])
    assert spare.kid != office.hub.signer.kid
