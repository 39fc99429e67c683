"""What wants a person now, in one list: what can't wait first, then what nobody has taken, then the oldest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from exchange import times
from exchange.errors import Problem, ZhidaError
from exchange.problems import describe
from zhida import alert_line, duty, duty_file, duty_signs, incident_view, metrics
from zhida.duty import OnDuty
from zhida.duty_file import Roster
from zhida.watch import Watch

_NOW = ("duty.sweep-late", "duty.nobody", "doctor.disk", "duty.no-figures")
"""Signs that can't wait."""
SIGN = "本机"


def told(watch: Watch) -> dict[str, Any]:
    """As JSON: ``on_duty`` (or null), ``open`` (each with ``urgent``, ``state``, ``remedy``), ``silenced`` likewise."""
    now, (roster, wrong) = watch.clock(), _roster(watch)
    with watch.store.read() as connection:
        person = duty.of(watch.site, roster, connection, now)
    figures = metrics.collect(watch, duty_signs.PARTS)
    signs = [*wrong, *duty_signs.of_roster(roster, person, now), *duty_signs.of_figures(figures)]
    rows = [*_signs(signs, watch.site.language), *_incidents(watch)]
    rows.sort(key=lambda row: (not row["urgent"], row["state"] == "taken", row["since"]))
    return {
        "at": times.stamp(now),
        "on_duty": shown(person) if person else None,
        "open": [row for row in rows if row["state"] != "silenced"],
        "silenced": [row for row in rows if row["state"] == "silenced"],
    }


def _roster(watch: Watch) -> tuple[Roster, list[Problem]]:
    """A broken one hides nothing of what is to be done: its mistakes are among that."""
    try:
        return duty_file.load(watch.site), []
    except ZhidaError as error:
        return Roster(), list(error.problems)


def shown(person: OnDuty) -> dict[str, str]:
    """Who it is, without the number."""
    until = times.stamp(person.until)
    return {"person": person.person, "title": person.title, "until": until, "giver": person.giver}


def turns(watch: Watch, most: int) -> list[dict[str, Any]]:
    """The turn of now and the next ones, as the roster says."""
    found = [turn for turn in duty_file.load(watch.site).turns if turn.until > watch.clock()]
    return [
        {
            "person": turn.person,
            "title": watch.site.operators[turn.person].title,
            "shift": turn.shift,
            "since": times.stamp(turn.since),
            "until": times.stamp(turn.until),
            "now": turn.since <= watch.clock(),
        }
        for turn in found[:most]
    ]


def _incidents(watch: Watch) -> Iterator[dict[str, Any]]:
    for row in incident_view.every(watch):
        state = "silenced" if row["silenced"] else "taken" if row["acknowledged_by"] else "alone"
        yield {
            "id": row["incident"],
            "kind": row["kind"],
            "kind_zh": alert_line.KINDS.get(row["kind"], row["kind"]),
            "whose": row["system_title"],
            "call": f"{row['contact']} {row['phone']}".strip(),
            "code": row["code"],
            "what": row["what"],
            "remedy": row["remedy"],
            "wait": alert_line.can_wait(row),
            "urgent": alert_line.is_urgent(row),
            "since": row["opened_at"],
            "state": state,
            "by": row["acknowledged_by"],
            "silenced_until": row["silenced_until"] if state == "silenced" else "",
        }


def _signs(signs: Iterable[Problem], language: str) -> Iterator[dict[str, Any]]:
    for each in signs:
        what, remedy = describe(each.code, each.facts, language)
        urgent = each.code in _NOW
        wait = "不能等" if urgent else "可等：今天处理"
        row = {
            "id": "",
            "kind": "sign",
            "kind_zh": SIGN,
            "whose": "",
            "call": "",
            "code": each.code,
        }
        row |= {"what": what, "remedy": remedy, "wait": wait, "since": "", "by": ""}
        yield row | {"urgent": urgent, "state": "alone", "silenced_until": ""}


def since(row: dict[str, Any], now: datetime) -> str:
    """How long it has been so, for a person; empty for what has no beginning."""
    return alert_line.duration(now - times.instant(row["since"])) if row["since"] else ""
