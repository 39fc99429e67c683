"""Workflows of two further matters: the windows' forms, and what the units' people do for the hub."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.oa_unit_forms import columns, workflows
from sandbox.oa_workflow import HUB, Node, Workflow

TOWNSHIP, TALENT, GRANTS = 102, 103, 104
"""Who fills in the forms: the clerks of a township's window, of the talents' and of the firms'."""

_LICENCE = """
    mcbh=名称自主申报编号 qymc=企业名称 zsqh=住所行政区划 zsdz=住所详址 jyfw=经营范围
    qzxk=含登记前须经批准的项目:yes frxm=法定代表人姓名 frzjlx=法定代表人证件类型:document
    frzjhm=法定代表人证件号码 frdh=法定代表人联系电话 zczb=注册资本（万元） zcbh=公司章程文件编号
    zcrq=章程签署日期 ygrs=拟用工人数 khyh=开户银行 sqrq=申请日期 tysq=同意授权:yes
"""
_TALENT = """
    sqbh=申请编号 xm=姓名 sfzh=公民身份号码 csrq=出生日期 lxdh=联系电话 xlcc=学历层次:level
    zsbh=学历证书编号 byyx=毕业院校 xljd=学历取得地:obtained qcdqh=户口迁出地行政区划
    lhqx=落户去向:place lhdz=落户地址 hzxm=户主姓名 sqrq=申请日期 tysq=同意授权:yes
"""
_GRANT = """
    sqbh=申请编号 zcbs=政策标识 tyxydm=统一社会信用代码 qymc=企业名称 sqrxm=申请人姓名
    sqrzjh=申请人身份证件号码 sqrsf=申请人身份:applicant cns=真实性承诺:yes cnsbb=承诺书版本 skhm=收款户名
    skzh=收款账号 khhlhh=开户行联行号 clmc=收下的材料
"""


def _form(number: int, name: str, told: str, clerk: int) -> Workflow:
    nodes = (
        Node(100 * number + 1, "窗口受理", "creator"),
        Node(100 * number + 2, "部门联办", str(HUB)),
        Node(100 * number + 3, "办结", "creator"),
        Node(100 * number + 4, "归档"),
    )
    table = f"formtable_main_{number}"
    return Workflow(number, name, table, frozenset({clerk}), tuple(columns(told)), nodes)


WINDOW_FORMS = (
    _form(616, "企业开办一件事", f"{_LICENCE} jgdj=企业登记结果 jgsm=结果说明", TOWNSHIP),
    _form(617, "人才落户一件事", f"{_TALENT} jglh=落户结果 jgsm=结果说明", TALENT),
    _form(618, "奖补申请", f"{_GRANT} jgjd=决定 jgje=奖补金额（元） jgsm=结果说明", GRANTS),
)
_COMPANY = "tyxydm=统一社会信用代码 qymc=企业名称 zsdz=住所"
_EMPLOYER = f"{_COMPANY} clrq=成立日期 frxm=法定代表人 ygrs=拟用工人数 dwbh=单位编号 djrq=登记日期"
_PERSON = "frxm=法定代表人姓名 frzjlx=证件类型:document frzjhm=证件号码"
_CERTIFICATE = "sqbh=申请编号 xm=姓名 sfzh=公民身份号码 zsbh=学历证书编号 byyx=毕业院校"
_FORMS: Mapping[int, tuple[str, str]] = {
    660: ("实名核验", f"mcbh=申请编号 {_PERSON} hyjg=是否本人:yes hyrq=核验日期"),
    661: (
        "企业设立登记（人工）",
        f"""
        mcbh=申请编号 qymc=企业名称 zsqh=住所行政区划 zsdz=住所详址 jyfw=经营范围 {_PERSON}
        frdh=联系电话 zczb=注册资本（万元） zcbh=公司章程文件编号 zcrq=章程签署日期
        tyxydm=统一社会信用代码 clrq=成立日期 djlsh=登记业务流水号
        """,
    ),
    662: ("补正企业设立申请", _LICENCE),
    663: (
        "税务登记信息确认",
        f"""
        {_COMPANY} jyfw=经营范围 zczb=注册资本（万元） clrq=成立日期 {_PERSON} frdh=联系电话
        zgswjg=主管税务机关 qrrq=确认日期
        """,
    ),
    664: ("企业社会保险登记", _EMPLOYER),
    665: ("企业医疗保险登记", _EMPLOYER),
    666: ("住房公积金缴存登记", _EMPLOYER),
    667: (
        "企业银行账户开立",
        f"""
        {_COMPANY} jyfw=经营范围 zczb=注册资本（万元） yzbm=印章备案编码 {_PERSON} frdh=联系电话
        khyh=开户银行 zhwh=账号后四位 yhywbh=银行业务编号 khrq=开户日期
        """,
    ),
    670: (
        "学历核验（人工）",
        f"{_CERTIFICATE} xljg=是否查到:yes xlcc=学历层次:level hyrq=核验日期",
    ),
    671: (
        "社会保险缴费核验",
        "sqbh=申请编号 xm=姓名 sfzh=公民身份号码 jfys=缴费月数 hyrq=核验日期",
    ),
    672: (
        "有无犯罪记录核验",
        "sqbh=申请编号 xm=姓名 sfzh=公民身份号码 hyjg=核验通过:yes hyrq=核验日期",
    ),
    673: ("补正落户申请", _TALENT),
    674: (
        "准予迁入证明（人工）",
        """
        sqbh=申请编号 xm=姓名 sfzh=公民身份号码 csrq=出生日期 xlcc=学历层次:level jfys=缴费月数
        qcdqh=户口迁出地行政区划 lhqx=落户去向:place lhdz=落户地址 hzxm=户主姓名
        zqzbh=准迁证编号 qfrq=签发日期 yxqz=有效期至
        """,
    ),
}
FURTHER_FORMS = (*WINDOW_FORMS, *workflows(_FORMS))
