"""The OA: a workflow service as e-cology 8/9 offers it (SOAP, HTTP 200 with a negative number).

Nobody logs in: who calls is whom the message says, and an IP allow-list stands in front of it
(here: loopback). ``python -m sandbox.oa --dir DIR --port N --control N``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from sandbox import oa_wire, soap
from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request, Response
from sandbox.oa_desk import SCHEMA, Desk, Draft
from sandbox.oa_wire import Node, arguments
from sandbox.program import System, run

WSDL = "WorkflowService.wsdl"
_CONDITION = re.compile(
    r"\s*(?:\w+\.)?(workflowid|requestname|requestid)\s*(=|like)\s*'?(.*?)'?\s*$"
)


class WorkflowService:
    """The five operations over the desk."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._desk = Desk(books)
        self._faults = faults
        self._does: dict[str, Callable[[list[Node]], Node]] = {
            "doCreateWorkflowRequest": self._create,
            "getWorkflowRequest": self._get,
            "getToDoWorkflowRequestList": self._todo,
            "getMyWorkflowRequestList": self._mine,
            "submitWorkflowRequest": self._submit,
        }

    def operation(self, request: Request) -> str:
        """The SOAP operation; empty for the WSDL."""
        return soap.operation_of(request)

    def answer(self, request: Request) -> Response:
        """Do it; what cannot be read is answered with a SOAP fault."""
        if request.method != "POST":
            return soap.description(request, WSDL)
        try:
            call = soap.payload(request.body)
            does = self._does[soap.local_name(call)]
            return Response(soap.envelope(does(arguments(call))))
        except KeyError:
            return soap.fault("Invalid operation")
        except (ValueError, IndexError) as error:
            return soap.fault(f"Could not read XML stream: {error}")

    def _create(self, given: list[Node]) -> Node:
        refused = self._faults.take("refuse", "doCreateWorkflowRequest")
        if refused is not None:
            out = str(refused["code"] or -1)
        else:
            out = str(self._desk.create(oa_wire.read_draft(given[0]), _number(given[1])))
        return oa_wire.answer("doCreateWorkflowRequest", out)

    def _get(self, given: list[Node]) -> Node:
        row = self._desk.show(_number(given[0]), _number(given[1]))
        parts = oa_wire.hidden() if row is None else oa_wire.whole(row)
        return oa_wire.answer("getWorkflowRequest", parts)

    def _todo(self, given: list[Node]) -> Node:
        rows = self._desk.todo(_number(given[3]))
        return _page("getToDoWorkflowRequestList", rows, given)

    def _mine(self, given: list[Node]) -> Node:
        rows = self._desk.created_by(_number(given[3]))
        return _page("getMyWorkflowRequestList", rows, given)

    def _submit(self, given: list[Node]) -> Node:
        info, request, user, act, remark = given
        draft = Draft() if info.get(soap.NIL) == "true" else oa_wire.read_draft(info)
        done = self._faults.take("refuse", "submitWorkflowRequest") is None and self._desk.submit(
            _number(request),
            _number(user),
            act=act.text or "",
            draft=draft,
            remark=remark.text or "",
        )
        return oa_wire.answer("submitWorkflowRequest", "success" if done else "failed")


def _number(element: Node) -> int:
    return int(element.text or "")


def _page(operation: str, rows: list[Row], given: list[Node]) -> Node:
    page, size = _number(given[0]), _number(given[1])
    chosen = [row for row in rows if all(_matches(row, c) for c in _conditions(given[4:]))]
    part = chosen[(page - 1) * size : page * size] if page > 0 else []
    return oa_wire.answer(operation, [oa_wire.headline(row) for row in part])


def _conditions(given: list[Node]) -> Iterator[str]:
    for element in given:
        for condition in element:
            if condition.text:
                yield condition.text


def _matches(row: Row, condition: str) -> bool:
    """The vendor pastes conditions into its SQL; the stand-in knows three of them."""
    found = _CONDITION.match(condition.lower())
    if found is None:
        raise ValueError("bad SQL condition")
    name, _, value = found.groups()
    if name == "requestname":
        return value.strip("%") in str(row["name"]).lower()
    return str(row["workflow" if name == "workflowid" else "id"]) == value


def build(folder: Path) -> System:
    """The OA over its books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="acts"), Faults()
    return System(books, faults, WorkflowService(books, faults))


if __name__ == "__main__":
    sys.exit(run("oa", build))
