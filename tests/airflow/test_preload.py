"""Programs of Airflow that start tasks load the hub; the others stay small."""

import subprocess
import sys

import pytest

_LOOK = """
import sys
from zhida.airflow.preload import preload

preload()
print("adapters.public_security" in sys.modules, "sqlalchemy" in sys.modules)
"""


@pytest.mark.parametrize("words", [["scheduler", "--skip-serve-logs"], ["celery", "worker"]])
def test_who_forks_tasks_has_the_hub_loaded(words: list[str]) -> None:
    assert _loaded(words) == "True True"


@pytest.mark.parametrize("words", [["api-server"], ["triggerer"], ["dag-processor"], []])
def test_nobody_else_loads_it(words: list[str]) -> None:
    assert _loaded(words) == "False False"


def _loaded(words: list[str]) -> str:
    command = [sys.executable, "-c", _LOOK, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
