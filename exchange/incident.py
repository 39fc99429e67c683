"""Incidents: one for all that comes of one cause, told once, closed when the cause is gone.

A kind says what closes it. ``system``: the system answers again. ``source``: what it holds for us
can be read again. ``facts``: a look at what it tells of enterprises went well, and nothing is
overdue. ``parked``: no item is parked for this reason any more. ``dead-letters``: no
message that was delivered in vain lies there any more. ``invalid``: none of the items that could not
be sent is left, or a person knows of them: what becomes invalid afterwards is another incident.
``messages``: the same for messages that could not be taken in. ``objection``: no receiver's doubt
waits for its source any more. ``books``: a later comparison of the whole span finds that they
agree. ``near``, ``overdue``: the item whose legal period it is has ended; ``calendar``: no period
is uncountable. ``period-near``, ``period-over``: the period of a dispute has been stopped or begun anew.
``acceptance-near``, ``acceptance-over``: the same of a building; ``acceptance-stuck``: it goes on.
``dispute-stuck``: the rules lead the dispute somewhere and the ladder can read it.
``finance-files``: a file that the bank desk goes by can be read again.
``crl``, ``crl-over``: a good list of revoked certificates was got again.
``witness``: it answers again, and agrees. ``time-stamp``: no head waits too long for its stamp.
``sync``: a run of the sync went through; one a system that it reads, and one for each sync.
``ending``, ``ending-soon``: its holder has a certificate that lasts longer.
``paper``: a paper of a dispute can be made after all, or a person knows that its unit makes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from exchange import canonical, times
from exchange.errors import Fact
from exchange.outcome import tellable
from exchange.store import incident_rows
from exchange.store.engine import Connection
from exchange.store.incident_rows import IncidentRow

RELAPSE = timedelta(minutes=10)
"""Who fails again within this time was not well: the same incident goes on, and nobody is told
of a recovery before it is over. Else a flaky system would ring every few minutes."""
_TRIES = 8
_MANY = 10
"""Fewer than so many more are no worse, though they be twice as many."""
BY_HAND = ("invalid", "messages", "paper")
"""Kinds that a person ends by knowing of them: what they are about stays as it is."""
_NOT_REACHED = frozenset(
    {
        "wire.refused",
        "wire.name",
        "wire.connect-timeout",
        "wire.no-answer",
        "wire.lost",
        "wire.cut-answer",
        "wire.slow-answer",
        "wire.busy",
    }
)
"""One cause, however it shows: a network that fails shows all of them by turns."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with which system."""

    system: str
    kind: str
    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    about: str = ""
    """``case/item`` of the one item that it is about, if it is about one."""

    @property
    def told_apart_by(self) -> str:
        """A system is down or it is not, whatever the code; items are parked for one reason."""
        return self.code if self.kind in ("parked", "objection", "request") else ""


@dataclass(frozen=True, slots=True)
class Weight:
    """How bad an incident is at one moment."""

    code: str
    urgent: bool
    """It can't wait any longer, by the law's own clocks."""
    waiting: int

    def text(self) -> str:
        """To be kept (JSON)."""
        return canonical.dumps(asdict(self)).decode()

    def is_worse(self, before: Weight) -> bool:
        """Has it become worse than it was when somebody wanted quiet?

        >>> Weight("wire.refused", False, 25).is_worse(Weight("wire.lost", False, 10))
        True
        >>> Weight("wire.refused", False, 15).is_worse(Weight("wire.lost", False, 10))
        False
        """
        other = self.code != before.code and not {self.code, before.code} <= _NOT_REACHED
        more = self.waiting >= max(2 * before.waiting, before.waiting + _MANY)
        return other or more or (self.urgent and not before.urgent)


def weight(text: str) -> Weight | None:
    """What ``Weight.text`` kept; None: nothing was kept."""
    return Weight(**canonical.loads(text.encode())) if text else None


def begin(connection: Connection, trouble: Trouble, since: datetime) -> None:
    """Open an incident that began at ``since``; one that is open, or only just closed, goes on.

    It then tells the cause that it has now (``_go_on``).
    """
    for _ in range(_TRIES):
        last = incident_rows.latest(
            connection, trouble.system, trouble.kind, trouble.told_apart_by, about=trouble.about
        )
        if last is not None and (not last.closed_at or _is_relapse(last, since)):
            _go_on(connection, last, trouble, since)
            return
        if incident_rows.add(connection, _row(connection, trouble, since)):
            return


def end(connection: Connection, system: str, kind: str, now: datetime) -> None:
    """Close what is open of this kind: its cause is gone."""
    for row in incident_rows.still_open(connection, kind, system):
        incident_rows.change(connection, row.id, closed_at=times.stamp(now))


def is_over(row: IncidentRow, now: datetime) -> bool:
    """Closed, and long enough to be told so."""
    return bool(row.closed_at) and times.instant(row.closed_at) + RELAPSE <= now


def is_silenced(row: IncidentRow, now: datetime) -> bool:
    """Has an operator asked not to be told of it now?"""
    return row.silenced_until > times.stamp(now)


def _is_relapse(last: IncidentRow, since: datetime) -> bool:
    """Nobody has been told of its end yet, and it did not stay well. What a person ended is over."""
    if last.kind in BY_HAND:
        return False
    untold = last.told_at <= last.closed_at
    return untold and times.instant(last.closed_at) + RELAPSE > since


def _go_on(connection: Connection, last: IncidentRow, trouble: Trouble, since: datetime) -> None:
    """It tells its present cause. One that had ended and comes back for another one is told again,
    and began anew: who knows of the first knows nothing of this one.
    """
    values = {"closed_at": ""} if last.closed_at else {}
    if last.code != trouble.code:
        values |= {"code": trouble.code, "facts": _facts(trouble)}
        if last.closed_at and not {last.code, trouble.code} <= _NOT_REACHED:
            values |= {"opened_at": times.stamp(since), "told_at": "", "acknowledged_by": ""}
    if values:
        incident_rows.change(connection, last.id, **values)


def _facts(trouble: Trouble) -> str:
    return canonical.dumps(tellable(trouble.facts)).decode()


def _row(connection: Connection, trouble: Trouble, since: datetime) -> IncidentRow:
    """Its id is short enough to be read out over the telephone: the system's n-th incident."""
    number = 1 + incident_rows.number(connection, trouble.system)
    return IncidentRow(
        f"{trouble.system}-{number}",
        trouble.system,
        trouble.kind,
        trouble.code,
        _facts(trouble),
        times.stamp(since),
        about=trouble.about,
    )
