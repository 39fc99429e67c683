"""The hub's side of a witness: its answer is read and kept, the next letter is left for it.

What a witness has co-signed can't be changed quietly any more, not even with the hub's key. That
nothing was heard of it, or that it disagrees, is an incident; it stops no work.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from crypto import jws, merkle, suites
from crypto.errors import CryptoError
from crypto.keys import PublicKey
from exchange import canonical, epoch, heads, incident, times, witness
from exchange.errors import Fact, Fatal, Invalid, Rejected
from exchange.heads import HubKeys
from exchange.incident import Trouble
from exchange.ports import Clock
from exchange.store import ledger_rows, outside_rows
from exchange.store.engine import Connection, Store
from exchange.store.outside_rows import WITNESS, HeardRow, OutsideRow
from exchange.witness import Answer, Letter, Proven
from zhida.outside_file import Witness


@dataclass(frozen=True, slots=True)
class Ground:
    """What both sides of the exchange stand on: our store, our public keys, our ledger's name."""

    store: Store
    key: HubKeys
    origin: str
    clock: Clock

    @property
    def digest(self) -> merkle.Digest:
        """The tree's."""
        return suites.suite(heads.keys(self.key)[0].suite).digest


def hear(ground: Ground, whom: Witness, token: str) -> HeardRow:
    """Take in a witness's answer (empty: there is none), and say how it stands with it."""
    now = ground.clock()
    with ground.store.write() as connection:
        row = outside_rows.heard(connection, whom.name) or HeardRow(whom.name, times.stamp(now))
        code, facts, answer = _judged(ground, connection, whom, token)
        if answer is not None:
            row = replace(row, at=max(row.at, min(answer.at, times.stamp(now))))
        if not code and times.instant(row.at) + whom.silence < now:
            code, facts = "outside.silent", {"since": row.at}
        return _settle(connection, whom, row, Trouble(whom.name, WITNESS, code, facts), now=now)


def blame(ground: Ground, whom: Witness, error: Fatal) -> None:
    """It could not even be asked: our own key file or folder is not right."""
    now = ground.clock()
    with ground.store.write() as connection:
        row = outside_rows.heard(connection, whom.name) or HeardRow(whom.name, times.stamp(now))
        trouble = Trouble(whom.name, WITNESS, error.code, error.facts)
        _settle(connection, whom, row, trouble, now=now)


def _settle(
    connection: Connection, whom: Witness, row: HeardRow, trouble: Trouble, *, now: datetime
) -> HeardRow:
    """Remember how it stands; an incident as long as something is wrong."""
    code = trouble.code
    row = replace(row, code=code, since=(row.since or times.stamp(now)) if code else "")
    outside_rows.put_heard(connection, row)
    if code:
        facts = {"witness": whom.title, **trouble.facts}
        incident.begin(connection, replace(trouble, facts=facts), now)
    else:
        incident.end(connection, whom.name, WITNESS, now)
    return row


def _judged(
    ground: Ground, connection: Connection, whom: Witness, token: str
) -> tuple[str, dict[str, Fact], Answer | None]:
    """The code of what is wrong (empty: nothing), and the answer if it is one."""
    if not token:
        return "", {}, None
    try:
        answer = witness.read_answer(token, whom.public_key())
    except Rejected:
        return "outside.answer", {}, None
    if (answer.witness, answer.origin) != (whom.name, ground.origin):
        return "outside.answer", {}, None
    if answer.alarm:
        return "outside.alarm", {"alarm": answer.alarm, "head": answer.size}, answer
    if answer.size and not _agrees(ground, connection, answer):
        if _explaining(connection, answer) is None:
            return "outside.disagrees", {"head": answer.size}, answer
    elif answer.size:
        _keep(connection, answer, token)
    return "", {}, answer


def _agrees(ground: Ground, connection: Connection, answer: Answer) -> bool:
    size = ledger_rows.tip(connection, ground.digest).size
    if answer.size > size:
        return False
    reader = ledger_rows.reader(connection, answer.size, ground.digest)
    return merkle.root_hash(answer.size, reader).hex() == answer.root


def _explaining(connection: Connection, answer: Answer) -> epoch.Epoch | None:
    """The restore that lost the head that the witness holds."""
    head = {"size": answer.size, "root": answer.root, "at": answer.head_at}
    rows = ledger_rows.entries_of(connection, epoch.KIND)
    found = (epoch.read(row.body) for row in rows)
    return next((each for each in found if epoch.explains(each, head)), None)


def _keep(connection: Connection, answer: Answer, token: str) -> None:
    before = outside_rows.newest(connection, answer.witness, below=answer.size - 1)
    since = outside_rows.first_after(connection, before.size if before else 0)
    head = ledger_rows.head_of(connection, answer.size)
    row = OutsideRow(
        answer.witness, answer.size, WITNESS, head, token.strip(), at=answer.at, since=since
    )
    outside_rows.put(connection, row)


def reply(ground: Ground, whom: Witness, token: str) -> Letter | None:
    """The next letter for a witness that answered with ``token``; None while the ledger is empty."""
    answer = None
    if token:
        with suppress(Rejected):
            answer = witness.read_answer(token, whom.public_key())
    with ground.store.read() as connection:
        return letter(ground, connection, _start(ground, connection, whom.name, answer))


def _start(ground: Ground, connection: Connection, name: str, answer: Answer | None) -> int:
    """From which of its heads on the witness can check the newest."""
    if answer is None or not answer.size:
        return 0
    size = ledger_rows.tip(connection, ground.digest).size
    found = _explaining(connection, answer)
    if answer.size <= size and (found is None or _agrees(ground, connection, answer)):
        return answer.size  # if we disagree, it is for the witness to see that
    kept = outside_rows.newest(connection, name, below=min(size, found.size if found else size))
    return kept.size if kept else 0


def letter(ground: Ground, connection: Connection, since: int) -> Letter | None:
    """The newest head, the proof that it continues the tree of ``since`` leaves, and the epochs."""
    head = ledger_rows.head(connection)
    if head is None:
        return None
    if not 0 <= since <= head.size:
        raise Invalid("witness.letter")
    reader = ledger_rows.reader(connection, head.size, ground.digest)
    path = tuple(merkle.consistency_path(since, head.size, reader))
    rows = [r for r in ledger_rows.entries_of(connection, epoch.KIND) if since <= r.seq < head.size]
    epochs = [
        Proven(r.seq, r.body, tuple(merkle.inclusion_path(r.seq, head.size, reader))) for r in rows
    ]
    return Letter(head.token, since, path, tuple(epochs))


def check(row: OutsideRow, whom: Witness) -> None:
    """A kept co-signature, verified once more. ``Fatal`` if it is not right any more."""
    answers = [found for key in whom.ever() for found in _read(row.seal, key)]
    try:
        _, payload, _, _ = jws.decode(row.head)
        root = canonical.loads(payload)["root"]
    except (CryptoError, KeyError, TypeError):
        raise Fatal("outside.kept-answer", witness=whom.name, size=row.size) from None
    if [(each.size, each.root, each.alarm) for each in answers] != [(row.size, root, "")]:
        raise Fatal("outside.kept-answer", witness=whom.name, size=row.size)


def _read(token: str, key: PublicKey) -> list[Answer]:
    """The answer, if it is of this key."""
    with suppress(Rejected):
        return [witness.read_answer(token, key)]
    return []
