"""Does a bank's client take what it is told as it has to, and from whom? Judges as those of ``sandbox.bank_judges``."""

from __future__ import annotations

from sandbox.bank_judges import BROKEN, MET, UNSIGNED, Verdict, verdict
from sandbox.bank_record import BOOKS, EVENTS, LOANS, REQUESTS, Record, request_of


def verified(record: Record) -> Verdict:
    """A result whose signature is not the hub's is not acted upon: it is read again, or the request withdrawn."""
    good: list[int] = []
    bad: list[int] = []
    for place, forged in enumerate(record.seen):
        if forged.trick == "forged":
            number = request_of(forged)
            again = [p for p, each in record.readings(number, after=place) if each.is_done]
            left = record.calls("POST", f"{REQUESTS}/{number}/withdrawal", after=place)
            good += [*again, *(p for p, _ in left)]
            lent = record.calls("POST", LOANS, after=place)
            mine = (p for p, each in lent if each.told("request") == number)
            bad += [p for p in mine if not any(other < p for other in again)]
    return verdict(good, bad)


def pages(record: Record) -> Verdict:
    """Events are read page by page: ``after`` is never beyond what has been told."""
    good: list[int] = []
    bad: list[int] = []
    known = 0
    for place, each in record.calls("GET", EVENTS):
        if int(each.query.get("after", "0")) > known:
            bad.append(place)
        if each.is_done:
            good += [place] if each.answer["events"] else []
            known = max(known, each.answer["next"])
    return verdict(good if len(good) > 1 else [], bad)


def gap(record: Record) -> Verdict:
    """A number that is missing among the events is noticed, and asked for again."""
    hole, seen_at = 0, -1
    for place, each in record.calls("GET", EVENTS):
        told = [event["seq"] for event in each.answer["events"]] if each.is_done else []
        if hole and hole in told:
            return Verdict(MET, (place,))
        if each.trick == "hole":
            hole, seen_at = told[-1] + 1, place
    return Verdict(BROKEN, (seen_at,)) if hole and record.is_over else Verdict()


def books(record: Record) -> Verdict:
    """The day's digest is computed by the bank too: where the hub's is another, the day is looked at again."""
    told = [(p, each) for p, each in enumerate(record.seen) if each.path.startswith(f"{BOOKS}/")]
    for place, each in told:
        if each.trick == "other-digest":
            later = [p for p, one in told if p > place and one.path == each.path]
            missed = Verdict(BROKEN, (place,)) if record.is_over else Verdict()
            return Verdict(MET, tuple(later)) if later else missed
    return Verdict()


def stranger(record: Record) -> Verdict:
    """A hub whose certificate is not of the CA that the bank trusts is not spoken with."""
    tried = [each for each in record.knocks if each.door == "wrong"]
    if any(not each.reason for each in tried):
        return Verdict(BROKEN)
    return Verdict(MET) if tried else Verdict()


def renewed(record: Record) -> Verdict:
    """The hub's new certificate, of the same CA, is taken without anybody's doing."""
    knocks = [e for e in record.knocks if (e.door, e.shown) == ("right", "renewed") and e.reason]
    good = [place for place, each in enumerate(record.seen) if each.shown == "renewed"]
    return Verdict(BROKEN) if knocks else verdict(good, [])


def changed(record: Record) -> Verdict:
    """The bank's own new certificates are in use: the program's, and the one that signs."""
    new = [
        (place, each)
        for place, each in enumerate(record.seen)
        if "next" in (each.certificate, each.signer)
    ]
    bad = [p for p, e in new if e.code in UNSIGNED or e.code == "serve.unknown-client"]
    both = [p for p, e in new if e.is_done and (e.certificate, e.signer) == ("next", "next")]
    return verdict(both, bad)
