"""What people decide about grants in the OA: the head of a department on a list, finance on a batch."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.oa_unit_forms import workflows

GRANT_PEOPLE: Mapping[int, str] = {
    231: "科技部门负责人",
    232: "人社部门负责人",
    233: "工信部门负责人",
    241: "财政国库支付审核岗",
    242: "失业保险基金审核岗",
    251: "科技惠企专员",
    252: "人社惠企专员",
    253: "工信惠企专员",
}
_FORMS: Mapping[int, tuple[str, str]] = {
    680: (
        "奖补名单确认",
        """
        mdbh=名单编号 zcmc=政策名称 zcbb=政策版本 pprq=匹配日期 hs=笔数 hjje=合计金额（元）
        gsts=公示工作日 mxnr=明细 mxzy=明细摘要 sjjbh=决定数据集编号 qrr=确认人编号 qrrq=确认日期
        """,
    ),
    681: (
        "奖补资金支付审核",
        """
        pcbh=支付批次编号 zcmc=政策名称 hs=笔数 hjje=合计金额（元） mxnr=明细 mxzy=明细摘要 shr=审核人编号
        shrq=审核日期
        """,
    ),
    682: (
        "惠企政策联系企业",
        """
        tzbh=通知编号 qymc=企业名称 tyxydm=统一社会信用代码 zcmc=政策名称 tznr=通知内容 yxqz=有效期至
        lxrq=联系日期
        """,
    ),
}
GRANT_FORMS = workflows(_FORMS)
