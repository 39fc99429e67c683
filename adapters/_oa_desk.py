"""The workflow service as its user sees it: the to-do list, one request, submit, create.

Everything is said in the name of one user, the hub's account; the service has no login of its
own and knows callers by address (dossier C1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters import _oa_form
from adapters._oa_form import Form
from exchange.errors import Rejected, Retriable, Unknown
from exchange.ports import Connector, Reply

_MOST_PAGES = 1000


class Desk:
    """The hub account's desk in one OA. Thread-safe as far as the connector is."""

    def __init__(self, connector: Connector, user: int, page_size: int) -> None:
        self._connector, self.user, self._page_size = connector, user, page_size

    def todo(self) -> Iterator[Form]:
        """Requests that wait for this user."""
        return self._pages("getToDoWorkflowRequestList")

    def mine(self) -> Iterator[Form]:
        """Requests that this user created."""
        return self._pages("getMyWorkflowRequestList")

    def _pages(self, operation: str) -> Iterator[Form]:
        """Pages until one is short or says nothing new (the list moves while it is read)."""
        seen: set[str] = set()
        for page in range(1, _MOST_PAGES + 1):
            reply = self._ask(operation, page, self._page_size, 0, self.user, None)
            try:
                forms = _oa_form.read_list(reply.value)
            except _oa_form.UnreadableFormError:
                raise Retriable("oa.unreadable-list", operation=operation) from None
            fresh = [form for form in forms if form.request_id not in seen]
            yield from fresh
            seen.update(form.request_id for form in fresh)
            if len(forms) < self._page_size or not fresh:
                return

    def request(self, request_id: str) -> tuple[Form, bytes]:
        """One request with its form, and the answer's bytes."""
        reply = self._ask("getWorkflowRequest", int(request_id), self.user, 0)
        try:
            return _oa_form.read(reply.value), reply.raw
        except _oa_form.UnreadableFormError:
            raise Rejected("oa.unreadable-form", request=request_id).answered(reply.raw) from None

    def create(self, info: Mapping[str, Any]) -> tuple[str, bytes]:
        """Create a request: its id. A negative number is the vendor's way to refuse."""
        reply = self._connector.call(
            "doCreateWorkflowRequest", {"in0": dict(info), "in1": self.user}
        )
        out = str(reply.value).strip()
        if out in _oa_form.MEANINGS:
            reason = f"{out} {_oa_form.MEANINGS[out]}"
            raise Rejected("oa.create-refused", reason=reason).answered(reply.raw, reason)
        if not (_oa_form.is_request_id(out) and int(out) > 0):
            raise Unknown("oa.unreadable-answer", operation="doCreateWorkflowRequest")
        return out, reply.raw

    def submit(self, request_id: str, info: Mapping[str, Any], remark: str) -> tuple[bool, bytes]:
        """Submit a request that waits for this user: whether the OA called it a success."""
        body = {"in0": dict(info), "in1": int(request_id), "in2": self.user}
        reply = self._connector.call(
            "submitWorkflowRequest", body | {"in3": "submit", "in4": remark}
        )
        out = str(reply.value).strip().lower()
        if out not in {"success", "failed"}:
            raise Unknown("oa.unreadable-answer", operation="submitWorkflowRequest")
        return out == "success", reply.raw

    def _ask(self, operation: str, *values: Any) -> Reply:
        body = {f"in{index}": value for index, value in enumerate(values)}
        return self._connector.call(operation, body)
