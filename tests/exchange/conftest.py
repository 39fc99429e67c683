"""A hub's core without a hub: store, ledger, vault; and a peer that keeps its own books."""

from __future__ import annotations

import os
import random
import secrets
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock
from types import FrameType
from typing import Any

import psycopg
import pytest

import exchange
from crypto import keys
from exchange import audit, document, locking, times
from exchange.agreement import Agreement
from exchange.bookkeeping import Order
from exchange.delivery import Delivery
from exchange.document import Document, Origin
from exchange.effect import effect_key
from exchange.errors import Fatal, Forbidden, Invalid, Rejected, Retriable, Unknown
from exchange.ledger import Entry, Ledger
from exchange.outcome import Outcome
from exchange.ports import Answer, Inputs, Operation, Prepared
from exchange.store import case_rows, delivery_rows, ledger_rows, schema
from exchange.store.advisory import AdvisoryLocks
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.delivery_rows import DeliveryRow
from exchange.store.engine import Connection, Store
from exchange.store.ledger_rows import EntryRow
from exchange.store.tables import metadata
from exchange.transfer import Transfer
from exchange.vault import Vault
from sandbox.postgres import Postgres

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SETTLE = timedelta(seconds=30)
ORIGIN = "hub.test"
CORE = str(Path(exchange.__path__[0]))
WALLED = (
    "ledger_entry", "ledger_tile", "ledger_head", "ledger_outside", "ledger_prune", "ledger_tip",
)  # fmt: skip


