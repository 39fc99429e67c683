"""Does a bank's client ask as it has to? A pure judge for each requirement, over what was seen and nothing else.

``met`` needs something that shows it; ``broken`` something that shows the contrary; otherwise ``unseen``. What must
follow (a repetition, a second look) is missed only when the session ``is_over``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.bank_record import LETTERS, LOANS, Record, Seen, request_of

MET, BROKEN, UNSEEN = "met", "broken", "unseen"
SLACK = 0.25
"""Seconds by which clocks and wires may differ."""
UNSIGNED = ("serve.unsigned", "serve.signature", "serve.signed-for-another", "serve.signed-when")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it stands, and the calls (their places from 0) that show it."""

    state: str = UNSEEN
    calls: tuple[int, ...] = ()


def verdict(good: list[int], bad: list[int]) -> Verdict:
    """One breach outweighs everything."""
    if bad:
        return Verdict(BROKEN, tuple(bad))
    return Verdict(MET, tuple(good)) if good else Verdict()


def letter(record: Record) -> Verdict:
    """A firm's letter was handed in."""
    told = list(record.calls("POST", LETTERS))
    good = [place for place, each in told if each.status == 201]
    bad = [place for place, each in told if 400 <= each.status < 500 and each.status != 429]
    return verdict(good, [] if good else bad)


def signed(record: Record) -> Verdict:
    """What is sent with a body is signed by the bank."""
    sent = [(place, each) for place, each in enumerate(record.seen) if each.method != "GET"]
    bad = [place for place, each in sent if each.code in UNSIGNED]
    return verdict([place for place, each in sent if each.signer and each.is_done], bad)


def repeat(record: Record) -> Verdict:
    """A request whose answer was lost is posted again: same number, same content, same key."""
    good: list[int] = []
    bad: list[int] = []
    for place, lost in enumerate(record.seen):
        if lost.trick != "dropped":
            continue
        later = list(record.readings(str(lost.told("number")), after=place))
        posts = [(p, each) for p, each in later if each.method == "POST"]
        for p, each in posts[:1]:
            same = each.key == lost.key != "" and each.body == lost.body
            (good if same else bad).append(p)
        if not posts and record.is_over:
            bad.append(place)
    return verdict(good, bad)


def partial(record: Record) -> Verdict:
    """What is not known yet is no pass: no loan rests on an answer that is not complete."""
    complete: dict[str, bool] = {}
    waited: set[str] = set()
    good: list[int] = []
    bad: list[int] = []
    for place, each in enumerate(record.seen):
        number = request_of(each)
        if number and each.is_done:
            whole = bool(each.answer["answer"]["is_complete"])
            if whole and number in waited:
                good.append(place)
            if not whole:
                waited.add(number)
            complete[number] = whole
        if (each.method, each.path) == ("POST", LOANS):
            bad += [place] if complete.get(str(each.told("request"))) is False else []
    return verdict(good, bad)


def patience(record: Record) -> Verdict:
    """An answer that is not complete (202) is asked for again no sooner than ``Retry-After``."""
    waits = ((p, each) for p, each in enumerate(record.seen) if each.status == 202)
    pairs = ((place, each, record.readings(request_of(each), after=place)) for place, each in waits)
    return _waited((place, each, next(later, None)) for place, each, later in pairs)


def busy(record: Record) -> Verdict:
    """After 429 the same call comes again, no sooner than ``Retry-After``."""
    told = ((p, each) for p, each in enumerate(record.seen) if each.status == 429)
    later = ((p, each, record.calls(each.method, each.path, after=p)) for p, each in told)
    return _waited((p, each, next(_same(each, calls), None)) for p, each, calls in later)


def _same(one: Seen, calls: Iterator[tuple[int, Seen]]) -> Iterator[tuple[int, Seen]]:
    return ((place, each) for place, each in calls if each.body == one.body)


def _waited(pairs: Iterator[tuple[int, Seen, tuple[int, Seen] | None]]) -> Verdict:
    good: list[int] = []
    bad: list[int] = []
    for _, before, after in pairs:
        if after is not None:
            early = after[1].at - before.answered < before.retry_after - SLACK
            (bad if early else good).append(after[0])
    return verdict(good, bad)


def conflict(record: Record) -> Verdict:
    """After 409 nothing else is sent under the same number."""
    good: list[int] = []
    bad: list[int] = []
    for place, each in enumerate(record.seen):
        if each.status == 409 and each.told("number"):
            good.append(place)
            later = record.calls("POST", each.path, after=place)
            mine = ((p, one) for p, one in later if one.told("number") == each.told("number"))
            bad += [p for p, one in mine if one.body != each.body]
    return verdict(good, bad)
