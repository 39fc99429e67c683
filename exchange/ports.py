"""What the core asks of the world: narrow protocols, and the values that cross them.

Nothing here does anything. Connectors, adapters and tests implement these; the core never
imports them. A record is a JSON object whose leaves are text, whole numbers and booleans:
no floats (money is fen, lengths are whole units) and no nulls (absent is absent).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

Scalar = str | int | bool
Record = Mapping[str, Any]
"""Nested JSON object of ``Scalar`` leaves, lists and objects."""
Inputs = Mapping[str, Record]
"""The documents that an operation needs, by the operation's name for them, already minimised."""
Clock = Callable[[], datetime]
"""Gives the present instant, aware, in UTC."""


def utc_now() -> datetime:
    """Now; the one place where the machine's clock is read."""
    return datetime.now(UTC)


Idempotence = Literal["natural", "keyed", "probe", "none"]
"""How the core finds out what became of a call whose answer was lost.

``natural``: once more, for the target's state is then the same. ``keyed``: once more, for the
target knows our key and answers for the first call; if it says no only because the key came with
other bytes before, that is ``Unknown`` to the adapter. ``probe``: ask. ``none``: a person does.
"""

ROOT = "root"
"""Name of the input that tells a correction what it corrects: ``effect``, the key of the root
effect, and ``reference``, its name in the target's own books (absent if it gave none)."""


# --- connectors: one wire -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back over a wire: the bytes as received, and what the wire made of them."""

    raw: bytes
    value: Any


class Connector(Protocol):
    """Moves one message over one wire (EIP Channel Adapter). Thread-safe.

    Raises ``Retriable`` when the request surely was not executed, ``Unknown`` when it may have
    been, ``Rejected`` when the peer's wire said no, ``Invalid`` when the body cannot be put on
    the wire, ``Fatal`` when the configuration is wrong. No foreign exception leaves it.
    """

    def call(self, operation: str, body: Any) -> Reply:
        """Send ``body`` to ``operation`` (SOAP operation, ``POST /path``, HL7 trigger)."""

    def close(self) -> None:
        """Give back what this connector opened itself, and only that."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a system is and how to log in, from its Airflow connection: never from the site."""

    address: str
    """Base URL (``http://127.0.0.1:8060``) or ``host:port``."""
    login: str = ""
    password: str = field(default="", repr=False)
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Further secrets and files: ``ca``, ``cert``, ``key``, ``key_password``, ``secret``…"""
    site: Path = Path()
    """Folder of the site's files (WSDLs)."""
    clock: Clock = utc_now


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message as it lies in a feed, not yet understood."""

    key: str
    """The feed's own name for it; the same message again has the same key."""
    raw: bytes
    at: datetime | None = None
    """When it came into being at its source, if the feed tells."""
    error: Exception | None = None
    """Why it can't be had as it lies there (too big, no file); ``raw`` is what could be read."""
    file: str = ""
    """By what a person finds it where the wire files it away: a number, for a name may name somebody."""
    number: int = 0
    """Which record of that file it is, from 1; 0: the whole of it."""


class Feed(Protocol):
    """A wire on which messages wait to be taken: queue, folder, front-end table.

    For one thread at a time. Raises what a ``Connector`` raises. What was received and not
    settled comes again, after a crash and after ``close``; so nothing is lost, and the same
    parcel may come twice.
    """

    def receive(
        self, stream: str, cursor: str, *, limit: int, wait: float = 0.0
    ) -> tuple[Sequence[Parcel], str]:
        """At most ``limit`` parcels that lie there after ``cursor``, and the next cursor.

        Waits up to ``wait`` seconds for the first. A feed that keeps its own place (a queue)
        gives the cursor back as it was.
        """

    def settle(self, stream: str, keys: Sequence[str]) -> None:
        """These parcels are ours, durably: acknowledge, file away, mark as read."""

    def close(self) -> None:
        """Give back what this feed opened itself; what is not settled is free again."""


# --- adapters: one kind of system -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that an adapter can do, and what the core must know to do it once."""

    name: str
    title: str
    """Chinese, for people: 出生登记."""
    needs: Mapping[str, str] = field(default_factory=dict)
    """Name of each input → kind of document (``{"birth": "birth-record"}``)."""
    gives: str = ""
    """Kind of the document that the answer carries, if any."""
    effect: bool = True
    """False: a read; asking twice does nothing."""
    identity: tuple[str, ...] = ()
    """What identifies the thing for ever: ``input/json/pointer`` (``birth/certificate/number``)."""
    occurrence: tuple[str, ...] = ()
    """What makes the same thing occur again (a month, an instalment): pointers like identity."""
    asks: tuple[str, ...] = ()
    """Of a read: what its question carries besides identity, if an agreement gives it (a name that
    the system demands). The answer need not say it again."""
    idempotence: Idempotence = "probe"
    irreversible: bool = False
    settle: timedelta = timedelta(seconds=30)
    """How long after a lost call the peer may still be executing it."""
    amends: str = ""
    """The operation whose effect this one corrects; besides the documents it gets ``ROOT``."""
    revokes: str = ""
    """The operation whose effect this one takes back; besides the documents it gets ``ROOT``."""
    tells: bool = False
    """Its target says of which requests people have answered (``Newsbearer``): none of them is looked
    at otherwise but once a day, lest a word was missed."""
    undone_by: tuple[str, ...] = ()
    """Codes by which the target says, also long after it was done, that it came to nothing after all
    (a payment that the payee's bank sends back). Then the last line of its books counts."""

    @property
    def corrects(self) -> str:
        """The root operation of an amendment or a revocation, else empty."""
        return self.amends or self.revokes

    def __post_init__(self) -> None:
        """What can't be undone is never sent again unprobed."""
        if self.amends and self.revokes:
            raise ValueError(f"{self.name}: corrects or takes back, not both")
        if self.irreversible and self.idempotence not in ("probe", "none"):
            raise ValueError(f"{self.name}: irreversible operations are probed, or never repeated")


