"""A catalogue of three small policies, read from files as a site's would be."""

from __future__ import annotations

from pathlib import Path

from matters import grants
from matters.grants import Folder, Grants

FACTS = {
    "registry": """holder: registry
facts:
  district: {title: 登记区划, kind: code}
  founded: {title: 成立日期, kind: date}
""",
    "tax": """holder: tax
facts:
  tax_clean: {title: 无欠税（税务答复是否）, kind: flag, answer: true}
  rd_y1: {title: 上年度研发费用, kind: money}
""",
    "human-resources": """holder: human-resources
facts:
  insured: {title: 参保人数, kind: count}
  insured_y1: {title: 上年末参保人数, kind: count}
""",
}
_HEAD = """title: {title}
mode: {mode}
tier: 普惠
scenes: [示例]
provenance: 虚构
basis: [示例（虚构）]
department: science
fund: 示例资金
route: treasury
confirm: account
publicity: {publicity}
unknown_means: wait
times: yearly
"""
RESEARCH = (
    "policy: research\n"
    + _HEAD.format(title="研发投入奖补", mode="on-application", publicity=0)
    + """materials:
  - {title: 研发费用专项审计报告, facts: [rd_y1]}
  - {title: 法人承诺书}
versions:
  "2026":
    since: 2026-01-01
    until: 2099-12-31
    clauses:
      一: 在雨花台区登记的企业。
      二: 上年度研发费用不低于 100 万元，且无欠税。
      三: 参保人数比上年末增长不低于 10%。
    parameters:
      least: {title: 研发费用下限, money: 100 万元}
      rate:  {title: 奖补比例, ratio: "5%"}
      rise:  {title: 增长下限, ratio: "10%"}
    criteria:
      all:
        - {fact: district, is: "320114", clause: 一}
        - {fact: rd_y1, at_least: $least, clause: 二}
        - {fact: tax_clean, is: true, clause: 二}
        - {growth: [insured, insured_y1], at_least: $rise, clause: 三}
    award:
      pay: {share: rd_y1, rate: $rate}
    budget: {amount: 12 万元, rule: first-come}
examples:
  - {title: 恰为 100 万元和 10%, on: 2026-05-01, facts: {district: "320114", rd_y1: 100 万元, tax_clean: true, insured: 11, insured_y1: 10}, gives: 5 万元}
  - {title: 投入更多, on: 2026-05-01, facts: {district: "320114", rd_y1: 200 万元, tax_clean: true, insured: 20, insured_y1: 10}, gives: 10 万元}
  - {title: 外区, on: 2026-05-01, facts: {district: "320111", rd_y1: 100 万元, tax_clean: true, insured: 11, insured_y1: 10}, fails: [一]}
  - {title: 欠税, on: 2026-05-01, facts: {district: "320114", rd_y1: 100 万元, tax_clean: false, insured: 11, insured_y1: 10}, fails: [二]}
  - {title: 参保未知, on: 2026-05-01, facts: {district: "320114", rd_y1: 100 万元, tax_clean: true, insured_y1: 10}, unknown: [三]}
"""
)
NEW = (
    "policy: newcomers\n"
    + _HEAD.format(title="新设企业奖补", mode="no-application", publicity=5)
    + """materials:
  - {title: 营业执照, facts: [district, founded]}
versions:
  "2026":
    since: 2026-01-01
    by: founded
    clauses:
      一: 2026 年起在雨花台区登记，参保不少于 3 人的企业，奖补 1 万元。
    parameters:
      least: {title: 参保人数下限, count: 3}
      pay: {title: 奖补, money: 1 万元}
    criteria:
      all:
        - {fact: district, is: "320114", clause: 一}
        - {fact: insured, at_least: $least, clause: 一}
    award: {pay: $pay}
examples:
  - {title: 恰为 3 人, on: 2026-05-01, facts: {district: "320114", founded: 2026-01-01, insured: 3}, gives: 1 万元}
  - {title: 更多人, on: 2026-05-01, facts: {district: "320114", founded: 2026-02-01, insured: 30}, gives: 1 万元}
  - {title: 只有 2 人, on: 2026-05-01, facts: {district: "320114", founded: 2026-02-01, insured: 2}, fails: [一]}
  - {title: 外区, on: 2026-05-01, facts: {district: "320111", founded: 2026-02-01, insured: 3}, fails: [一]}
  - {title: 人数未知, on: 2026-05-01, facts: {district: "320114", founded: 2026-02-01}, unknown: [一]}
"""
)


def write(folder: Path) -> None:
    """As a site's ``policies`` folder."""
    (folder / "facts").mkdir(parents=True)
    for holder, text in FACTS.items():
        (folder / f"facts/{holder}.yaml").write_text(text, "utf-8")
    for name, text in {"research": RESEARCH, "newcomers": NEW}.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")


def load(folder: Path) -> Grants:
    """Only these, without what is shipped."""
    write(folder)
    return grants.load(None, Folder.of_site(folder))
