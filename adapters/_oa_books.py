"""The to-dos that the hub once made in an OA, as the OA's own lists tell them.

A reply leaves no key in its form, so the OA's books can tell of to-dos only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Literal

from adapters._oa_desk import Desk
from adapters._oa_form import Form
from exchange import times
from exchange.errors import Retriable
from exchange.ports import BookEntry

_TIME = "%Y-%m-%d %H:%M:%S"


def read(
    desk: Desk, workflow: str, done: Collection[str], *, since: datetime, until: datetime
) -> Iterator[BookEntry]:
    """The to-dos created in the span, each with the key in its field ``ywlsh``.

    The list is read whole first: requests that are opened meanwhile would turn its pages.
    """
    mine = [form for form in desk.mine() if form.workflow_id == workflow]
    for listed in mine:
        at = _created(listed)
        if since <= at < until:
            form, _ = desk.request(listed.request_id)
            yield BookEntry(form.fields.get("ywlsh", ""), form.request_id, _state(form, done), at)


def _created(form: Form) -> datetime:
    try:
        return datetime.strptime(form.created, _TIME).replace(tzinfo=times.CHINA)
    except ValueError:
        raise Retriable("oa.unreadable-list", operation="getMyWorkflowRequestList") from None


def _state(form: Form, done: Collection[str]) -> Literal["applied", "refused", "waiting"]:
    if form.node not in done:
        return "waiting"
    return "applied" if form.fields.get("bljg") == "1" else "refused"
