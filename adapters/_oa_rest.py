"""The desk over E9's REST interface (``/api/workflow/paService``).

The vendor's own description is not public; what stands here is how its users' programs speak with
it (inferred, dossier C2): forms whose fields hold JSON, answers of any media type with a ``code``
that is a name or an object with one, ``code`` −1 where the login filter let nothing through.

``submitRequest`` says ``SUCCESS`` while others have still to countersign, and node names lag behind.
So neither is believed about the flow: whether our part is done is told by our own to-do list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters import _fact, _oa_form
from adapters._oa_desk import pages
from adapters._oa_form import Form
from connectors import json_text
from connectors.reading import Reading
from exchange import pointer
from exchange.errors import Rejected, Retriable, Unknown
from exchange.ports import Connector, Reply

_SERVICE = "/api/workflow/paService"
TODO = f"POST {_SERVICE}/getToDoWorkflowRequestList"
MINE = f"POST {_SERVICE}/getMyWorkflowRequestList"
READ = f"GET {_SERVICE}/getWorkflowRequest"
CREATE = f"POST {_SERVICE}/doCreateRequest"
SUBMIT = f"POST {_SERVICE}/submitRequest"
REJECT = f"POST {_SERVICE}/rejectRequest"

READING = Reading(
    reads=frozenset({TODO, MINE}),
    json_types=frozenset({"application/json", "text/json", "text/plain"}),
)
"""Lists are asked for with POST; JSON comes as ``text/plain``."""
EXPIRED = {"pointer": "/code", "values": ["-1"]}
"""The login filter's answer: the request has not been looked at."""
_REFUSALS = ("PARAM_ERROR", "NO_PERMISSION", "USER_EXCEPTION", "FAIL")
"""``SYSTEM_INNER_ERROR`` is none: it may come after the commit."""
_LONGEST_REASON = 2000


class RestDesk:
    """The hub account's desk in one OA; who the account is, the wire says. Thread-safe."""

    def __init__(self, connector: Connector, page_size: int) -> None:
        self._connector, self._page_size = connector, page_size

    def todo(self) -> Iterator[Form]:
        """Requests that wait for this user."""
        return self._pages(TODO)

    def mine(self) -> Iterator[Form]:
        """Requests that this user created."""
        return self._pages(MINE)

    def _pages(self, operation: str) -> Iterator[Form]:
        def ask(page: int) -> list[Form]:
            reply = self._connector.call(operation, {"pageNo": page, "pageSize": self._page_size})
            found = reply.value if isinstance(reply.value, list) else _data(reply.value)
            try:
                return [_oa_form.read(info) for info in _listed(found)]
            except _oa_form.UnreadableFormError:
                raise Retriable("oa.unreadable-list", operation=_short(operation)) from None

        return pages(ask, _short(operation))

    def request(self, request_id: str) -> tuple[Form, bytes]:
        """One request with its form. A failure inside the OA is asked again, a no is told."""
        reply = self._connector.call(READ, {"requestId": request_id})
        return _form(request_id, reply), reply.raw

    def reread(self, request_id: str, raw: bytes) -> Form:
        """The same out of an answer that was kept."""
        try:
            value = json_text.read(raw)
        except (ValueError, RecursionError):
            raise Retriable("rest.unreadable") from None
        return _form(request_id, Reply(raw, value))

    def create(self, workflow: str, title: str, fields: Mapping[str, str]) -> tuple[str, bytes]:
        """Create a request and pass it on: its id. A refusal that names an id is none."""
        named = {"workflowId": workflow, "requestName": title, "mainData": _main_data(fields)}
        onward = {"isnextflow": 1, "delReqFlowFaild": 1}
        reply = self._connector.call(CREATE, named | {"otherParams": onward})
        code, number = _code(reply.value), _request_id(_data(reply.value))
        if code == "SUCCESS" and number:
            return number, reply.raw
        if code in _REFUSALS and not number:
            reason = _reason(reply.value)
            raise Rejected("oa.create-refused", reason=code).answered(reply.raw, reason)
        raise Unknown("oa.unreadable-answer", operation=_short(CREATE))

    def submit(self, request_id: str, fields: Mapping[str, str]) -> tuple[bool, bytes]:
        """Submit a request that waits for this user: whether the OA called it a success."""
        named = {"requestId": request_id, "mainData": _main_data(fields)}
        return self._pass_on(SUBMIT, named | {"otherParams": {"src": "submit"}})

    def send_back(self, request_id: str, remark: str) -> tuple[bool, bytes]:
        """Reject a request that waits for this user: whether the OA called it a success."""
        return self._pass_on(REJECT, {"requestId": request_id, "remark": remark})

    def _pass_on(self, operation: str, body: Mapping[str, Any]) -> tuple[bool, bytes]:
        reply = self._connector.call(operation, body)
        code = _code(reply.value)
        if code not in ("SUCCESS", *_REFUSALS):
            raise Unknown("oa.unreadable-answer", operation=_short(operation))
        return code == "SUCCESS", reply.raw

    def close(self) -> None:
        """Close the wire."""
        self._connector.close()


def _form(request_id: str, reply: Reply) -> Form:
    code = _code(reply.value)
    if code not in ("SUCCESS", *_REFUSALS):
        raise Retriable("oa.unreadable-list", operation=_short(READ))
    try:
        return _oa_form.read(_data(reply.value) if code == "SUCCESS" else None)
    except _oa_form.UnreadableFormError:
        raise Rejected("oa.unreadable-form", request=request_id).answered(reply.raw) from None


def _short(operation: str) -> str:
    return operation.rpartition("/")[2]


def _main_data(fields: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"fieldName": name, "fieldValue": value} for name, value in fields.items()]


def _code(value: Any) -> str:
    """The name of the outcome; ``?`` if there is none that looks like one.

    >>> _code({"code": "SUCCESS"}), _code({"code": {"name": "FAIL", "statusCode": 6}}), _code([])
    ('SUCCESS', 'FAIL', '?')
    """
    told = pointer.get(value, "/code")
    told = pointer.get(told, "/name") if isinstance(told, Mapping) else told
    if isinstance(told, str) and (told in _REFUSALS or told == "SYSTEM_INNER_ERROR"):
        return told
    return _fact.code(told) if isinstance(told, str) else "?"


def _data(value: Any) -> Any:
    return pointer.get(value, "/data")


def _listed(found: Any) -> list[Any]:
    if not isinstance(found, list):
        raise _oa_form.UnreadableFormError
    return found


def _request_id(data: Any) -> str:
    """The id of the request, spelt either way; empty where there is none (0 and less are none)."""
    told = pointer.get(data, "/requestid") or pointer.get(data, "/requestId")
    number = "" if isinstance(told, bool) or told is None else str(told)
    return number if _oa_form.is_request_id(number) and int(number) > 0 else ""


def _reason(value: Any) -> str:
    """What the OA says of a refusal: may name a person, so it stands in no fact."""
    places = ("/errMsg", "/reqFailMsg/msgInfo")
    found = [text for place in places for text in _texts(pointer.get(value, place))]
    return "；".join(found)[:_LONGEST_REASON]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
