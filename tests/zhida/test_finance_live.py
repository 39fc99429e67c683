"""What is changed in the desk's files counts at once; what is broken stays as it was, and somebody is told."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.errors import Invalid
from exchange.store import incident_rows
from sandbox.uscc import compose
from tests.zhida import finance_stores
from tests.zhida.finance_town import BANK_A, BANK_B, BUYER, FINANCE, Authority, Place
from zhida import finance_live, incident_view
from zhida.finance_answers import Desk
from zhida.finance_live import Live
from zhida.serve_file import Client
from zhida.serve_route import Call, Route, Told
from zhida.watch import Watch

place = finance_stores.place
ONLY_A = "\n".join(line for line in FINANCE.splitlines() if "bank-b" not in line) + "\n"
LIST = """\
title: 核心企业名单
criteria:
  in-zone: {{title: 在开发区内, source: "公开：示例"}}
firms:
  {uscc}:
    name: 示例重工集团有限公司
    facts: {{in-zone: {{is: true, source: 开发区, on: 2026-01-05}}}}
    proposed: {{by: wang, on: 2026-01-06}}
    approved: {{by: li, on: 2026-01-08}}
    limit_fen: 500000000
    valid_from: 2026-01-10
    valid_until: 2026-12-31
"""
CORE, CHECKS = "matters/order-finance/core-list.yaml", "matters/order-finance/checks.yaml"


class Town:
    """One route that tells what the desk goes by."""

    def __init__(self, place: Place) -> None:
        self.place, self.made = place, 0
        [self.route] = Live(place.hub, self.make).routes()

    def make(self, desk: Desk) -> list[Route]:
        self.made += 1
        told = {"banks": {n: each.reads_per_day for n, each in desk.rules.banks.items()}}
        told |= {"firms": {n: f.removed is not None for n, f in desk.core.firms.items()}}
        told |= {
            "trust": len(desk.rules.trust),
            "limit": desk.checklist.parameters["limit_fen"].value,
        }
        return [Route("GET", "/desk", "finance", lambda _: Told(told))]

    def told(self) -> Any:
        client = Client("bank-a", "bank-a", "bank-a", frozenset({"finance"}), rate=None)  # type: ignore[arg-type]
        return self.route.answer(Call("c1", client)).value

    def incidents(self) -> list[tuple[str, str]]:
        with self.place.hub.store.read() as connection:
            rows = incident_rows.newest(connection)
        return [(row.system, row.code) for row in rows if not row.closed_at]


@pytest.fixture
def town(place: Place) -> Any:
    for name in (CORE, CHECKS):
        (place.site / name).unlink(missing_ok=True)
    yield Town(place)
    for name in (CORE, CHECKS):
        (place.site / name).unlink(missing_ok=True)


def test_a_bank_that_is_taken_out_is_out_and_a_quota_that_is_changed_counts(town: Town) -> None:
    assert town.told()["banks"] == {"bank-a": 2000, "bank-b": 2000}
    made = town.made
    town.told()
    assert town.made == made  # nothing has changed
    town.place.write("finance.yaml", ONLY_A.replace("2000", "5"))
    assert town.told()["banks"] == {"bank-a": 5}
    assert town.incidents() == []


def test_a_removal_from_the_list_counts_without_a_restart(town: Town) -> None:
    assert town.told()["firms"] == {}
    town.place.write(CORE, LIST.format(uscc=BUYER))
    assert town.told()["firms"] == {BUYER: False}
    gone = "    removed: {on: 2026-06-01, reason: 经营异常, existing: stops}\n"
    town.place.write(CORE, LIST.format(uscc=BUYER) + gone)
    assert town.told()["firms"] == {BUYER: True}
    (town.place.site / CORE).unlink()
    assert town.told()["firms"] == {}


def test_a_broken_file_stays_as_it_was_and_an_incident_says_so_until_it_is_mended(
    town: Town,
) -> None:
    town.place.write(CORE, LIST.format(uscc=BUYER))
    assert town.told()["firms"] == {BUYER: False}
    town.place.write(CORE, LIST.format(uscc=BUYER).replace("by: li", "by: wang"))
    assert town.told()["firms"] == {BUYER: False}
    assert town.incidents() == [("core-list.yaml", "core.same-person")]
    town.told()
    assert len(town.incidents()) == 1
    hub = town.place.hub
    [shown] = incident_view.every(Watch(hub.site, hub.store, hub.clock))
    assert (shown["kind"], shown["waiting"]) == (finance_live.KIND, 0) and shown["remedy"]
    town.place.write(CORE, LIST.format(uscc=BUYER) + "\n# 改好了\n")
    town.told()
    assert town.incidents() == []


def test_one_broken_file_does_not_keep_another_s_bank_in(town: Town) -> None:
    town.place.write(CORE, "title: [\n")
    town.place.write("finance.yaml", ONLY_A)
    assert town.told()["banks"] == {"bank-a": 2000}
    assert [name for name, _ in town.incidents()] == ["core-list.yaml"]


def test_a_file_that_is_gone_decides_nothing(town: Town) -> None:
    (town.place.site / "finance.yaml").unlink()
    assert town.told()["banks"] == {"bank-a": 2000, "bank-b": 2000}
    assert town.incidents() == [("finance.yaml", "file.missing")]
    town.place.write("finance.yaml", FINANCE)
    town.told()
    assert town.incidents() == []


def test_a_unit_that_the_site_does_not_know_yet_is_no_bank_yet(town: Town) -> None:
    more = f'  bank-c: {{uscc: "{compose("320117", 900003)}", requests_per_day: 1, reads_per_day: 1}}\n'
    town.place.write("finance.yaml", FINANCE + more)
    assert set(town.told()["banks"]) == {"bank-a", "bank-b"}
    assert town.incidents() == [("finance.yaml", "finance.unknown-unit")]


def test_another_ca_of_the_firms_counts_at_once_and_so_do_the_checks(town: Town) -> None:
    assert town.told()["trust"] == 1
    (town.place.trust / "second.crt").write_bytes(Authority.make().certificate.pem)
    assert town.told()["trust"] == 2
    shipped = finance_live.finance_file.SHIPPED.read_text("utf-8")
    town.place.write(
        CHECKS, shipped.replace("limit_fen: {value: 300000000", "limit_fen: {value: 7")
    )
    assert town.told()["limit"] == 7


def test_at_the_start_a_broken_file_is_refused_and_a_mended_one_ends_the_incident(
    town: Town,
) -> None:
    town.place.write("finance.yaml", FINANCE.replace(BANK_A, BANK_B))
    town.told()
    assert len(town.incidents()) == 1
    with pytest.raises(Invalid, match=r"finance\.bank-twice"):
        Town(town.place)
    town.place.write("finance.yaml", FINANCE)
    Town(town.place)
    assert town.incidents() == []
