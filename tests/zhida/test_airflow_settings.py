"""Airflow's settings in Airflow's own order, and compared with what Airflow itself reads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.errors import Fatal
from zhida import airflow_settings

CFG = """[core]
executor = CeleryExecutor
fernet_key = from-file
dags_folder = /srv/100%%

[database]
sql_alchemy_conn_cmd = cat /run/secret
"""


def of(folder: Path, **environ: str) -> airflow_settings.Settings:
    (folder / "airflow.cfg").write_text(CFG)
    found = airflow_settings.of({"AIRFLOW_HOME": str(folder), **environ})
    assert found is not None
    return found


def test_without_airflow_there_is_none() -> None:
    assert airflow_settings.of({"PATH": "/bin", "AIRFLOW_CONN_OA": "{}"}) is None


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(
    tmp_path: Path,
) -> None:
    told = of(tmp_path, AIRFLOW__CORE__FERNET_KEY="from-environment")
    assert told.get("core", "fernet_key") == "from-environment"
    assert told.get("core", "executor") == "CeleryExecutor"
    assert told.get("core", "dags_folder") == "/srv/100%"
    assert told.get("scheduler", "orphaned_tasks_check_interval", "300") == "300"
    assert told.home == tmp_path


def test_a_command_is_run_as_airflow_runs_it(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("amqp://a:b@mq//\n")
    told = of(tmp_path, AIRFLOW__CELERY__BROKER_URL_CMD=f"cat {tmp_path}/secret")
    assert told.get("celery", "broker_url") == "amqp://a:b@mq//"
    told = of(tmp_path, AIRFLOW__CELERY__BROKER_URL_CMD=f"cat {tmp_path}/none")
    assert told.get("celery", "broker_url") is None
    assert (
        of(tmp_path, AIRFLOW__API__SECRET_KEY_CMD="no-such-program").get("api", "secret_key")
        is None
    )


def test_what_a_secrets_backend_tells_or_a_command_that_fails_is_not_guessed(
    tmp_path: Path,
) -> None:
    told = of(tmp_path, AIRFLOW__CELERY__BROKER_URL_SECRET="broker")
    assert told.get("database", "sql_alchemy_conn", "sqlite://") is None
    assert told.get("celery", "broker_url") is None


def test_a_file_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "airflow.cfg").write_text("no section\n")
    with pytest.raises(Fatal, match="doctor.airflow-file"):
        airflow_settings.of({"AIRFLOW_HOME": str(tmp_path)})


@pytest.mark.airflow
def test_airflow_reads_the_same(tmp_path: Path) -> None:
    told = of(tmp_path, AIRFLOW__API__BASE_URL="http://hub:8080")
    script = (
        "from airflow.configuration import conf\n"
        "for s, k in (('core','executor'),('core','dags_folder'),('api','base_url')):"
        " print(conf.get(s, k))"
    )
    environ = {"AIRFLOW_HOME": str(tmp_path), "AIRFLOW__API__BASE_URL": "http://hub:8080"}
    (tmp_path / "airflow.cfg").write_text(CFG.replace("sql_alchemy_conn_cmd = cat /run/secret", ""))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    asked = (("core", "executor"), ("core", "dags_folder"), ("api", "base_url"))
    assert done.stdout.split() == [told.get(*each) for each in asked]
