"""The first line of the report, whose turn it is, and each figure followed to the ledger."""

from __future__ import annotations

import json

import pytest

from exchange.errors import Rejected
from tests.zhida.mediation_report.dispute_town import UNITS, Town
from zhida import report_mediation, report_mediation_findings, report_mediation_trace
from zhida.report_findings import Finding
from zhida.report_mediation import Wanted


def test_the_first_line_says_what_came_of_it_and_who_is_late(lived: Town) -> None:
    told = report_mediation.report(lived.hub, Wanted())
    found = report_mediation_findings.report(lived.hub.site, told, lived.clock())
    assert found.lead.startswith("登记 7 件，受理 5 件；调处成功率 50%（2 ÷ 4，不足 5 件")
    assert "仍逾期 3 个" in found.lead
    late = [each for each in found.todo if isinstance(each, Finding) and "已过期限" in each.what]
    assert {each.who for each in late} == {UNITS["union-hq"], UNITS["people-mediation"]}
    assert any("zhida mediation list --unit union-hq" in each.do for each in late)
    text = json.dumps(list(found.told()), ensure_ascii=False)
    assert not [each for each in {*lived.personal(), *lived.numbers} if each in text]


def test_days_without_a_dispute_ask_nothing(lived: Town) -> None:
    from datetime import date

    told = report_mediation.report(lived.hub, Wanted(date(2027, 1, 1)))
    lead = report_mediation_findings.report(lived.hub.site, told, lived.clock()).lead
    assert lead == "这些天没有登记的争议。没有要办的事。"


def test_every_figure_is_the_number_of_disputes_that_its_trace_names(lived: Town) -> None:
    told = report_mediation.report(lived.hub, Wanted())
    visits, outcomes, aid = told["visits"], told["outcomes"], told["aid"]
    wanted = {"visits": visits["visits"], "cases": visits["cases"], "ended": outcomes["ended"]}
    wanted |= {n: outcomes[n] for n in ("agreed", "failed", "withdrawn", "elsewhere", "pending")}
    wanted |= {"performed": outcomes["performed"], "not-performed": outcomes["not_performed"]}
    wanted |= {f"aid-{name}": aid[name] for name in ("applied", "granted", "assigned", "waiting")}
    for figure, number in wanted.items():
        rows = report_mediation.trace(lived.hub, Wanted(), figure)
        assert len({row["case"] for row in rows}) == number, figure
        assert {row["kind"] for row in rows} <= {"dispute-event"}
    for figure in ("late", "over"):
        rows = report_mediation.trace(lived.hub, Wanted(), figure)
        counted = {row["case"]: row["value"] for row in rows}
        assert sum(counted.values()) == sum(r[figure] for r in told["missed"] if r["unit"])


def test_the_success_rate_by_sql_alone(lived: Town) -> None:
    """Of the disputes that were mediated, the ones in which anybody has told of an agreement."""
    with lived.hub.store.read() as connection:
        agreed = connection.exec_driver_sql(
            "SELECT count(DISTINCT \"case\") FROM dispute_event WHERE name='agreed'"
        ).scalar()
        ended = connection.exec_driver_sql(
            'SELECT count(DISTINCT "case") FROM dispute_event WHERE name IN'
            " ('agreed','failed','withdrawn')"
        ).scalar()
    told = report_mediation.report(lived.hub, Wanted())["outcomes"]
    assert (told["agreed"], told["ended"]) == (agreed, ended) == (2, 4)


def test_a_figure_that_is_none(lived: Town) -> None:
    with pytest.raises(Rejected, match=r"report\.no-figure"):
        report_mediation.trace(lived.hub, Wanted(), "agred")
    assert "agreed" in report_mediation_trace.FIGURES
