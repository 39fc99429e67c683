"""Labour disputes in the OA: who is there, what the window and the units fill in, what lies on their desks.

The forms are of our own (示例). Two fields the OA fills in itself: a form's number, and the department
of whoever created it, so that nobody tells of a dispute in another unit's name.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.oa_unit_forms import Options, columns, workflows
from sandbox.oa_workflow import HUB, Node, Workflow

CENTRE = 301
"""Who takes a dispute down at the window, and closes it."""
_PEOPLE: Mapping[str, Mapping[int, str]] = {
    "劳动争议联调中心": {CENTRE: "联调中心登记分流岗"},
    "街道（园区）调解中心": {311: "秣陵街道调解中心", 312: "东山街道调解中心"},
    "人民调解委员会": {321: "驻中心人民调解员甲", 322: "驻中心人民调解员乙"},
    "劳动保障监察大队": {331: "劳动保障监察立案岗"},
    "法律援助中心": {341: "法律援助审批岗"},
    "应急处置小组": {351: "应急值班一", 352: "应急值班二", 353: "应急值班三"},
}
"""Department → its people."""
MEDIATION_PEOPLE = {user: title for people in _PEOPLE.values() for user, title in people.items()}
MEDIATION_DEPARTMENTS = {user: name for name, people in _PEOPLE.items() for user in people}
REGISTRATION, EVENT = 625, 626
TAKE, ARCHIVE, STOP = 690, 691, 692
EVENTS: Mapping[str, str] = {
    "01": "已解答咨询",
    "02": "分流",
    "03": "上下移交",
    "04": "不属本单位职责，退回",
    "05": "受理",
    "06": "收到调解申请",
    "07": "达成调解协议",
    "08": "调解不成",
    "09": "申请人撤回",
    "10": "已履行",
    "11": "未履行",
    "12": "办结（已回访）",
    "13": "恢复办理",
    "21": "监察立案",
    "22": "监察延期",
    "23": "责令改正或作出处理决定",
    "24": "撤销立案",
    "31": "申请法律援助",
    "32": "给予法律援助",
    "33": "不予法律援助",
    "34": "指派法律援助人员",
    "35": "法律援助结束",
    "41": "启动快速处置",
    "42": "值班人员到场",
    "43": "快速处置结束",
    "51": "知道或应当知道权利被侵害",
    "52": "劳动报酬到期未付",
    "53": "劳动关系终止",
    "54": "违法行为发生或终了",
    "55": "向对方主张权利",
    "56": "向有关部门请求权利救济",
    "57": "对方同意履行",
    "58": "中止",
    "59": "中止的原因消除",
    "61": "当事人同意或撤回同意",
}
"""What those without a platform of their own may tell, by the form's stored value."""
_OPTIONS: Options = {
    "yes": {"1": "是", "0": "否"},
    "dispute": {
        "01": "劳动报酬",
        "02": "加班",
        "03": "解除终止",
        "04": "工伤",
        "05": "社会保险",
        "06": "劳动合同",
        "99": "其他",
    },
    "severity": {"1": "一般", "2": "较重", "3": "紧急"},
    "mediator": {"1": "工会", "2": "人民调解", "3": "街道调解中心"},
    "unit": {
        "1": "联调中心",
        "2": "街道（园区）调解中心",
        "3": "人民调解委员会",
        "4": "工会",
        "5": "劳动保障监察",
        "6": "劳动人事争议仲裁",
        "7": "法律援助",
        "8": "法院",
        "9": "应急处置小组",
    },
    "event": EVENTS,
}
_PARTIES = """
    ldzxm=劳动者姓名 ldzsfz=公民身份号码 ldzdh=联系电话 ldzdz=住址 gw=岗位 dwmc=用人单位名称
    dwxydm=用人单位统一社会信用代码 dwdz=用人单位住所 dwfr=法定代表人 ygmc=用工单位名称
    ygxydm=用工单位统一社会信用代码
"""
_SUBSTANCE = "qq=请求（逐条） ss=事实和理由 zj=证据（逐件，写明谁持有） cqcl=此前的处理"
_DATES = """
    zdrq=知道权利被侵害之日 gzrq=劳动报酬应付之日 rzrq=入职日期 lzrq=劳动关系终止之日
    wfrq=违法行为终了之日
"""
_ROUTE = "sjrs=涉及人数 jhfx=激化风险:yes jjcd=紧急程度:severity jd=争议所在街道"
_WINDOW: Mapping[int, tuple[str, str, frozenset[int]]] = {
    REGISTRATION: (
        "劳动争议登记",
        f"""
        djbh=登记编号:@number djrq=登记日期 {_PARTIES} zylb=争议类别:dispute {_SUBSTANCE} {_ROUTE}
        nmg=农民工:yes ldgx=有劳动关系:yes tjyy=愿意由谁调解:mediator sqfy=申请法律援助:yes
        yyts=愿意投诉:yes {_DATES} zzrq=最近一次主张权利之日 qjrq=最近一次请求救济之日
        tylx=对方最近一次同意履行之日 tytj=同意调解:yes tyys=同意移送材料:yes
        jgah=联调案号 jgqx=分流去向 jgsm=还要问清的
        """,
        frozenset({CENTRE}),
    ),
    EVENT: (
        "劳动争议办理情况",
        """
        djbh=登记编号:@number djdw=登记单位:@department ltah=联调案号 sx=事项:event fsrq=发生日期
        fssj=发生时间（时分秒） jgdw=交给单位:unit jgry=交给承办人 wh=文号 xynr=调解协议内容
        xyje=协议金额（元） lxqx=履行期限 ldzrb=劳动者的让步 dwrb=用人单位的让步
        tyys=劳动者同意移送材料:yes tyrb=双方同意移送让步:yes
        jgdj=登记结果 jgzt=目前状态 jgsm=原因和办法
        """,
        frozenset(MEDIATION_PEOPLE),
    ),
}
_DESKS: Mapping[int, tuple[str, str]] = {
    TAKE: (
        "劳动争议移送",
        f"""
        ysbh=移送编号 ltah=联调案号 yssj=移送时间 ysdw=移送单位 yssx=移送事项 ysly=移送理由
        zylb=争议类别:dispute {_ROUTE} qx=期限 fcl=附材料:yes {_PARTIES} {_SUBSTANCE} {_DATES}
        """,
    ),
    ARCHIVE: ("劳动争议归档", "ltah=联调案号 bjrq=办结日期 jg=经过"),
    STOP: ("停止使用争议材料", "ysbh=移送编号 ltah=联调案号"),
}


def _form(number: int, name: str, told: str, creators: frozenset[int]) -> Workflow:
    nodes = (
        Node(100 * number + 1, "填写", "creator"),
        Node(100 * number + 2, "中枢核对", str(HUB)),
        Node(100 * number + 3, "办结", "creator"),
        Node(100 * number + 4, "归档"),
    )
    listed = tuple(columns(told, _OPTIONS))
    return Workflow(number, name, f"formtable_main_{number}", creators, listed, nodes)


MEDIATION_FORMS = (
    *(_form(number, *told) for number, told in _WINDOW.items()),
    *workflows(_DESKS, _OPTIONS),
)
