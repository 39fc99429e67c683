"""The desk over the vendor's SOAP service.

The service has no login of its own and knows callers by address (dossier C1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters import _oa_form
from adapters._generic_sample import Understanding
from adapters._oa_desk import pages
from adapters._oa_form import Form
from connectors.reading import Reading
from exchange.errors import Fatal, Rejected, Retriable, Unknown
from exchange.ports import Connector, Reply

_READ = "getWorkflowRequest"
READING = Reading(
    faults={"Server": Unknown, "Receiver": Unknown},
    reads=frozenset({_READ, "getToDoWorkflowRequestList", "getMyWorkflowRequestList"}),
)
"""A fault of the server may come after its commit (SOAP 1.1, 4.4.1); lists and forms are reads."""


class SoapDesk:
    """The hub account's desk in one OA. Thread-safe as far as the connector is."""

    def __init__(self, connector: Connector, user: int, page_size: int) -> None:
        self._connector, self._user, self._page_size = connector, user, page_size

    def todo(self) -> Iterator[Form]:
        """Requests that wait for this user."""
        return self._pages("getToDoWorkflowRequestList")

    def mine(self) -> Iterator[Form]:
        """Requests that this user created."""
        return self._pages("getMyWorkflowRequestList")

    def _pages(self, operation: str) -> Iterator[Form]:
        def ask(page: int) -> list[Form]:
            reply = self._ask(operation, page, self._page_size, 0, self._user, None)
            try:
                return _oa_form.read_list(reply.value)
            except _oa_form.UnreadableFormError:
                raise Retriable("oa.unreadable-list", operation=operation) from None

        return pages(ask, operation)

    def request(self, request_id: str) -> tuple[Form, bytes]:
        """One request with its form, and the answer's bytes."""
        reply = self._ask(_READ, int(request_id), self._user, 0)
        return _form(request_id, reply), reply.raw

    def reread(self, request_id: str, raw: bytes) -> Form:
        """The same out of an answer that was kept."""
        if not isinstance(self._connector, Understanding):
            raise Fatal("oa.no-such-operation", operation=_READ)
        return _form(request_id, self._connector.understand(_READ, raw))

    def create(self, workflow: str, title: str, fields: Mapping[str, str]) -> tuple[str, bytes]:
        """Create a request: its id. A negative number is the vendor's way to refuse."""
        info = _oa_form.new_request(workflow, str(self._user), title, fields)
        reply = self._connector.call("doCreateWorkflowRequest", {"in0": info, "in1": self._user})
        out = str(reply.value).strip()
        if out in _oa_form.MEANINGS:
            reason = f"{out} {_oa_form.MEANINGS[out]}"
            raise Rejected("oa.create-refused", reason=reason).answered(reply.raw, reason)
        if not (_oa_form.is_request_id(out) and int(out) > 0):
            raise Unknown("oa.unreadable-answer", operation="doCreateWorkflowRequest")
        return out, reply.raw

    def submit(self, request_id: str, fields: Mapping[str, str]) -> tuple[bool, bytes]:
        """Submit a request that waits for this user: whether the OA called it a success."""
        return self._pass_on(request_id, fields, "submit", "")

    def send_back(self, request_id: str, remark: str) -> tuple[bool, bytes]:
        """Reject a request that waits for this user: whether the OA called it a success."""
        return self._pass_on(request_id, {}, "reject", remark)

    def _pass_on(
        self, request_id: str, fields: Mapping[str, str], act: str, remark: str
    ) -> tuple[bool, bytes]:
        table = _oa_form.main_table(fields)
        info = {"requestId": request_id, "workflowMainTableInfo": table}
        body = {"in0": info, "in1": int(request_id), "in2": self._user}
        reply = self._connector.call("submitWorkflowRequest", body | {"in3": act, "in4": remark})
        out = str(reply.value).strip().lower()
        if out not in {"success", "failed"}:
            raise Unknown("oa.unreadable-answer", operation="submitWorkflowRequest")
        return out == "success", reply.raw

    def close(self) -> None:
        """Close the wire."""
        self._connector.close()

    def _ask(self, operation: str, *values: Any) -> Reply:
        body: dict[str, Any] = {f"in{index}": value for index, value in enumerate(values)}
        return self._connector.call(operation, body)


def _form(request_id: str, reply: Reply) -> Form:
    try:
        return _oa_form.read(reply.value)
    except _oa_form.UnreadableFormError:
        raise Rejected("oa.unreadable-form", request=request_id).answered(reply.raw) from None