class Clock:
    """Stands still until it is put forward."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Killed(BaseException):
    """The worker is dead: no line of its after this is run."""


def _raises(error: BaseException) -> Callable[..., None]:
    def raise_it(*_: object) -> None:
        raise error

    return raise_it


class Peer:
    """A target system whose books count effects from outside, and an adapter that speaks with it.

    ``faults`` are what the next calls run into, ``probe_faults`` the next probes. A request that
    is ``late`` is executed nine tenths of the settle time after the caller has lost it.
    """

    BEFORE: Mapping[str, Callable[[], BaseException]] = {
        "retriable": lambda: Retriable("wire.refused", system="peer"),
        "lost-before": lambda: Unknown("wire.lost", system="peer"),
        "foreign-before": lambda: ValueError("a defect"),
        "forbidden": lambda: Forbidden("certificate.unknown", unit="u", kid="k"),
        "fatal": lambda: Fatal("site.bad-key", file="f"),
        "invalid": lambda: Invalid("wire.request-too-big", bytes=9),
        "refused": lambda: Rejected("peer.refused").answered(b"<no/>", "材料不符"),
        "die-before": Killed,
    }
    AFTER: Mapping[str, Callable[[], BaseException]] = {
        "lost-after": lambda: Unknown("wire.no-answer", system="peer"),
        "foreign-after": lambda: KeyError("answer"),
        "die-after": Killed,
    }
    LATE: Mapping[str, Callable[[], BaseException]] = {
        "lost-late": lambda: Unknown("wire.no-answer", system="peer"),
        "die-late": Killed,
    }

    def __init__(self, clock: Clock, idempotence: str = "probe", **more: Any) -> None:
        self.clock = clock
        self.books: list[tuple[str, str]] = []
        """Effect key and content of every row that the peer has."""
        self.late: list[tuple[datetime, str, str]] = []
        self.waiting: set[str] = set()
        self.faults: list[str] = []
        self.probe_faults: list[str] = []
        self.prepare_fault: BaseException | None = None
        self.calls: Counter[str] = Counter()
        self.while_sending: Callable[[], None] = lambda: None
        self.record: dict[str, Any] | None = {"number": "1"}
        self.operation = Operation(
            "register",
            "登记",
            needs={"birth": "birth-record"},
            gives="citizen-id",
            identity=("birth/number",),
            idempotence=idempotence,  # type: ignore[arg-type]
            settle=SETTLE,
            **more,
        )

    @property
    def operations(self) -> Mapping[str, Operation]:
        return {"register": self.operation}

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        if self.prepare_fault is not None:
            raise self.prepare_fault
        return Prepared(operation, effect_key, str(inputs["birth"].get("name", "")))

    def submit(self, prepared: Prepared) -> Answer:
        self.calls["submit"] += 1
        self.while_sending()
        self.work_late()
        key, fault = prepared.effect_key, self.faults.pop(0) if self.faults else ""
        knows_it = self.operation.idempotence == "keyed" and self.effects(key)
        if fault in self.BEFORE and not (fault == "refused" and knows_it):
            raise self.BEFORE[fault]()
        if fault in self.LATE:
            due = self.clock() + SETTLE * 0.9
            self.late.append((due, key, prepared.body))
            raise self.LATE[fault]()
        self._apply(key, prepared.body)
        if fault in self.AFTER:
            raise self.AFTER[fault]()
        if fault == "waiting":
            self.waiting.add(key)
        if fault == "nothing":
            return None  # type: ignore[return-value]
        return self._answer(key)

    def probe(self, prepared: Prepared) -> Answer | None:
        self.calls["probe"] += 1
        self.work_late()
        if self.probe_faults:
            raise (self.BEFORE | self.AFTER)[self.probe_faults.pop(0)]()
        key = prepared.effect_key
        return self._answer(key) if self.effects(key) else None

    def fetch(self, prepared: Prepared) -> Answer:
        raise Rejected("peer.refused")

    def close(self) -> None:
        pass

    def work_late(self) -> None:
        """What was slow is done by now."""
        due = [each for each in self.late if each[0] <= self.clock()]
        self.late = [each for each in self.late if each not in due]
        for _, key, content in due:
            self._apply(key, content)

    def effects(self, key: str) -> int:
        return sum(1 for known, _ in self.books if known == key)

    def _apply(self, key: str, content: str) -> None:
        has_it = any(known == key for known, _ in self.books)
        if self.operation.idempotence == "natural" and (key, content) in self.books:
            return
        if self.operation.idempotence == "keyed" and has_it:
            return
        self.books.append((key, content))

    def _answer(self, key: str) -> Answer:
        return Answer(
            f"<ok>{key}</ok>".encode(),
            reference="N1",
            record=self.record,
            mapping_digest="ab" * 32,
            as_of=START,
            waiting=key in self.waiting,
        )


class Trace:
    """Counts the lines that ``exchange`` runs, and dies at the wanted one.

    What unwinds then is only what the operating system would take back from a killed process:
    the transaction, the connection, the lock.
    """

    def __init__(self, at: int = 0) -> None:
        self.at, self.lines = at, 0

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(CORE):
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                raise Killed
        return self

    def run(self, work: Callable[[], object]) -> bool:
        """True if the worker lived to the end."""
        before = sys.gettrace()
        sys.settrace(self)
        try:
            work()
        except Killed:
            return False
        finally:
            sys.settrace(before)
        return True


class Desk:
    """Store, ledger, locks, vault and a ``Delivery``: what one hub has."""

    def __init__(self, url: str, locks: Path, signer: keys.PrivateKey, vault: Vault) -> None:
        self.url, self.clock, self.signer, self.vault = url, Clock(), signer, vault
        self.lock_file = locks
        self.agreement = agreement()
        self.follow_error: Exception | None = None
        self.reopen()

    def reopen(self) -> None:
        """Another worker: nothing of the one before is left but what it wrote."""
        if hasattr(self, "store"):
            if isinstance(self.locks, AdvisoryLocks):
                self.locks._guard = Lock()  # it died with the worker, who may have held it
            self.close()
        self.store = Store(self.url)
        self.locks = locking.open_locks(self.store, self.lock_file)
        self.ledger = Ledger(self.store, self.signer, origin=ORIGIN, clock=self.clock)
        self.delivery = Delivery(
            store=self.store,
            ledger=self.ledger,
            locks=self.locks,
            vault=self.vault,
            clock=self.clock,
        )

    def close(self) -> None:
        self.locks.close()
        self.store.close()

    def open_case(self, case: str = "c1", item: str = "register") -> None:
        at = times.stamp(self.clock())
        row = CaseRow(case, "m", f"identity of {case}", at, "", "open", "d")
        items = [ItemRow(case, item, "m", "ready", "", "{}", "", "", at, at)]
        with self.store.write() as connection:
            case_rows.open_case(connection, row, items)
            case_rows.add_document(connection, case, "birth", f"document of {case}")

    def order(self, peer: Peer, case: str = "c1", name: str = "张小直", **more: str) -> Order:
        fields = {"/number": "X320117001", "/name": name, **more}
        origin = Origin("birth-record", "hospital", "hospital", "unit", "his", START)
        found = Document(f"document of {case}", origin, fields, 0, "e30.e30.e30~")
        moved = Transfer(document.new_id(), found, self.agreement, dict(fields), ["/secret"])
        where = (case, "register", "peer")
        told = (peer.operation, {"birth": moved}, "m-2031-01")
        return Order(*where, *told, may_leave=lambda _: True)

    def deliver(self, peer: Peer, case: str = "c1", name: str = "张小直", **more: str) -> Outcome:
        """What a sweep does with one due item."""
        order = self.order(peer, case, name, **more)
        return self.delivery.deliver(order, peer, self.follow(case))

    def follow(self, case: str) -> Callable[[Connection, Outcome], list[Entry]]:
        def follow(_: Connection, outcome: Outcome) -> list[Entry]:
            if self.follow_error is not None:
                raise self.follow_error
            if outcome.state not in ("applied", "refused"):
                return []
            number = (outcome.answer.record or {}).get("number", "") if outcome.answer else ""
            return [Entry("followed", case, case, {"state": outcome.state, "number": number})]

        return follow

    def until_quiet(
        self, peer: Peer, *cases: str, told: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        """Sweep after sweep, time passing, until nothing is workable any more.

        ``told`` is what a case says that differs from the usual.
        """
        cases = cases or ("c1",)
        for _ in range(60):
            open_cases = [c for c in cases if self.item(c).state in case_rows.WORKABLE]
            if not open_cases:
                return
            for case in open_cases:
                with suppress(Killed):
                    self.deliver(peer, case, **(told or {}).get(case, {}))
            self.clock.forward(31)
        raise AssertionError([self.item(case) for case in cases])

    def key(self, peer: Peer, **more: str) -> str:
        order = self.order(peer, **more)
        return effect_key(self.vault.tag, order.system, order.operation, order.inputs)

    def replay(self, case: str = "c1") -> None:
        """A person's decision: a parked item is workable again."""
        values = {"state": "ready", "next_at": times.stamp(self.clock())}
        with self.store.write() as connection:
            case_rows.set_item(connection, case, "register", values)

    def item(self, case: str = "c1") -> ItemRow:
        with self.store.read() as connection:
            found = case_rows.get_item(connection, case, "register")
        assert found is not None
        return found

    def row(self, peer: Peer, **more: str) -> DeliveryRow:
        found = self.find_row(self.key(peer, **more))
        assert found is not None
        return found

    def find_row(self, key: str) -> DeliveryRow | None:
        with self.store.read() as connection:
            return delivery_rows.get_delivery(connection, key)

    def wait(self, case: str = "c1") -> float:
        """Seconds until the item is due."""
        return (times.instant(self.item(case).next_at) - self.clock()).total_seconds()

    def entries(self, kind: str = "") -> list[EntryRow]:
        with self.store.read() as connection:
            rows = ledger_rows.entries(connection, 0, 10_000)
        return [row for row in rows if not kind or row.kind == kind]

    def problems(self) -> list[str]:
        """What an audit of the ledger finds."""
        return [p.code for p in audit.verify(self.store, self.signer.public, ORIGIN).problems]


