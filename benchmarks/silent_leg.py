"""S6B: one system answers nothing for 30 seconds at a time; what does another unit's part notice?

Everything that ``make up`` starts. Newborns come one by one; measured is the time from the
declaration to the hospital's answer (``birth``), while the police answer, and then while each call
to them ends by a time-out. The first time-out, of which nobody can know before, is told apart; who
is declared while it lasts waits for its end.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count

from sqlalchemy import text

from benchmarks.births import recorded
from benchmarks.measure import Result, Spread
from benchmarks.whole_hub import MATTER, WholeHub, whole_hub
from exchange import times
from sandbox.births import Birth

_COUNT = 30
_EVERY_S = 3.0
_TIMEOUT_S = 30
_GOAL = 1.1
_ANSWERED = text(
    "SELECT i.updated_at FROM case_item i JOIN matter_case c ON c.id = i.case"
    " WHERE c.matter = :matter AND i.item = 'birth' AND i.state = 'applied'"
    " AND c.opened_at >= :since ORDER BY c.opened_at"
)
_SILENT = text("SELECT count(*) FROM circuit WHERE system = 'police' AND failures > 0")


def run() -> Result:
    """All well, then the police silent."""
    with whole_hub() as hub:
        _give_police_time(hub)
        births = recorded(hub.stack.district, count(1), 2 + 2 * _COUNT)
        _seconds(hub, births[:1])
        well = _seconds(hub, births[1 : 1 + _COUNT])
        police = hub.stack.district.system("police")
        police.fault("hold", operation="csdj")
        [first] = _seconds(hub, births[1 + _COUNT : 2 + _COUNT])
        hub.wait(lambda: hub.ask(_SILENT, {})[0][0] > 0, 4 * _TIMEOUT_S)
        silent = _seconds(hub, births[2 + _COUNT :])
        police.clear()
    result = Result("S6B", "别的单位超时 others' wait", "件", f"p95 ≤ {_GOAL} ×", _rate(silent), 0)
    result.reference, result.theirs = "all answer", _rate(well)
    result.ratio = Spread.of([_p95(well) / _p95(silent)])
    result.pairs = 1
    result.met = _p95(silent) <= _GOAL * _p95(well)
    result.notes = [f"all answer: {_told(well)}", f"police silent: {_told(silent)}"]
    result.notes += [f"the case that met the first time-out: {first:.1f} s"]
    return result


def _give_police_time(hub: WholeHub) -> None:
    file = hub.stack.folder / "site" / "systems" / "police.yaml"
    told, changed = re.subn(r"timeout_s: *\d+", f"timeout_s: {_TIMEOUT_S}", file.read_text("utf-8"))
    if changed != 1:
        raise RuntimeError(f"{file} names no time-out")
    file.write_text(told, "utf-8")


def _seconds(hub: WholeHub, births: Sequence[Birth]) -> list[float]:
    """From each declaration to the hospital's answer."""
    declared: list[datetime] = []
    for each in births:
        declared.append(datetime.now(UTC))
        hub.stack.broker.declare(each.form)
        time.sleep(_EVERY_S)
    about = {"matter": MATTER, "since": times.stamp(declared[0])}
    hub.wait(lambda: len(hub.ask(_ANSWERED, about)) == len(births), 300)
    answered = [times.instant(row[0]) for row in hub.ask(_ANSWERED, about)]
    return [(b - a).total_seconds() for a, b in zip(declared, answered, strict=True)]


def _rate(seconds: Sequence[float]) -> Spread:
    return Spread.of([1 / each for each in seconds])


def _p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(0.95 * (len(seconds) - 1))]


def _told(seconds: Sequence[float]) -> str:
    spread = Spread.of(seconds)
    span = f"{spread.min:.1f}…{spread.max:.1f}"
    return f"{spread.median:.1f} s in the middle ({span}), p95 {_p95(seconds):.1f} s"
