"""Forms of the workflow service (Weaver e-cology): read from its answers, made for its requests.

A form is a ``WorkflowRequestInfo``; its fields are database columns in the one record of the
main table, all of them text. Values here are the plain mappings and lists that the SOAP wire
makes of the XML, and E9's JSON, which has the same names. Source: the vendor's WSDL, dossier C1, weaver_docreate_return_codes.csv.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

MEANINGS: Mapping[str, str] = {
    "-1": "创建流程失败",
    "-2": "没有创建权限",
    "-3": "创建流程失败",
    "-4": "字段或表名不正确",
    "-5": "更新流程级别失败",
    "-6": "无法创建流程待办任务",
    "-7": "流程下一节点出错，请检查流程的配置，在OA中发起流程进行测试",
    "-8": "流程节点自动赋值操作错误",
}
"""What the vendor's negative request ids mean."""


_REQUEST_ID = re.compile("[0-9]{1,10}")


class UnreadableFormError(ValueError):
    """Not a form as the WSDL describes it."""


@dataclass(frozen=True, slots=True)
class Form:
    """What this hub reads of one request."""

    request_id: str
    workflow_id: str
    title: str
    node: str
    fields: Mapping[str, str]
    """Main table, names in lower case: databases behind the OA answer in either case."""
    received: str = ""
    """When it came into the to-do list, in the OA's own spelling; told in lists only."""
    created: str = ""
    """When it was created, ``YYYY-MM-DD hh:mm:ss`` in China time."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What people call the fields, by name in lower case."""


def _child(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _many(value: Any, name: str) -> Sequence[Any]:
    """Elements of an ``ArrayOf…``: a list, one object where there is one, or nothing.

    E9's JSON has the list itself where the XML has it in an element.
    """
    found = value if isinstance(value, list) else _child(value, name)
    if isinstance(found, Mapping):
        return [found]
    return [item for item in found if item] if isinstance(found, list) else []


def _text(value: Any, name: str) -> str:
    found = _child(value, name)
    return "" if found is None else str(found).strip()


def is_request_id(text: str) -> bool:
    """Whether it may be the number of a request (``xs:int`` in the WSDL, a column of the vendor's).

    It stands in facts and keys, so nothing longer passes for one.

    >>> is_request_id("447473"), is_request_id("-4"), is_request_id("１"), is_request_id("9" * 18)
    (True, False, False, False)
    """
    return _REQUEST_ID.fullmatch(text) is not None


def mark(form: Form) -> str:
    """A request in the to-do list as it came there: sent back and submitted again, it has another.

    The time is hashed, so that the mark is short and holds nothing else that a peer put there.

    >>> mark(Form("7", "615", "", "", {}, "2026-01-08 09:00:00"))
    '7.8e3c3b0e'
    """
    return f"{form.request_id}.{sha256(form.received.encode()).hexdigest()[:8]}"


def read(info: Any) -> Form:
    """One request. Raises ``UnreadableFormError`` when it has no id.

    >>> read({"requestId": "7", "workflowBaseInfo": {"workflowId": "615"}}).workflow_id
    '615'
    """
    request_id = _text(info, "requestId")
    if not is_request_id(request_id):
        raise UnreadableFormError
    table = _child(info, "workflowMainTableInfo")
    return Form(
        request_id,
        _text(_child(info, "workflowBaseInfo"), "workflowId"),
        _text(info, "requestName"),
        _text(info, "currentNodeName"),
        _main_table(table, "fieldValue"),
        _text(info, "receiveTime") or _text(info, "lastOperateTime"),
        _text(info, "createTime"),
        _main_table(table, "fieldShowName"),
    )


def _main_table(table: Any, told: str) -> Mapping[str, str]:
    records = _many(_child(table, "requestRecords"), "WorkflowRequestTableRecord")
    return {
        _text(field, "fieldName").lower(): _text(field, told)
        for record in records[:1]
        for field in _many(
            _child(record, "workflowRequestTableFields"), "WorkflowRequestTableField"
        )
    }


def read_list(found: Any) -> list[Form]:
    """The requests of a list answer (their main tables are mostly empty there).

    zeep unwraps an answer that is one array down to the list itself.
    """
    infos = found if isinstance(found, list) else _many(found, "WorkflowRequestInfo")
    return [read(info) for info in infos if info]


def main_table(fields: Mapping[str, str]) -> dict[str, Any]:
    """``workflowMainTableInfo`` with these fields set and editable."""
    rows = [
        {"edit": True, "fieldName": name, "fieldValue": value, "view": True}
        for name, value in fields.items()
    ]
    record = {"workflowRequestTableFields": {"WorkflowRequestTableField": rows}}
    return {"requestRecords": {"WorkflowRequestTableRecord": [record]}}


def new_request(workflow_id: str, creator: str, title: str, fields: Mapping[str, str]) -> Any:
    """``WorkflowRequestInfo`` for ``doCreateWorkflowRequest``; level 0 is normal."""
    return {
        "creatorId": creator,
        "requestLevel": "0",
        "requestName": title,
        "workflowBaseInfo": {"workflowId": workflow_id},
        "workflowMainTableInfo": main_table(fields),
    }


def holds(form: Form, fields: Mapping[str, str]) -> bool:
    """Whether the form already carries these values.

    >>> holds(Form("7", "615", "", "", {"jghk": "办结"}), {"JGHK": "办结"})
    True
    """
    return all(form.fields.get(name.lower()) == value.strip() for name, value in fields.items())