def agreement(**changes: Any) -> Agreement:
    told: dict[str, Any] = {
        "id": "协议-1",
        "provider": "hospital",
        "receiver": "public-security",
        "document": "birth-record",
        "purpose": "newborn-registration",
        "basis": "户口登记条例第七条",
        "fields": ("/number", "/name"),
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2026, 12, 31),
    }
    return Agreement(**(told | changes))


@pytest.fixture
def make_agreement() -> Callable[..., Agreement]:
    return agreement


@pytest.fixture(scope="session")
def signer() -> keys.PrivateKey:
    return keys.generate("Ed25519")


@pytest.fixture(scope="session")
def other_key() -> keys.PrivateKey:
    return keys.generate("Ed25519")


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Sqlite:
    """New stores as copies of one file."""

    def __init__(self, template: Path) -> None:
        self._template = template

    def make(self, folder: Path) -> str:
        shutil.copy(self._template, folder / "store.db")
        return f"sqlite:///{folder / 'store.db'}"

    def rounds(self, wanted: int) -> int:
        return wanted

    def give_back(self) -> None:
        """The folders are pytest's to clear away."""


class OnPostgres:
    """New stores as databases of one server; one that is given back is emptied for the next."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._free: list[str] = []
        self._made: list[str] = []
        _with_schema(server.database("empty-store"))

    def make(self, folder: Path) -> str:
        name = self._free.pop() if self._free else self._new()
        self._made.append(name)
        return self._server.url(name)

    def _new(self) -> str:
        name = f"store-{secrets.token_hex(6)}"
        self._server.database(name, template="empty-store")
        return name

    def rounds(self, wanted: int) -> int:
        """What SQLite shows in many rounds is shown here in fewer, unless all are wanted."""
        return wanted if os.environ.get("ZHIDA_ROUNDS") == "full" else max(1, wanted // 8)

    def give_back(self) -> None:
        every = ", ".join(f'"{name}"' for name in metadata.tables)
        for name in self._made:
            where = self._server.url(name).replace("+psycopg", "")
            with psycopg.connect(where, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                _disarm(connection.execute)
                connection.execute(f"TRUNCATE {every}")
                _arm(connection.execute)
        self._free += self._made
        self._made = []


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with our schema and nothing in it, to be copied."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    _with_schema(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def on_postgres(postgres: Postgres) -> OnPostgres:
    return OnPostgres(postgres)


def _disarm(execute: Callable[[str], object]) -> None:
    """As the owner of a PostgreSQL database can: the ledger's triggers sleep."""
    for table in WALLED:
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def _arm(execute: Callable[[str], object]) -> None:
    for table in WALLED:
        execute(
            "DO $$ DECLARE name text; BEGIN FOR name IN SELECT tgname FROM pg_trigger"
            f" WHERE tgrelid = '{table}'::regclass AND NOT tgisinternal LOOP"
            f" EXECUTE 'ALTER TABLE {table} ENABLE ALWAYS TRIGGER ' || name; END LOOP; END $$"
        )


