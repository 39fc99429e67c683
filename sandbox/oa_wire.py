"""Workflow requests as the OA's XML: every element in its place, absent texts as ``xsi:nil``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from sandbox.books import Row
from sandbox.oa_desk import Draft
from sandbox.oa_forms import USERS, WORKFLOWS
from sandbox.oa_schema import children
from sandbox.oa_workflow import Column
from sandbox.soap import NIL

OPERATIONS = "webservices.services.weaver.com.cn"
"""A relative URI: the vendor's own."""
TYPES = "http://webservices.workflow.weaver"
_NAMESPACES = {"ns1": OPERATIONS, "wf": TYPES, "xsi": NIL[1:].partition("}")[0]}

Node = etree._Element
Parts = Mapping[str, str | Node]


def answer(operation: str, out: str | list[Node] | None) -> Node:
    """The wrapper of an answer: text, nothing (nil), or the parts of ``out``."""
    root = etree.Element(f"{{{OPERATIONS}}}{operation}Response", nsmap=_NAMESPACES)
    element = etree.SubElement(root, f"{{{OPERATIONS}}}out")
    if isinstance(out, list):
        element.extend(out)
    elif out is None:
        element.set(NIL, "true")
    else:
        element.text = out
    return root


def arguments(call: Node) -> list[Node]:
    """``in0``, ``in1``… in order, whatever else stands between them."""
    found = [call.find(f"{{{OPERATIONS}}}in{number}") for number in range(5)]
    return [element for element in found if element is not None]


def read_draft(info: Node) -> Draft:
    """What a caller sent as ``WorkflowRequestInfo``; the creator in it is not believed."""
    workflow = _text(info, "workflowBaseInfo", "workflowId")
    path = "/".join(f"{{{TYPES}}}{name}" for name in _FIELD_PATH)
    pairs = [(_text(f, "fieldName"), _text(f, "fieldValue")) for f in info.iterfind(path)]
    return Draft(
        workflow=int(workflow) if workflow.isdecimal() else 0,
        name=_text(info, "requestName"),
        level=_text(info, "requestLevel"),
        next=_text(info, "isnextflow") != "0",
        fields=dict(pairs),
    )


_FIELD_PATH = (
    "workflowMainTableInfo",
    "requestRecords",
    "WorkflowRequestTableRecord",
    "workflowRequestTableFields",
    "WorkflowRequestTableField",
)


def _text(element: Node, *path: str) -> str:
    return element.findtext("/".join(f"{{{TYPES}}}{name}" for name in path)) or ""


def headline(row: Row) -> Node:
    """A request as it stands in a list: without its form."""
    return _structure("WorkflowRequestInfo", _head(row))


def whole(row: Row) -> list[Node]:
    """The parts of a request with its form and its log."""
    form = {"workflowMainTableInfo": _table(row), "workflowRequestLogs": _logs(row)}
    values = {**_head(row), **form}
    return list(_structure("WorkflowRequestInfo", values))


def hidden() -> list[Node]:
    """What somebody sees who has nothing to do with the request."""
    return list(_structure("WorkflowRequestInfo", {"canView": "false", "canEdit": "false"}))


def _head(row: Row) -> Parts:
    flow = WORKFLOWS[row["workflow"]]
    node = flow.nodes[row["node"]]
    base: Parts = {"workflowId": str(flow.id), "workflowName": flow.name, "workflowTypeId": "31"}
    return {
        "canEdit": _bool(row.get("can_edit", True)),
        "canView": "true",
        "createTime": row["created"],
        "creatorId": str(row["creator"]),
        "creatorName": USERS.get(row["creator"], ""),
        "currentNodeId": str(node.id),
        "currentNodeName": node.name,
        "lastOperateTime": row["operated"],
        "lastOperatorName": USERS.get(row["operator"], ""),
        "mustInputRemark": "false",
        "needAffirmance": "false",
        "receiveTime": row["received"],
        "requestId": str(row["id"]),
        "requestLevel": row["level"],
        "requestName": row["name"],
        "status": node.name,
        "workflowBaseInfo": _structure("WorkflowBaseInfo", base, name="workflowBaseInfo"),
    }


def _table(row: Row) -> Node:
    flow = WORKFLOWS[row["workflow"]]
    fields = [_field(column, row, order) for order, column in enumerate(flow.columns)]
    listed = _parent("workflowRequestTableFields", fields)
    parts: Parts = {"recordOrder": "0", "workflowRequestTableFields": listed}
    record = _structure("WorkflowRequestTableRecord", parts)
    parts = {"requestRecords": _parent("requestRecords", [record]), "tableDBName": flow.table}
    return _structure("WorkflowMainTableInfo", parts, name="workflowMainTableInfo")


def _field(column: Column, row: Row, order: int) -> Node:
    value = row["fields"].get(column.name, "")
    values: dict[str, str | Node] = {
        "edit": _bool(row["can_edit"]),
        "fieldDBType": "varchar(400)",
        "fieldFormName": f"field{row['workflow']}{order:02}",
        "fieldHtmlType": "5" if column.options else "1",
        "fieldId": f"{row['workflow']}{order:02}",
        "fieldName": column.name,
        "fieldOrder": str(order),
        "fieldShowName": column.label,
        "fieldShowValue": (column.options or {}).get(value, value),
        "fieldType": "1",
        "fieldValue": value,
        "mand": "false",
        "view": "true",
    }
    if column.options:
        values["selectnames"] = _strings("selectnames", column.options.values())
        values["selectvalues"] = _strings("selectvalues", column.options)
    return _structure("WorkflowRequestTableField", values)


def _logs(row: Row) -> Node:
    return _parent("workflowRequestLogs", [_log(act) for act in row["acts"]])


def _log(act: Row) -> Node:
    values = {"id": str(act["id"]), "nodeName": act["node_from"], "remark": act["remark"]}
    values |= {"operateDate": act["at"][:10], "operateTime": act["at"][11:19]}
    values |= {"operateType": act["act"], "operatorId": str(act["user"])}
    values |= {"operatorName": USERS.get(act["user"], "")}
    return _structure("WorkflowRequestLog", values)


def _structure(type_name: str, values: Parts, *, name: str = "") -> Node:
    """An element with its children in the vendor's order; a missing text is nil, not absent."""
    root = etree.Element(f"{{{TYPES}}}{name or type_name}", nsmap=_NAMESPACES)
    for child, nillable in children(type_name):
        value = values.get(child)
        if isinstance(value, str):
            etree.SubElement(root, f"{{{TYPES}}}{child}").text = value
        elif value is not None:
            root.append(value)
        elif nillable:
            etree.SubElement(root, f"{{{TYPES}}}{child}").set(NIL, "true")
    return root


def _parent(name: str, children: list[Node]) -> Node:
    root = etree.Element(f"{{{TYPES}}}{name}", nsmap=_NAMESPACES)
    root.extend(children)
    return root


def _strings(name: str, values: Iterable[str]) -> Node:
    root = _parent(name, [])
    for value in values:
        etree.SubElement(root, f"{{{OPERATIONS}}}string").text = value
    return root


def _bool(value: bool) -> str:
    return "true" if value else "false"
