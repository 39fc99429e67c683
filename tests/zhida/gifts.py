"""A small policy of the tests' own, among the shipped facts."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matters import grants, policy_file
from matters.policy import Policy

TEXT = """\
# 题头
policy: gifts
title: 示例奖励
mode: no-application
tier: 普惠
scenes: [稳就业]
provenance: 虚构
basis: [示例（虚构）]
department: human-resources
fund: 示例资金
route: treasury
confirm: none
publicity: 0
unknown_means: wait
times: yearly
materials:
  - {title: 缴费证明, facts: [ui_full_months]}
versions:
  "2026":   # 第一版
    since: 2026-01-01
    clauses:
      一: 登记在本区（320114）、参保 10 人（含）以上的，按上年缴费的 60% 奖励，每户最高 20 万元。
    parameters:
      least: {title: 参保人数下限, count: 10}
      rate:  {title: 比例, ratio: "60%"}
      cap:   {title: 每户上限, money: 20 万元}   # 最多
    criteria:
      all:
        - {fact: district, is: "320114", clause: 一}
        - {fact: insured_now, at_least: $least, clause: 一}
    award:
      pay: {share: ui_paid_y1, rate: $rate}
      cap: $cap
    budget: {amount: 100 万元, rule: pro-rata}
examples:
  - {title: 恰为十人, on: 2026-05-01, facts: {district: "320114", insured_now: 10, ui_paid_y1: 1 万元}, gives: 6000 元}
  - {title: 封顶, on: 2026-05-01, facts: {district: "320114", insured_now: 500, ui_paid_y1: 100 万元}, gives: 20 万元}
  - {title: 九人, on: 2026-05-01, facts: {district: "320114", insured_now: 9, ui_paid_y1: 1 万元}, fails: [一]}
  - {title: 外区, on: 2026-05-01, facts: {district: "320115", insured_now: 10, ui_paid_y1: 1 万元}, fails: [一]}
  - {title: 人数未知, on: 2026-05-01, facts: {district: "320114", ui_paid_y1: 1 万元}, unknown: [一]}
"""


def gifts(text: str = TEXT) -> Policy:
    return policy_file.of_text(text, grants.vocabulary(), "gifts")


def site(folder: Path, text: str = TEXT) -> Path:
    """A site that has nothing but this policy; its file."""
    (folder / "policies").mkdir(parents=True)
    path = folder / "policies" / "gifts.yaml"
    path.write_text(text, "utf-8")
    return path


def firms(rows: list[tuple[str | None, int | None, int | None]]) -> pl.DataFrame:
    """Firms by district, insured, and fen paid."""
    kinds = {"district": pl.String, "insured_now": pl.Int64, "ui_paid_y1": pl.Int64}
    facts = pl.DataFrame(rows, schema=kinds, orient="row")
    return facts.with_columns(firm=pl.format("F{}", pl.int_range(pl.len())))