@pytest.fixture(scope="session")
def disarm() -> Callable[[Store], None]:
    """Take the second wall away, as only the owner of the database can."""

    def now(store: Store) -> None:
        with store.write() as connection:
            if not store.is_embedded:
                _disarm(connection.exec_driver_sql)
                return
            found = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (name,) in connection.exec_driver_sql(found).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")

    return now


def _with_schema(url: str) -> None:
    store = Store(url)
    schema.upgrade(store)
    store.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A module whose ``STORES`` names both kinds runs its tests on both."""
    told = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    stores = getattr(metafunc.module, "STORES", ())
    if "database" in metafunc.fixturenames and stores and "database" not in told:
        metafunc.parametrize("database", stores, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[Sqlite | OnPostgres]:
    """What a test with a store runs on; SQLite unless its module or the test says more."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield Sqlite(request.getfixturevalue("empty_store"))
        return
    made: OnPostgres = request.getfixturevalue("on_postgres")
    yield made
    made.give_back()


@pytest.fixture
def store_url(database: Sqlite | OnPostgres, tmp_path: Path) -> str:
    return database.make(tmp_path)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = Store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def ledger(store: Store, signer: keys.PrivateKey, clock: Clock) -> Ledger:
    return Ledger(store, signer, origin=ORIGIN, clock=clock)


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """One for all: opening a key file costs a scrypt."""
    return Vault(tmp_path_factory.mktemp("keys"), b"a secret of high entropy")


@pytest.fixture(scope="session")
def trace_class() -> type[Trace]:
    return Trace


@pytest.fixture
def make_desk(
    tmp_path: Path, database: Sqlite | OnPostgres, signer: keys.PrivateKey, vault: Vault
) -> Iterator[Callable[[], Desk]]:
    """A new desk in a folder of its own, at each call."""
    made: list[Desk] = []

    def make() -> Desk:
        folder = tmp_path / f"desk-{len(made)}"
        folder.mkdir()
        made.append(Desk(database.make(folder), folder / "locks", signer, vault))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def desk(make_desk: Callable[[], Desk]) -> Desk:
    """A desk with one case whose item is ready."""
    found = make_desk()
    found.open_case()
    return found


@pytest.fixture
def make_peer(desk: Desk) -> Callable[..., Peer]:
    return lambda idempotence="probe", **more: Peer(desk.clock, idempotence, **more)


@pytest.fixture
def peer(make_peer: Callable[..., Peer]) -> Peer:
    return make_peer()


@pytest.fixture(scope="session")
def peer_class() -> type[Peer]:
    return Peer


@pytest.fixture(scope="session")
def killed() -> type[Killed]:
    return Killed


@pytest.fixture
def seeded(request: pytest.FixtureRequest) -> random.Random:
    """Randomness that can be repeated; the seed is printed."""
    seed = 20260302
    print(f"seed {seed}")
    return random.Random(seed)
