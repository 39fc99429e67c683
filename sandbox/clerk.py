"""People at the OA, over its real wire: the window clerk with a form, an officer with a task.

A SOAP client of their own (no zeep): what they send is built here element by element.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from sandbox import soap
from sandbox.oa_wire import OPERATIONS, TYPES, Node

_NAMESPACES = {"web": OPERATIONS, "w": TYPES}


class NotCreated(Exception):
    """The OA answered with a number below zero."""


class Person:
    """Somebody with an account at the OA. ``address`` = its base URL."""

    def __init__(self, address: str, user: int) -> None:
        self.address = address.rstrip("/")
        self._url = f"{self.address}/services/WorkflowService"
        self.user = user

    def create(self, workflow: int, name: str, fields: Mapping[str, str]) -> int:
        """Start a request; its id. Raises ``NotCreated``."""
        info = _info("in0", fields, workflow=workflow, name=name, user=self.user)
        out = int(self._call("doCreateWorkflowRequest", info, self.user).text or "")
        if out < 0:
            raise NotCreated(str(out))
        return out

    def todo(self, *, size: int = 100) -> list[int]:
        """The ids of the requests that wait for this person."""
        return list(self.tasks(size=size))

    def tasks(self, *, size: int = 100) -> dict[int, int]:
        """The same with each request's workflow."""
        nothing = etree.Element(f"{{{OPERATIONS}}}in4")
        out = self._call("getToDoWorkflowRequestList", 1, size, 0, self.user, nothing)
        return {
            int(e.findtext(f"{{{TYPES}}}requestId") or ""): int(
                e.findtext(f".//{{{TYPES}}}workflowId") or ""
            )
            for e in out.iter(f"{{{TYPES}}}WorkflowRequestInfo")
        }

    def remarks(self, request: int) -> list[str]:
        """What was said when it was passed on or back, the oldest first."""
        out = self._call("getWorkflowRequest", request, self.user, 0)
        logs = out.iter(f"{{{TYPES}}}WorkflowRequestLog")
        return [e.findtext(f"{{{TYPES}}}remark") or "" for e in logs]

    def read(self, request: int) -> dict[str, str]:
        """The fields of a request, and its node as ``@node``."""
        out = self._call("getWorkflowRequest", request, self.user, 0)
        fields = {
            field.findtext(f"{{{TYPES}}}fieldName") or "": field.findtext(f"{{{TYPES}}}fieldValue")
            or ""
            for field in out.iter(f"{{{TYPES}}}WorkflowRequestTableField")
        }
        return fields | {"@node": out.findtext(f"{{{TYPES}}}currentNodeName") or ""}

    def submit(
        self,
        request: int,
        fields: Mapping[str, str] | None = None,
        *,
        remark: str = "",
        act: str = "submit",
    ) -> bool:
        """Pass a request on (or back: ``act="reject"``); False if it is not ours to do so."""
        info = _info("in0", fields or {})
        out = self._call("submitWorkflowRequest", info, request, self.user, act, remark)
        return out.text == "success"

    def _call(self, operation: str, *arguments: int | str | Node) -> Node:
        root = etree.Element(f"{{{OPERATIONS}}}{operation}", nsmap=_NAMESPACES)
        for number, argument in enumerate(arguments):
            if isinstance(argument, int | str):
                etree.SubElement(root, f"{{{OPERATIONS}}}in{number}").text = str(argument)
            else:
                root.append(argument)
        return soap.call(self._url, root)[0]


class Clerk(Person):
    """The clerk at the special window (user 101)."""

    def __init__(self, address: str, user: int = 101) -> None:
        super().__init__(address, user)

    def fill_in(self, form: Mapping[str, str]) -> int:
        """Fill in form 615 出生一件事 with what the parents said; the request id."""
        return self.create(615, f"出生一件事-{form.get('cszmbh', '')}", form)


class Officer(Person):
    """Somebody of a unit who gets 620 部门协同待办."""

    def approve(self, request: int, opinion: str = "同意") -> bool:
        """Finish the task with 同意."""
        return self.submit(request, {"bljg": "1", "blyj": opinion}, remark=opinion)

    def decline(self, request: int, opinion: str = "不同意") -> bool:
        """Finish the task with 不同意: it is finished all the same."""
        return self.submit(request, {"bljg": "0", "blyj": opinion}, remark=opinion)


def _info(
    element: str, fields: Mapping[str, str], *, workflow: int = 0, name: str = "", user: int = 0
) -> Node:
    root = etree.Element(f"{{{OPERATIONS}}}{element}")
    if user:
        _add(root, "creatorId", str(user))
    if name:
        _add(root, "requestLevel", "0")
        _add(root, "requestName", name)
    if workflow:
        _add(_add(root, "workflowBaseInfo"), "workflowId", str(workflow))
    records = _add(_add(root, "workflowMainTableInfo"), "requestRecords")
    listed = _add(_add(records, "WorkflowRequestTableRecord"), "workflowRequestTableFields")
    for key, value in fields.items():
        field = _add(listed, "WorkflowRequestTableField")
        for child, text in (("edit", "true"), ("fieldName", key), ("fieldValue", value)):
            _add(field, child, text)
        _add(field, "view", "true")
    return root


def _add(parent: Node, name: str, text: str | None = None) -> Node:
    child = etree.SubElement(parent, f"{{{TYPES}}}{name}")
    child.text = text
    return child
