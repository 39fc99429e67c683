"""What the kit does to a bank's calls, each once: a line that breaks, a hub that is busy, an answer that is not the hub's.

``dropped`` the hub has answered, the answer is lost. ``busy``, ``conflict`` the hub is not asked. ``slow`` somebody's word
comes late, so that the first answer is partial. ``forged`` a result says another thing than the hub has signed. ``hole`` an event is
missing. ``other-digest`` the books of a day have another digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from crypto import base64url, disclosure, jws, strict_json, suites
from sandbox.bank_record import BOOKS, EVENTS, REQUESTS, Record, Seen, request_of

BEFORE = {"lost": "dropped", "busy": "busy", "slow": "slow", "conflict": "conflict"}
"""Situation → what is done to its first posting."""
PAGE = 2
"""Events of one page, whatever was asked for: several pages have to be read."""
PAUSE = 2
"""Seconds of ``Retry-After`` here; the hub itself says more."""
_REFUSALS = {
    "busy": (429, "serve.too-many", "调用太频繁", "按 Retry-After 所说的秒数以后再来"),
    "conflict": (
        409,
        "finance.request-conflict",
        "编号已用于别的内容",
        "要申请的是别的，就换一个编号",
    ),
}
"""In the hub's form: status, code, what, what to do."""


def situation(record: Record, seen: Seen) -> str:
    """To which situation a reading belongs: by the letter that its posting names."""
    number = request_of(seen)
    if seen.told("letter"):
        return record.letters.get(str(seen.told("letter")), "")
    posts = (each for _, each in record.readings(number) if number and each.told("letter"))
    return next((record.letters.get(str(each.told("letter")), "") for each in posts), "")


def before(record: Record, seen: Seen) -> str:
    """What is done before the hub is asked; empty: nothing."""
    if (seen.method, seen.path) != ("POST", REQUESTS):
        return ""
    wanted = BEFORE.get(situation(record, seen), "")
    return wanted if wanted and not _done(record, wanted) else ""


def after(record: Record, seen: Seen) -> str:
    """What is done to the hub's answer; empty: nothing."""
    if not seen.is_done:
        return ""
    if request_of(seen) and situation(record, seen) == "forged":
        wanted = "forged" if seen.answer["answer"]["is_complete"] else ""
    elif (seen.method, seen.path) == ("GET", EVENTS):
        wanted = "hole" if len(seen.answer["events"]) > 1 else ""
    else:
        wanted = "other-digest" if seen.path.startswith(f"{BOOKS}/") else ""
    return wanted if wanted and not _done(record, wanted) else ""


def _done(record: Record, trick: str) -> bool:
    return any(each.trick == trick for each in record.seen)


def refusal(trick: str) -> tuple[int, dict[str, Any]]:
    """Status and problem of a call that the hub is not asked.

    >>> refusal("busy")[0], refusal("conflict")[1]["code"]
    (429, 'finance.request-conflict')
    """
    status, code, title, detail = _REFUSALS[trick]
    problem = {"code": code, "title": title, "detail": detail}
    problem |= {"title_en": code, "detail_en": "an answer of the conformance kit"}
    told = {"type": f"urn:zhida:problem:{code}", "status": status, "request": "bank-kit"}
    return status, {**told, **problem, "problems": [problem]}


def altered(trick: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as the trick has it."""
    found: dict[str, Any] = {"forged": forged, "hole": hole, "other-digest": other_digest}
    return dict(found[trick](answer)) if trick in found else dict(answer)


def forged(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Everything has passed, also in what looks signed: only the signature tells."""
    told = json.loads(json.dumps(answer["answer"]))
    bad = [place for place, row in enumerate(told["checks"]) if row["state"] != "pass"]
    for place in bad:
        told["checks"][place]["state"] = "pass"
        told["checks"][place].pop("codes", None)
    names = {f"/checks/{place}/state" for place in bad}
    gone = tuple(f"/checks/{place}/codes/" for place in bad)
    return {**answer, "answer": told, "signed": _resaid(answer["signed"], names, gone)}


def _resaid(token: str, names: set[str], gone: tuple[str, ...]) -> str:
    """Other values, and their digests, under the old signature."""
    signed, *texts = token.rstrip("~").split("~")
    header, payload, *_ = jws.decode(signed)
    suite, claims = suites.by_alg(header["alg"]), strict_json.loads_object(payload)
    digests, kept = set(map(str, claims["_sd"])), []
    for each in map(disclosure.read, texts):
        if each.name in names:
            made = disclosure.make(b"0123456789abcdef", each.name, "pass")
            digests = (digests - {each.digest(suite)}) | {made.digest(suite)}
            kept.append(made.text)
        elif not each.name.startswith(gone):
            kept.append(each.text)
    body = strict_json.dumps({**claims, "_sd": sorted(digests)})
    head, _, signature = signed.split(".")
    return "~".join([f"{head}.{base64url.encode(body)}.{signature}", *kept, ""])


def hole(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The last event of the page is missing; what is said of the next one stays.

    >>> hole({"events": [{"seq": 1}, {"seq": 2}], "next": 2})
    {'events': [{'seq': 1}], 'next': 2}
    """
    return {**answer, "events": list(answer["events"][:-1])}


def other_digest(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The digest of other books.

    >>> other_digest({"digests": {"all": "x", "loans": "y"}})["digests"]["all"][:8]
    '2d711642'
    """
    digests = answer["digests"]
    wrong = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in digests.items()}
    return {**answer, "digests": {**wrong, "events": digests.get("events", "")}}
