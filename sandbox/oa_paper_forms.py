"""Papers of disputes that a unit's paper clerk hands out (联调文书送达), as the OA has it."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.oa_unit_forms import workflows

PAPER_PEOPLE: Mapping[int, str] = {
    361: "联调中心文书岗",
    362: "街道调解中心文书岗",
    363: "人民调解委员会文书岗",
    364: "工会文书岗",
    365: "劳动监察文书岗",
    366: "劳动仲裁文书岗",
    367: "法院文书岗",
}
_FORMS: Mapping[int, tuple[str, str]] = {
    684: (
        "联调文书送达",
        """
        wsbh=文书编号 ajbh=联调案号 wsmc=文书名称 jgs=交给谁 hzbh=印章平台回执号 bs=版式 wjdx=文件字节数
        wjzy=文件摘要（SM3） yysj=用印时间
        """,
    ),
}
PAPER_FORMS = workflows(_FORMS)
