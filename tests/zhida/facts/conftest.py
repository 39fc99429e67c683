"""A small district whose bureaus hand over what they know of enterprises, and a hub that takes it in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange.store import schema
from sandbox import fact_books, fact_catalogue, fact_site
from sandbox.enterprises import District
from sandbox.fact_catalogue import Asked
from tests import issued
from zhida import grants_file, site
from zhida.fact_outcome import Synced
from zhida.fact_sync import Sync
from zhida.grants_file import GrantsFile
from zhida.hub import Hub

SECRET = b"a secret of high entropy"
CATALOGUE = {
    "tax": {
        "tax_clean": {"title": "无欠税", "kind": "flag", "answer": True},
        "rd_deduction_y1": {"title": "研发费用", "kind": "money"},
        "rd_deduction_y2": {"title": "上年研发费用", "kind": "money"},
    },
    "human-resources": {
        "insured_end_y1": {"title": "参保人数", "kind": "count"},
        "ui_paid_y1": {"title": "实缴失业保险费", "kind": "money"},
        "hired_on": {"title": "最近招用日期", "kind": "date"},
    },
    "market-supervision": {
        "district": {"title": "登记所在区", "kind": "code"},
        "registered_on": {"title": "成立日期", "kind": "date"},
        "status": {"title": "登记状态", "kind": "code", "codes": {"active": "存续", "revoked": "吊销"}},
        "registered_capital": {"title": "注册资本", "kind": "money"},
    },
}  # fmt: skip
SITE = """site: facts-demo
title: 示例
unit: hub
suite: Ed25519
cipher: AES-256-GCM
key: keys/hub.key
certificate: keys/hub.crt
trust: trust
matters: []
"""


@dataclass
class Town:
    """Everything that a test needs."""

    folder: Path
    now: datetime = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    connections: dict[str, str] = field(default_factory=dict)

    @property
    def books(self) -> Path:
        return self.folder / "books"

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def asked(self) -> dict[str, list[Asked]]:
        return fact_catalogue.by_holder(fact_catalogue.load(self.site / "policies" / "facts"))

    def hand_over(self, count: int = 60, holders: Sequence[str] = (), **more: Any) -> District:
        told: dict[str, Any] = {"today": date(2026, 1, 5), **more}
        district = District(count, **told)
        for holder, facts in self.asked().items():
            if not holders or holder in holders:
                fact_books.hand_over(self.books, holder, facts, district)
        return district

    def hub(self) -> Hub:
        return Hub(
            site.load(self.site),
            var=self.folder / "var",
            secret=SECRET,
            find=lambda name: json.loads(self.connections[name]),
            clock=lambda: self.now,
        )


@pytest.fixture
def town(tmp_path: Path) -> Town:
    found = Town(tmp_path)
    (tmp_path / "var").mkdir()
    facts = found.site / "policies" / "facts"
    facts.mkdir(parents=True)
    for holder, told in CATALOGUE.items():
        text = json.dumps({"holder": holder, "facts": told}, ensure_ascii=False)
        (facts / f"{holder}.yaml").write_text(text, "utf-8")
    (found.site / "site.yaml").write_text(SITE, "utf-8")
    (found.site / "units").mkdir()
    (found.site / "units" / "hub.yaml").write_text("unit: hub\ntitle: 中枢\n", "utf-8")
    _keys(found.site)
    _operator(found.site)
    found.connections = fact_site.lay(found.site, found.books, fact_catalogue.load(facts))
    for holder in CATALOGUE:
        (found.books / holder).mkdir(parents=True)
    return found


def _keys(folder: Path) -> None:
    for name in ("keys", "trust"):
        (folder / name).mkdir()
    root, leaf, key = issued.issue("hub", "示例中枢")
    (folder / "trust" / "root.crt").write_bytes(root.pem)
    (folder / "keys" / "hub.crt").write_bytes(leaf.pem)
    (folder / "keys" / "hub.key").write_bytes(key.to_pem(SECRET, iterations=1000))


def _operator(folder: Path) -> None:
    """Who may take values out."""
    root, leaf, key = issued.issue("li", "示例区数据局")
    (folder / "trust" / "root-li.crt").write_bytes(root.pem)
    (folder / "keys" / "li.crt").write_bytes(leaf.pem)
    (folder / "keys" / "li.key").write_bytes(key.to_pem(SECRET, iterations=1000))
    (folder / "operators").mkdir()
    told = "operator: li\ntitle: 李示例\nroles: [privacy]\ncertificate: ../keys/li.crt\n"
    (folder / "operators" / "li.yaml").write_text(told, "utf-8")


@pytest.fixture
def hub(town: Town) -> Iterator[Hub]:
    found = town.hub()
    schema.upgrade(found.store)
    yield found
    found.close()


@pytest.fixture
def told(hub: Hub) -> GrantsFile:
    return grants_file.load(hub.site)


@pytest.fixture
def sync(hub: Hub, told: GrantsFile) -> Callable[..., Synced]:
    def run(holder: str, *, force: bool = False) -> Synced:
        return Sync(hub, told, told.source(f"{holder}-facts")).run(force=force)

    return run


@pytest.fixture
def later(town: Town) -> Callable[..., None]:
    def forward(**how: float) -> None:
        town.now += timedelta(**how)

    return forward
