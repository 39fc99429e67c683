"""Forms that wait at the hub's desk, read one by one: a bad one never holds up the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from adapters._oa_desk import Desk
from adapters._oa_form import Form
from exchange.errors import Invalid, Rejected, Retriable, Unknown, ZhidaError
from exchange.ports import Arrival
from mappings import site_files

_OF_THE_FORM = frozenset(
    {"wire.answer-too-big", "soap.unreadable", "soap.doctype", "soap.encoding", "rest.unreadable"}
)
"""The list was read a moment ago, so these come from what stands in this one form, each time."""


@dataclass(frozen=True, slots=True)
class FormKind:
    """How one workflow's form becomes a document, and how its result goes back."""

    kind: str
    mapping: str
    reply: str = ""
    reply_operation: str = "reply"
    reply_needs: Mapping[str, str] = field(default_factory=dict)
    """What its reply tells beside the result: the mapping's name for each → kind of document."""
    site: Path | None = None
    """Where mappings of the site's own lie."""


def arrivals(desk: Desk, form: FormKind, requests: Sequence[str]) -> list[Arrival]:
    """One arrival a request: its document, or the error that says why it can't be read.

    What cannot be fetched just now is left out. Raises ``Retriable`` if that holds for all.
    """
    found: list[Arrival] = []
    lost: Retriable | None = None
    for request in requests:
        try:
            found.append(_arrival(desk, form, request))
        except Retriable as error:
            lost = error
    if lost is not None and not found:
        raise lost
    return found


def again(desk: Desk, form: FormKind, request: str, raw: bytes) -> Arrival:
    """A form that was kept, as it is read now; whatever is wrong is wrong with its bytes."""
    try:
        return _made(form, request, lambda: (desk.reread(request, raw), raw))
    except (Retriable, Unknown) as error:
        return Arrival(request, raw, form.kind, error=_not_received(request, error))


def _arrival(desk: Desk, form: FormKind, request: str) -> Arrival:
    return _made(form, request, lambda: desk.request(request))


def _made(form: FormKind, request: str, asked: Callable[[], tuple[Form, bytes]]) -> Arrival:
    mapping = site_files.load(form.mapping, form.site)
    raw = b""
    try:
        filled, raw = asked()
        record = mapping.apply(filled.fields)
    except Rejected as error:
        return Arrival(request, raw or error.raw, form.kind, error=error)
    except Retriable as error:
        if error.code not in _OF_THE_FORM:
            raise
        return Arrival(request, raw, form.kind, error=_not_received(request, error))
    return Arrival(request, raw, form.kind, record, mapping_digest=mapping.digest)


def _not_received(request: str, error: ZhidaError) -> Invalid:
    return Invalid("oa.form-not-received", path="/", request=request, reason=error.code)
