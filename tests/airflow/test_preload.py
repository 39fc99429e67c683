"""Programs of Airflow that start tasks load the hub; the others stay small."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.process import ROOT

_LOOK = """
import sys
from zhida.airflow.preload import preload

preload()
names = ("adapters.public_security", "sqlalchemy", "zhida.site")
print(*(name in sys.modules for name in names))
"""


@pytest.mark.parametrize("words", [["scheduler", "--skip-serve-logs"], ["celery", "worker"]])
def test_who_forks_tasks_has_the_hub_loaded(words: list[str]) -> None:
    assert _loaded(words) == "True True True"


def test_who_forks_readers_of_dags_has_the_site_s_files_loaded_and_no_store() -> None:
    assert _loaded(["dag-processor"]) == "False False True"


@pytest.mark.parametrize("words", [["api-server"], ["triggerer"], []])
def test_nobody_else_loads_it(words: list[str]) -> None:
    assert _loaded(words) == "False False False"


def _loaded(words: list[str]) -> str:
    command = [sys.executable, "-c", _LOOK, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


_DAGS = """
import sys
from airflow.dag_processing.dagbag import DagBag

bag = DagBag(dag_folder=sys.argv[1])
assert not bag.import_errors and len(bag.dags) >= 3, bag.import_errors
heavy = ("adapters.", "connectors.", "crypto.", "sandbox.", "exchange.store.", "zhida.hub.", "zhida.sync_file.")
table = {"connectors", "connectors.connection_fields"}  # Airflow asks our provider for it at every start
print(*sorted(n for n in sys.modules if f"{n}.".startswith(heavy) and n not in table))
"""


def test_reading_all_dag_files_loads_neither_store_nor_adapters_nor_keys(tmp_path: Path) -> None:
    """They are read every half minute, in a fork each (S10)."""
    told = {"AIRFLOW_HOME": str(tmp_path), "ZHIDA_SITE": str(ROOT / "sandbox/site")}
    command = [sys.executable, "-c", _DAGS, str(ROOT / "dags")]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=ROOT, env=os.environ | told
    )
    assert done.stdout.splitlines()[-1] == ""
