"""A message in somebody's OA: a request of a workflow that is only to be read.

The text is a template of the site, as with the other channels; the receiver is a person's number at
the OA. The request's ``ywlsh`` carries our key, so it is found again and never made twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from adapters import _notice_template, _oa_form
from adapters._notice_template import Template
from adapters._oa_todo import titled
from exchange.errors import Invalid
from exchange.ports import Operation, Prepared, Record

MESSAGE = Operation(
    "message",
    "OA 消息",
    needs={"notice": "notice"},
    identity=("notice/id",),
    idempotence="probe",
)


def templates(site: Path, names: Iterable[str]) -> Mapping[str, Template]:
    """Those that the site permits. ``Fatal`` for one that can't be used."""
    return {name: _notice_template.load(site, name) for name in names}


def prepared(known: Mapping[str, Template], notice: Record, effect_key: str) -> Prepared:
    """Title and fields of the request. Raises ``Invalid``."""
    name, to = notice.get("template"), notice.get("to")
    template = known.get(name) if isinstance(name, str) else None
    if template is None:
        raise Invalid("notification.template-not-listed", path="/notice/template")
    if not isinstance(to, str) or not _oa_form.is_request_id(to):
        raise Invalid("oa.no-person", path="/notice/to")
    text = template.filled(notice.get("values", {}))
    fields = {"ywlsh": effect_key, "sxmc": template.title, "sxnr": text, "blr": to}
    body: dict[str, Any] = {"title": titled(template.title, effect_key), "fields": fields}
    return Prepared(MESSAGE.name, effect_key, body)
