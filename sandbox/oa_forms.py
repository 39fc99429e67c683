"""The OA's people, and the workflows that its administrators drew up.

Field names are columns of the form's table, as in a real installation; people are numbers. The
workflows in which units do their work for the hub stand in ``oa_unit_forms``.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.oa_acceptance_forms import (
    ACCEPTANCE_DEPARTMENTS,
    ACCEPTANCE_FORMS,
    ACCEPTANCE_PEOPLE,
)
from sandbox.oa_finance_forms import FINANCE_FORMS, FINANCE_PEOPLE
from sandbox.oa_further_forms import FURTHER_FORMS, GRANTS, TALENT, TOWNSHIP
from sandbox.oa_grant_forms import GRANT_FORMS, GRANT_PEOPLE
from sandbox.oa_mediation_forms import MEDIATION_DEPARTMENTS, MEDIATION_FORMS, MEDIATION_PEOPLE
from sandbox.oa_paper_forms import PAPER_FORMS, PAPER_PEOPLE
from sandbox.oa_unit_forms import UNIT_FORMS
from sandbox.oa_workflow import HUB, Column, Node, Workflow

USERS: Mapping[int, str] = {
    101: "窗口综合岗",
    201: "公安户籍岗",
    202: "医保参保岗",
    203: "卫健签证岗",
    204: "医院产科病案岗",
    205: "民政婚姻登记岗",
    206: "税务征收岗",
    207: "人社制卡岗",
    208: "银行开户岗",
    209: "预防接种建档岗",
    210: "妇幼保健指导岗",
    211: "公安证件岗",
    212: "医保待遇岗",
    TOWNSHIP: "镇街窗口综合岗",
    TALENT: "人才服务窗口岗",
    GRANTS: "惠企服务窗口岗",
    213: "公安人口信息核验岗",
    214: "市场监管登记岗",
    215: "税务登记岗",
    216: "人社参保登记岗",
    217: "医保单位参保岗",
    218: "公积金归集岗",
    219: "银行对公开户岗",
    220: "教育学历核验岗",
    221: "人社缴费核验岗",
    222: "公安无犯罪核验岗",
    223: "公安户口审批岗",
    **GRANT_PEOPLE,
    **PAPER_PEOPLE,
    **MEDIATION_PEOPLE,
    **ACCEPTANCE_PEOPLE,
    **FINANCE_PEOPLE,
    HUB: "直达平台",
}

DEPARTMENTS: Mapping[int, str] = {**MEDIATION_DEPARTMENTS, **ACCEPTANCE_DEPARTMENTS}
"""User → the department in the organisation tree, of those whose forms say it."""

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

WORKFLOWS: Mapping[int, Workflow] = {
    flow.id: flow
    for flow in (
        BIRTH,
        TASK,
        MESSAGE,
        *UNIT_FORMS,
        *FURTHER_FORMS,
        *GRANT_FORMS,
        *PAPER_FORMS,
        *MEDIATION_FORMS,
        *ACCEPTANCE_FORMS,
        *FINANCE_FORMS,
    )
}
