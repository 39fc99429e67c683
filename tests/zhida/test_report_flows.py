"""The report of flows: its first line, whose turn it is, and each thing followed to where it is now."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange.errors import Rejected
from exchange.store import case_rows, upsert
from exchange.store.tables import inbox
from tests.zhida.catalogue_site import Place, ago, place
from zhida import cli, report_flows

LEG = "newborn/household"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    found = place(tmp_path)
    for n, state in enumerate(("applied", "applied", "parked", "ready")):
        case = found.case(f"c{n}", ago(days=3))
        with found.store.read() as connection:
            told = case_rows.documents(connection, case)["declaration"]
        found.entry("document", told, case)
        with found.store.write() as connection:
            case_rows.set_item(connection, case, "household", {"state": state})
            upsert.put(
                connection,
                inbox,
                {"source": "oa", "key": case, "content": "", "document": told, "first_at": ""},
            )
    yield found
    found.store.close()


def run(here: Place, *options: str) -> Any:
    return CliRunner().invoke(cli.app, ["report", "flows", *options], env=here.env)


def test_what_came_in_is_what_is_told_and_the_first_line_says_so(here: Place) -> None:
    found = report_flows.told(here.watch(), "newborn")
    [row] = [each for each in found["flows"] if each["flow"] == LEG]
    assert (row["in"], row["counts"]) == (4, {"applied": 2, "parked": 1, "in-flight": 1})
    assert row["title"] == "新生儿出生一件事 · 出生登记"
    report = report_flows.report(here.watch(), found)
    assert "都平" in report.lead and "待人工 1" in report.lead
    [todo] = [each for each in report.told() if each["what"].startswith(row["title"])]
    assert "1 件待人工" in todo["what"] and "--matter newborn --item household" in todo["do"]
    with here.store.read() as connection:
        counted = connection.exec_driver_sql(
            "SELECT state, count(*) FROM case_item WHERE item='household' GROUP BY state"
        ).all()
    assert dict(map(tuple, counted)) == {"applied": 2, "parked": 1, "ready": 1}


def test_each_thing_is_followed_to_where_it_is(here: Place) -> None:
    rows = report_flows.trace(here.watch(), LEG)
    assert Counter(row["value"] for row in rows) == {"已办结": 2, "待人工": 1, "在途": 1}
    assert {row["kind"] for row in rows} == {"case-opened"}
    with pytest.raises(Rejected, match=r"report\.no-figure"):
        report_flows.trace(here.watch(), "newborn/houshold")


def test_what_is_nowhere_is_loud_and_is_named(here: Place) -> None:
    with here.store.write() as connection:
        connection.exec_driver_sql("DELETE FROM case_item WHERE \"case\"='c0' AND item='household'")
    done = run(here, "--json", "--matter", "newborn")
    assert done.exit_code == 1 and "flows.unbalanced" in done.stderr
    told = json.loads(done.stdout)
    assert told["headline"].startswith("1 条流不平，1 件去向不明")
    assert LEG in told["todo"][0]["do"]
    values = {row["case"]: row["value"] for row in report_flows.trace(here.watch(), LEG)}
    assert values["c0"] == "去向不明"


def test_a_source_s_messages_are_followed(here: Place) -> None:
    rows = report_flows.trace(here.watch(), "oa")
    assert [(row["kind"], row["value"]) for row in rows] == [("case-opened", "受理")] * 4


def test_what_nobody_sent_is_told_without_a_flow_to_follow(here: Place) -> None:
    here.case("c9", ago(days=1))
    found = report_flows.told(here.watch())
    report = report_flows.report(here.watch(), found)
    [todo] = [each for each in report.told() if "无主" in each["what"]]
    assert "--trace" not in todo["do"] and "zhida ledger verify" in todo["do"]


def test_as_files(here: Place, tmp_path: Path) -> None:
    names = [str(tmp_path / f"r.{end}") for end in ("docx", "xlsx", "html", "md")]
    done = run(here, *(word for name in names for word in ("-o", name)))
    assert done.exit_code == 0, done.output
    assert "收到的消息" in Path(names[2]).read_text("utf-8")
