"""Order finance in the OA: what the justice bureau's desk looks up and what the law firm writes, for the hub."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.oa_unit_forms import Options, workflows

FINANCE_PEOPLE: Mapping[int, str] = {720: "金融法律服务岗", 721: "律师事务所驻点律师"}
SEARCH, OPINION = 698, 699
_OPTIONS: Options = {"opinion": {"1": "无异议", "2": "附条件", "3": "不予支持"}}
_DESKS: Mapping[int, tuple[str, str]] = {
    SEARCH: (
        "查询动产融资统一登记",
        """
        ddbh=订单编号 htbh=合同编号 gysmc=供应商名称 gysdm=供应商统一社会信用代码 hxqy=核心企业名称
        cxrq=查询日期 yydj=已有他人登记:yes cxzm=查询证明编号
        """,
    ),
    OPINION: (
        "出具订单融资法律意见",
        """
        ddbh=订单编号 htbh=合同编号 gysmc=供应商名称 hxqy=核心企业名称 ddje=订单金额（元） qdrq=签订日期
        cjrq=出具日期 jl=结论:opinion kzr=应收账款可转让:yes tj=条件 yjsh=意见书编号 lsmc=律师事务所
        """,
    ),
}
FINANCE_FORMS = workflows(_DESKS, _OPTIONS)
