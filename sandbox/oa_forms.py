"""The OA's people and the three workflows that its administrators drew up.

Field names are columns of the form's table, as in a real installation; people are numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HUB = 900
"""The account under which the hub takes part."""

USERS: Mapping[int, str] = {
    101: "窗口综合岗",
    201: "公安户籍岗",
    202: "医保参保岗",
    203: "卫健签证岗",
    HUB: "直达平台",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a form; ``options`` = the texts of a selection, by stored value."""

    name: str
    label: str
    options: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One step; ``actor`` = who gets it: a user, ``creator``, a ``field:…`` or nobody."""

    id: int
    name: str
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Workflow:
    """One kind of request."""

    id: int
    name: str
    table: str
    creators: frozenset[int]
    columns: tuple[Column, ...]
    nodes: tuple[Node, ...]
    back_to: int = 0
    """The place of the node to which a request goes that is sent back."""

    def column(self, name: str) -> Column | None:
        """The field of that name."""
        return next((column for column in self.columns if column.name == name), None)


_YES = {"1": "是", "0": "否"}

BIRTH = Workflow(
    615,
    "出生一件事",
    "formtable_main_615",
    frozenset({101}),
    (
        Column("cszmbh", "出生医学证明编号"),
        Column("xsexm", "新生儿姓名"),
        Column("xsemz", "新生儿民族"),
        Column("lhfs", "落户方式", {"0": "随父", "1": "随母", "2": "随其他亲属"}),
        Column("sbrxm", "申报人姓名"),
        Column("sbrsfz", "申报人身份证号"),
        Column("sbrlxdh", "申报人联系电话"),
        Column("sbrgx", "申报人与新生儿关系"),
        Column("cbd", "参保地"),
        Column("sqrq", "申请日期"),
        Column("tysq", "同意授权", _YES),
        Column("xsly", "姓氏来源", {"0": "随父", "1": "随母", "2": "其他"}),
        Column("fkyh", "社保卡发卡银行"),
        Column("skzh", "生育费用收款账号"),
        Column("sfzsl", "申领居民身份证", _YES),
        Column("jghk", "出生登记结果"),
        Column("jgyb", "居民医保结果"),
        Column("jgsm", "结果说明"),
    ),
    (
        Node(61501, "窗口受理", "creator"),
        Node(61502, "部门联办", str(HUB)),
        Node(61503, "办结", "creator"),
        Node(61504, "归档"),
    ),
)

TASK = Workflow(
    620,
    "部门协同待办",
    "formtable_main_620",
    frozenset({HUB}),
    (
        Column("ywlsh", "业务流水号"),
        Column("sxmc", "事项名称"),
        Column("sxnr", "事项内容"),
        Column("blr", "办理人"),
        Column("bljg", "办理结果", {"1": "同意", "0": "不同意"}),
        Column("blyj", "办理意见"),
    ),
    (
        Node(62001, "发起", "creator"),
        Node(62002, "部门办理", "field:blr"),
        Node(62003, "办结"),
    ),
)

MESSAGE = Workflow(
    630,
    "联办消息",
    "formtable_main_630",
    frozenset({HUB}),
    (
        Column("ywlsh", "业务流水号"),
        Column("sxmc", "标题"),
        Column("sxnr", "内容"),
        Column("blr", "接收人"),
    ),
    (
        Node(63001, "发起", "creator"),
        Node(63002, "阅知", "field:blr"),
        Node(63003, "归档"),
    ),
)

WORKFLOWS: Mapping[int, Workflow] = {flow.id: flow for flow in (BIRTH, TASK, MESSAGE)}
