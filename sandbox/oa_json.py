"""Workflow requests as E9's JSON: the names of the XML, lists where the XML has wrappers."""

from __future__ import annotations

from typing import Any

from sandbox.books import Row
from sandbox.oa_forms import USERS, WORKFLOWS


def headline(row: Row) -> dict[str, Any]:
    """A request as it stands in a list: without its form."""
    flow = WORKFLOWS[row["workflow"]]
    node = flow.nodes[row["node"]]
    base = {"workflowId": str(flow.id), "workflowName": flow.name, "workflowTypeId": "31"}
    return {
        "createTime": row["created"],
        "creatorId": str(row["creator"]),
        "creatorName": USERS.get(row["creator"], ""),
        "currentNodeId": str(node.id),
        "currentNodeName": node.name,
        "lastOperateTime": row["operated"],
        "receiveTime": row["received"],
        "requestId": str(row["id"]),
        "requestLevel": row["level"],
        "requestName": row["name"],
        "status": node.name,
        "workflowBaseInfo": base,
    }


def whole(row: Row) -> dict[str, Any]:
    """A request with its form."""
    flow = WORKFLOWS[row["workflow"]]
    fields = [
        {
            "fieldName": column.name,
            "fieldShowName": column.label,
            "fieldValue": row["fields"].get(column.name, ""),
            "edit": row["can_edit"],
            "view": True,
        }
        for column in flow.columns
    ]
    record = {"recordOrder": 0, "workflowRequestTableFields": fields}
    table = {"requestRecords": [record], "tableDBName": flow.table}
    rights = {"canEdit": row["can_edit"], "canView": True}
    return {**headline(row), **rights, "workflowMainTableInfo": table}
