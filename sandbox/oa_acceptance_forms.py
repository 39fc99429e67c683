"""Joint acceptance in the OA: who is there, what the lead's window and the units fill in, what lies on desks.

The forms are of our own (示例). Two fields the OA fills in itself: a form's number, and the department
of whoever created it, so that nobody passes a building in another unit's name.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.oa_unit_forms import Options, columns, workflows
from sandbox.oa_workflow import HUB, Node, Workflow

LEAD, STATION = 700, 701
_PEOPLE: Mapping[int, tuple[str, str]] = {
    LEAD: ("住房和城乡建设局", "竣工联合验收牵头岗"),
    STATION: ("建设工程质量安全监督站", "质量监督岗"),
    702: ("规划和自然资源局", "规划核实岗"),
    703: ("建设工程消防验收中心", "消防验收岗"),
    704: ("国防动员（人防）办公室", "人防备案岗"),
    705: ("城建档案馆", "档案验收岗"),
    706: ("测绘院", "多测合一岗"),
    707: ("水务集团", "接水岗"),
    708: ("供电公司", "业扩报装岗"),
    709: ("燃气公司", "接气岗"),
    710: ("排水管理中心", "排水接管岗"),
    711: ("通信建设管理办公室", "通信配套岗"),
    712: ("园林和建筑专项管理中心", "专项验收岗"),
}
"""User → department and post."""
ACCEPTANCE_PEOPLE = {user: post for user, (_, post) in _PEOPLE.items()}
ACCEPTANCE_DEPARTMENTS = {user: department for user, (department, _) in _PEOPLE.items()}
PROJECT, TELL = 627, 628
REVIEW, RECORD, ARCHIVE, PAPER, ASK = 693, 694, 695, 696, 697
EVENTS: Mapping[str, str] = {
    "01": "一次性告知补正",
    "02": "检测或专家评审，暂停计时（已书面告知）",
    "03": "恢复计时",
    "04": "现场查验",
    "05": "通过",
    "06": "通过，限期整改",
    "07": "不通过",
    "08": "不适用",
    "09": "批准延长联合验收期限",
    "10": "联合验收意见",
    "11": "撤销联合验收意见",
}
"""What units may tell, by the form's stored value."""
_OPTIONS: Options = {
    "yes": {"1": "是", "0": "否"},
    "fire": {"1": "特殊建设工程", "2": "其他建设工程"},
    "event": EVENTS,
    "opinion": {"1": "通过", "0": "不通过"},
    "pause": {"1": "检测", "2": "专家评审"},
    "found": {"1": "通过", "2": "通过，限期整改", "3": "不通过", "4": "不适用"},
}
_BUILDING = "xmdm=项目代码 dtbh=单体编号 dtmc=单体名称"
_WINDOW: Mapping[int, tuple[str, str, frozenset[int]]] = {
    PROJECT: (
        "竣工验收项目登记",
        f"""
        djbh=登记编号:@number {_BUILDING} dz=建设地点 yt=用途 jsdw=建设单位 jsdm=建设单位统一社会信用代码
        sgdw=施工单位 sgdm=施工单位统一社会信用代码 sjdw=设计单位 sjdm=设计单位统一社会信用代码
        jldw=监理单位 jldm=监理单位统一社会信用代码 jcdw=检测机构 jcdm=检测机构统一社会信用代码
        xfdw=消防设施施工单位 xfdm=消防设施施工单位统一社会信用代码 rfdw=人防设备安装企业
        rfdm=人防设备安装企业统一社会信用代码 sgxk=施工许可证编号 ghxk=建设工程规划许可证编号
        ydxk=建设用地规划许可证编号 xfsc=消防设计审查意见书编号 rfsp=人防审批意见编号
        mj=建筑面积（平方米） gd=建筑高度（米） cs=层数 hs=住宅户数 xflb=消防类别:fire
        rf=有防空地下室:yes zz=住宅:yes rq=接燃气:yes lh=有附属绿地:yes dt=有电梯:yes
        lxr=联系人 lxdh=联系电话 jgbh=联合验收编号 jgcl=要提交的材料 jgsm=还要写明的
        """,
        frozenset({LEAD}),
    ),
    TELL: (
        "联合验收办理情况",
        """
        djbh=登记编号:@number djdw=登记单位:@department ysbh=联合验收编号 sx=事项:event fsrq=发生日期
        fssj=发生时间（时分秒） ysx=验收事项标识 bzcl=要补的材料（标识，顿号分隔）
        bhtk=不符合的条款（标识，顿号分隔） zgqx=整改期限 ysyj=联合验收意见:opinion ztyy=暂停原因:pause
        ccbh=抽查的编号（顿号分隔） sm=说明 jgdj=登记结果 jgzt=目前状态 jgsm=原因和办法
        """,
        frozenset(_PEOPLE),
    ),
}
_PAPER = "hzbh=印章平台回执号 bs=版式 wjdx=文件字节数 wjzy=文件摘要（SM3） yysj=用印时间"
_DESKS: Mapping[int, tuple[str, str]] = {
    REVIEW: (
        "联合验收事项办理",
        f"""
        jbbh=交办编号 ysbh=联合验收编号 {_BUILDING} jbsj=交办时间 ysx=验收事项标识 yssx=验收事项
        hj=环节 djc=第几次 qx=期限 cl=材料 jcnr=检查内容 ccfa=抽查方案 zcfw=再次查验的范围
        wtyj=受委托 yj=依据
        """,
    ),
    RECORD: (
        "受委托检查的记录",
        """
        jlbh=记录编号 ysbh=联合验收编号 ysx=验收事项标识 yssx=验收事项 jl=结论:found bhtk=不符合的条款
        zgqx=整改期限 jcsj=检查时间 jcdw=检查单位 wtyj=委托依据
        """,
    ),
    ARCHIVE: (
        "竣工联合验收归档",
        f"""
        ysbh=联合验收编号 bjrq=办结日期 jg=经过 {_BUILDING} jsdw=建设单位 sgxk=施工许可证编号
        lxr=联系人 lxdh=联系电话
        """,
    ),
    PAPER: (
        "联合验收文书归档",
        f"wsbh=文书编号 ysbh=联合验收编号 {_BUILDING} wsmc=文书名称 {_PAPER}",
    ),
    ASK: (
        "提供验收材料",
        f"""
        ysbh=联合验收编号 {_BUILDING} dz=建设地点 wh=文号 clmc=材料名称 cjdw=出具单位 cjrq=出具日期
        wjzy=文件摘要（SM3） wjdx=文件字节数
        """,
    ),
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


ACCEPTANCE_FORMS = (
    *(_form(number, *told) for number, told in _WINDOW.items()),
    *workflows(_DESKS, _OPTIONS),
)
