"""What Airflow makes of a matter: one dag, its items as tasks, counts in XCom and nothing more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.births import birth

pytestmark = pytest.mark.airflow

TASKS = ("wait_for_work", "intake", "birth", "household", "insurance", "reply", "close")


@pytest.fixture(scope="module")
def dag(airflow: Any) -> dict[str, Any]:
    found: dict[str, Any] = airflow.ask("describe")
    return found


def test_the_folder_of_dags_holds_one_dag_a_matter_one_for_books_one_for_recovery_and_no_error(
    dag: dict[str, Any],
) -> None:
    assert dag["errors"] == []
    assert dag["dags"] == ["newborn", "zhida_reconcile", "zhida_recovery"]
    assert dag["title"] == "新生儿出生一件事"
    assert dag["runs"] == 1


def test_books_are_compared_at_an_hour_that_is_told_in_the_time_of_beijing(
    dag: dict[str, Any],
) -> None:
    assert dag["books"] == ["30 1 * * *", "Asia/Shanghai"]


def test_the_items_are_tasks_with_chinese_titles_in_the_order_of_their_needs(
    dag: dict[str, Any],
) -> None:
    told = {name: (task["title"], task["after"]) for name, task in dag["tasks"].items()}
    assert told == {
        "wait_for_work": ("等待待办", []),
        "intake": ("受理", ["wait_for_work"]),
        "birth": ("出生医学记录核验", ["intake"]),
        "household": ("出生登记", ["birth"]),
        "insurance": ("城乡居民医保参保", ["household"]),
        "reply": ("办理结果回填", ["birth", "household", "insurance"]),
        "close": ("收尾", ["birth", "household", "insurance", "reply"]),
    }


def test_a_sick_leg_holds_nobody_and_airflow_never_retries(dag: dict[str, Any]) -> None:
    for name, task in dag["tasks"].items():
        assert task["retries"] == 0
        rules = {"wait_for_work": "all_success", "close": "all_done"}
        assert task["rule"] == rules.get(name, "none_skipped")


def test_a_run_takes_a_newborn_through_all_items(airflow: Any, office: Any) -> None:
    certificate = office.bear(1)
    assert airflow.ask("run") == {"run": "success", "tasks": dict.fromkeys(TASKS, "success")}
    assert office.registered(certificate) == 1
    assert set(office.newest().values()) == {"applied"}


def test_a_quiet_wait_ends_the_run_with_every_item_skipped(airflow: Any, office: Any) -> None:
    """Sources are asked once a minute: a run that came upon that is followed by a quiet one."""
    before = len(office.police.wire())
    found = airflow.ask("run", quiet_s=1)
    for _ in range(5):
        if found["tasks"]["wait_for_work"] == "success":
            found = airflow.ask("run", quiet_s=1)
    assert found["tasks"] == dict.fromkeys(TASKS, "skipped") | {"close": "success"}
    assert len(office.police.wire()) == before


def test_xcom_holds_counts_only(airflow: Any, office: Any) -> None:
    kept = airflow.rows("select task_id, key, value from xcom where key = 'return_value'")
    assert {task for task, _, _ in kept} >= {"intake", "household"}
    for _, _, value in kept:
        told = json.loads(value)
        told = json.loads(told) if isinstance(told, str) else told
        assert all(isinstance(count, int) for count in told.values()), told
        assert set(told) <= {
            "opened",
            "known",
            "invalid",
            "applied",
            "ready",
            "busy",
            "unknown",
            "told",
            "answering",
            "silent",
        }


def test_no_name_and_no_number_of_a_person_lies_in_airflow_s_home(
    airflow: Any, office: Any
) -> None:
    told = birth(1)
    canaries = {told.form[name] for name in ("xsexm", "sbrxm", "sbrsfz", "sbrlxdh", "cszmbh")}
    canaries |= {row["gmsfhm"] for row in office.police.books()}
    files = [path.read_bytes() for path in airflow.home.rglob("*") if path.is_file()]
    books = (office.district.directory / "police").glob("books.sqlite*")
    seen = b"".join(path.read_bytes() for path in books)
    for canary in canaries:
        shapes = [canary.encode(), canary.encode("gbk"), json.dumps(canary)[1:-1].encode()]
        assert any(shape in seen for shape in shapes), "the check itself finds nothing"
        assert not any(shape in content for shape in shapes for content in files), canary


def test_the_trigger_fires_when_work_is_due_and_else_ends_quietly(
    airflow: Any, office: Any
) -> None:
    found = airflow.ask("watch", quiet_s=1)
    assert found["class"] == "zhida.airflow.triggers.WorkTrigger"
    assert found["told"] == {"matter": "newborn", "quiet_s": 1}
    assert found["events"] == ["skipped"]
    office.look_now()
    assert airflow.ask("watch", quiet_s=20)["events"] == ["success"]
