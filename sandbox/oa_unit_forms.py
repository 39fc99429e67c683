"""Workflows in which the people of a unit do what the hub asks of them.

One a kind of work. The hub starts a request with the columns that it knows; who is named in ``blr``
does the work, writes its result into the other columns, and passes it on to the hub, which sends it
back or lets it end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sandbox.oa_workflow import HUB, Column, Node, Workflow

Options = Mapping[str, Mapping[str, str]]
_OPTIONS: Options = {
    "sex": {"0": "未知", "1": "男", "2": "女", "9": "未说明"},
    "yes": {"1": "是", "0": "否"},
    "parent": {"0": "随父", "1": "随母"},
    "surname": {"0": "随父", "1": "随母", "2": "其他"},
    "born_in": {"1": "医疗机构", "2": "其他"},
    "marriage": {"1": "双方有有效婚姻登记", "0": "未查到双方有效婚姻登记"},
    "insurance": {"390": "城乡居民基本医疗保险", "310": "职工基本医疗保险"},
    "result": {"1": "同意", "0": "不同意"},
    "level": {"1": "博士研究生", "2": "硕士研究生", "3": "大学本科", "4": "大学专科"},
    "applicant": {"0": "法定代表人", "1": "经办人"},
    "obtained": {"1": "境内", "2": "国（境）外"},
    "place": {"1": "自有住房", "2": "亲友户内", "3": "人才集体户"},
    "document": {
        "01": "居民身份证",
        "02": "居民户口簿",
        "03": "护照",
        "04": "军官证",
        "06": "港澳居民来往内地通行证",
        "07": "台湾居民来往内地通行证",
        "99": "其他法定有效证件",
    },
}
"""Texts of a selection, by stored value."""
_HEAD = "ywlsh=业务流水号 sxmc=事项名称 sxnr=事项内容 blr=办理人 "
_TAIL = " bljg=办理结果:result blyj=办理意见"
_FORMS: Mapping[int, tuple[str, str]] = {
    640: (
        "出生医学记录核验",
        """
        cszmbh=出生医学证明编号 qfrq=签发日期 qfjg=签证机构名称 ythbh=所替换的证明编号
        xb=性别:sex csrq=出生日期 cssj=出生时间 csdlb=出生地点类别:born_in swrq=死亡日期
        cssx=胎次中的顺序 sfdt=是否多胎:yes csdqh=出生地行政区划 csdxz=出生地详址
        cstz=出生体重（克） cssc=出生身长（厘米） csyz=出生孕周（周.天） mqxm=母亲姓名
        mqzjlx=母亲证件类型:document mqzjhm=母亲证件号码 mqgj=母亲国籍（代码）
        mqmz=母亲民族 fqxm=父亲姓名 fqzjlx=父亲证件类型:document fqzjhm=父亲证件号码
        fqgj=父亲国籍（代码） fqmz=父亲民族 jgmc=助产机构名称
        jgxydm=助产机构统一社会信用代码
        """,
    ),
    641: (
        "婚姻登记核验",
        """
        mqzjhm=女方证件号码 fqzjhm=男方证件号码 hyqk=核验结果:marriage djrq=登记日期
        """,
    ),
    642: (
        "生育登记凭证",
        """
        cszmbh=出生医学证明编号 xb=性别:sex csrq=出生日期 cssx=胎次中的顺序
        sfdt=是否多胎:yes csdqh=出生地行政区划 mqxm=母亲姓名
        mqzjlx=母亲证件类型:document mqzjhm=母亲证件号码 mqgj=母亲国籍（代码）
        mqmz=母亲民族 fqxm=父亲姓名 fqzjlx=父亲证件类型:document fqzjhm=父亲证件号码
        fqgj=父亲国籍（代码） fqmz=父亲民族 djbh=生育登记编号 djrq=登记日期
        """,
    ),
    643: (
        "出生医学证明签发",
        """
        cszmbh=出生医学证明编号 xm=新生儿姓名 xb=性别:sex csrq=出生日期 cssj=出生时间
        csdqh=出生地行政区划 csdxz=出生地详址 cstz=出生体重（克）
        cssc=出生身长（厘米） csyz=出生孕周（周.天） jgmc=助产机构名称
        jgxydm=助产机构统一社会信用代码 mqxm=母亲姓名 mqzjlx=母亲证件类型:document
        mqzjhm=母亲证件号码 mqgj=母亲国籍（代码） mqmz=母亲民族 fqxm=父亲姓名
        fqzjlx=父亲证件类型:document fqzjhm=父亲证件号码 fqgj=父亲国籍（代码）
        fqmz=父亲民族 sbrxm=领证人姓名 sbrzjhm=领证人身份证号 sbrgx=领证人与新生儿关系
        qfrq=签发日期 qfjg=签证机构名称
        """,
    ),
    644: (
        "预防接种建档",
        """
        cszmbh=出生医学证明编号 xb=性别:sex csrq=出生日期 cssj=出生时间
        cssx=胎次中的顺序 csdqh=出生地行政区划 cstz=出生体重（克）
        csyz=出生孕周（周.天） mqxm=母亲姓名 mqzjlx=母亲证件类型:document
        mqzjhm=母亲证件号码 jgmc=助产机构名称 dabh=接种档案编号 jzdw=接种单位
        jdrq=建档日期
        """,
    ),
    645: (
        "科学育儿指导登记",
        """
        cszmbh=出生医学证明编号 xb=性别:sex csrq=出生日期 csdqh=出生地行政区划
        mqxm=母亲姓名 mqzjlx=母亲证件类型:document mqzjhm=母亲证件号码 djbh=登记编号
        djrq=登记日期
        """,
    ),
    646: (
        "出生登记",
        """
        cszmbh=出生医学证明编号 xm=姓名 xb=性别:sex mz=民族 csrq=出生日期
        cssj=出生时间 csdqh=出生地行政区划 csdxz=出生地详址 lhfs=落户方式:parent
        mqxm=母亲姓名 mqzjlx=母亲证件类型:document mqzjhm=母亲证件号码 fqxm=父亲姓名
        fqzjlx=父亲证件类型:document fqzjhm=父亲证件号码 sbrxm=申报人姓名
        sbrzjhm=申报人身份证号 sbrlxdh=申报人联系电话 sbrgx=申报人与新生儿关系
        gmsfhm=公民身份号码 djrq=登记日期 gaywlsh=公安业务流水号
        """,
    ),
    647: (
        "居民身份证申领",
        """
        gmsfhm=公民身份号码 xm=姓名 xb=性别:sex csrq=出生日期 sbrxm=申报人姓名
        sbrzjhm=申报人身份证号 sbrlxdh=申报人联系电话 sbrgx=申报人与新生儿关系
        slbh=受理编号 slrq=受理日期
        """,
    ),
    648: (
        "城乡居民医保参保",
        """
        gmsfhm=公民身份号码 xm=姓名 xb=性别:sex mz=民族 csrq=出生日期 cbd=参保地
        jhrxm=监护人姓名 jhrzjhm=监护人身份证号 rybh=医保人员编号 xz=险种:insurance
        cbrq=参保日期 jfnd=缴费年度 yjje=应缴金额（元）
        """,
    ),
    649: (
        "生育医疗费用待遇核定",
        """
        cszmbh=出生医学证明编号 mqxm=参保人（母亲）姓名 mqzjhm=参保人（母亲）证件号码
        skzh=收款账号 hddh=待遇核定单号 zfje=支付金额（元） hdrq=核定日期
        """,
    ),
    650: (
        "居民医保缴费",
        """
        rybh=医保人员编号 jfnd=缴费年度 jfje=缴费金额（元） jfrxm=缴费人姓名
        jfrzjhm=缴费人身份证号 jfpzh=缴费凭证号 jfrq=缴费日期
        """,
    ),
    651: (
        "社会保障卡申领",
        """
        gmsfhm=公民身份号码 xm=姓名 xb=性别:sex mz=民族 csrq=出生日期 fkyh=发卡银行
        jhrxm=监护人姓名 jhrzjhm=监护人身份证号 jhrlxdh=监护人联系电话
        jhrgx=监护人与新生儿关系 kh=社会保障卡号 slrq=申领日期
        """,
    ),
    652: (
        "社保卡金融账户开立",
        """
        kh=社会保障卡号 gmsfhm=公民身份号码 xm=姓名 dlrxm=代理人姓名
        dlrzjhm=代理人身份证号 dlrlxdh=代理人联系电话 dlrgx=代理人与开户人关系
        zhwh=账号后四位 yhywbh=银行业务编号 khrq=开户日期
        """,
    ),
    653: (
        "补全出生申报",
        """
        cszmbh=出生医学证明编号 xb=性别:sex csrq=出生日期 mqxm=母亲姓名 fqxm=父亲姓名
        xsexm=新生儿姓名 xsemz=新生儿民族 xsly=姓氏来源:surname lhfs=落户方式:parent
        sbrxm=申报人姓名 sbrsfz=申报人身份证号 sbrlxdh=申报人联系电话
        sbrgx=申报人与新生儿关系 cbd=参保地 fkyh=社保卡发卡银行 skzh=生育费用收款账号
        sfzsl=申领居民身份证:yes sqrq=申请日期 tysq=同意授权:yes
        """,
    ),
}
"""Number → name, and the columns of the work itself: ``column=label``, ``column=label:selection``."""


def columns(told: str, options_of: Options = _OPTIONS) -> Iterator[Column]:
    """``column=label``, ``column=label:selection``, ``column=label:@what the OA fills in`` …"""
    for word in told.split():
        name, _, rest = word.partition("=")
        label, _, options = rest.partition(":")
        filled = options.removeprefix("@") if options.startswith("@") else ""
        yield Column(name, label, options_of[options] if options and not filled else None, filled)


def _workflow(number: int, name: str, told: str, options_of: Options) -> Workflow:
    nodes = (
        Node(100 * number + 1, "发起", "creator"),
        Node(100 * number + 2, "部门办理", "field:blr"),
        Node(100 * number + 3, "中枢核收", str(HUB)),
        Node(100 * number + 4, "办结"),
    )
    table, creators = f"formtable_main_{number}", frozenset({HUB})
    made = tuple(columns(_HEAD + told + _TAIL, options_of))
    return Workflow(number, name, table, creators, made, nodes, back_to=1)


def workflows(
    forms: Mapping[int, tuple[str, str]], more: Options | None = None
) -> tuple[Workflow, ...]:
    """Number → name and columns of the work itself, as the desk needs them: drawn up.

    ``more``: selections beside those that all units have.
    """
    options_of = {**_OPTIONS, **(more or {})}
    return tuple(_workflow(number, *told, options_of) for number, told in forms.items())


UNIT_FORMS = workflows(_FORMS)