@dataclass(frozen=True, slots=True)
class Needed:
    """Fields of which a request must have at least one: without them it is never sent."""

    mapping: str
    """Who asks for them."""
    paths: tuple[str, ...]
    """``input/json/pointer``, as ``Operation.identity`` names them."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message ready for the wire. Making it has no effect; all its data has been checked."""

    operation: str
    effect_key: str
    body: Any
    mapping_digest: str = ""
    """Digest of the mapping that made it (hex)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system answered, read."""

    raw: bytes
    reference: str = ""
    """The name of the effect in the target's own books (a request id, a serial number)."""
    record: Record | None = None
    """The canonical document that the answer carries, to be signed by the hub (custody hub)."""
    signed: str = ""
    """Or: a document already signed by its unit (SD-JWT with its disclosures; custody unit)."""
    mapping_digest: str = ""
    as_of: datetime | None = None
    """When the fact was true at its source; None: when it was read."""
    waiting: bool = False
    """True: stored, but a person has still to act (an OA to-do); poll with ``probe``."""


class Adapter(Protocol):
    """Speaks for one kind of system (EIP Messaging Gateway). Thread-safe."""

    @property
    def operations(self) -> Mapping[str, Operation]:
        """What it can do, by name."""

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """Map and check the inputs for the wire, all errors at once. Raises ``Invalid``."""

    def submit(self, prepared: Prepared) -> Answer:
        """Send it. Raises ``Retriable``, ``Rejected``, ``Unknown``, ``Fatal``."""

    def probe(self, prepared: Prepared) -> Answer | None:
        """Ask whether it was applied: the answer, or None for surely not."""

    def fetch(self, prepared: Prepared) -> Answer:
        """Read something (``effect=False``). Raises ``Rejected`` when there is no such thing."""

    def close(self) -> None:
        """Close what it opened."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message that a source system holds for us."""

    key: str
    """The source's own name for it; the same message again has the same key."""
    raw: bytes
    kind: str
    """Kind of the document."""
    record: Record | None = None
    """The canonical record; None when ``error`` says why it can't be read."""
    error: Exception | None = None
    mapping_digest: str = ""
    as_of: datetime | None = None
    signed: str = ""
    """Or: a document that its unit has signed already (custody unit); ``record`` is None then."""
    cut: bool = False
    """True: ``raw`` is not the whole message, only what could be had of it."""
    revoked: bool = False
    """True: the source takes the fact back; what it says identifies it, and nothing more counts."""
    file: str = ""
    """In which file it came, as ``Parcel`` tells it."""
    number: int = 0
    """Which record of the file, from 1; 0: the whole of it."""


@runtime_checkable
class Source(Protocol):
    """A system that messages are read from by asking (poll)."""

    def poll(self, stream: str, cursor: str) -> tuple[Sequence[Arrival], str]:
        """What is there after ``cursor`` (empty: from the start), and the next cursor."""


@runtime_checkable
class Rereading(Protocol):
    """A source that can read again what it once gave, from its bytes alone."""

    def read_again(self, stream: str, key: str, raw: bytes) -> Arrival:
        """The message as it is read now; with the error that says why it still can't be.

        It has the source's own name for it, ``key`` if the bytes do not hold it. ``Rejected`` if
        the bytes are not one message. The system is not asked.
        """


@runtime_checkable
class Settling(Protocol):
    """A source that wants to know what we keep: a receipt leaves only after our commit."""

    def settle(self, stream: str, keys: Sequence[str]) -> None:
        """The messages of these keys are ours, durably (taken in, known, or kept as invalid)."""


@dataclass(frozen=True, slots=True)
class BookEntry:
    """One line of a target's own books that carries an effect key of ours, or of a stranger."""

    effect_key: str
    """What the target keeps of the key that came with the request; empty: it came without one."""
    reference: str
    """The effect's name in the target's books."""
    state: Literal["applied", "refused", "waiting"]
    at: datetime
    """When it came about, by the target's clock."""


@runtime_checkable
class Bookkeeper(Protocol):
    """A target whose own books can be read by day, to be compared with ours (对账)."""

    @property
    def booked(self) -> frozenset[str]:
        """The operations whose effects its books tell."""

    def books(self, operation: str, since: datetime, until: datetime) -> Iterable[BookEntry]:
        """What came about from ``since`` to before ``until``, twice if it is there twice.

        All of it or an error: who reads only a part would call the rest missing. Raises what
        ``Adapter.fetch`` raises.
        """


@runtime_checkable
class Newsbearer(Protocol):
    """A target that says which requests have been answered, so that thousands need not be looked at."""

    @property
    def tells(self) -> frozenset[str]:
        """The operations of which it does (``Operation.tells``)."""

    def news(self, operation: str, since: datetime, until: datetime) -> Iterable[BookEntry]:
        """What was answered in the span; a hint to look, and no answer. Raises like ``books``."""


# --- keys ------------------------------------------------------------------------------------


class Signer(Protocol):
    """Signs bytes with a key that may live elsewhere (file, HSM, signature server)."""

    @property
    def suite(self) -> str:
        """Name of the suite, ``SM2-SM3`` or ``Ed25519``."""

    @property
    def kid(self) -> str:
        """Thumbprint of the public key (RFC 7638)."""

    def sign(self, data: bytes) -> bytes:
        """Signature over ``data`` in the suite's raw form (64 bytes for both suites)."""
