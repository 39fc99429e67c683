"""One run of a dag in this process, on Airflow's own SQLite: no scheduler needed.

Mostly a matter's: one sweep. The hub's own (``zhida_grants``…) are run as they stand.

A scheduler runs the recovery beside it; here what did not answer is asked again first.

``python -m zhida.airflow.once newborn`` for a first look, for the demo and for tests; everything
else is as in production: the same dag, trigger, operators, Airflow database, XCom and logs.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

from exchange.errors import ZhidaError
from zhida import site
from zhida.environment import site_folder
from zhida.output import exit_code, tell
from zhida.watch import open_watch

OWN = "zhida_"
"""How the ids of the dags begin that are no matter's."""
DAGS = Path(__file__).resolve().parents[2] / "dags"


def settings(home: Path, dags: Path = DAGS) -> dict[str, str]:
    """The environment of an embedded Airflow in ``home``; to be set before Airflow is imported."""
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    }


def run(matter: str, turns: int = 1) -> bool:
    """Run the dag ``turns`` times; True if every run succeeded. A mistake of the site's is raised."""
    from airflow.dag_processing.dagbag import DagBag
    from airflow.utils.db import initdb

    is_own = matter.startswith(OWN)
    if not is_own:
        site.load(site_folder()).matter(matter)
    initdb()
    bag = DagBag(dag_folder=os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    dag = bag.get_dag(matter)
    if dag is None:
        for file, error in bag.import_errors.items():
            print(file, error, sep="\n", file=sys.stderr)  # noqa: T201
        return False
    states = []
    for _ in range(turns):  # a red turn does not stop the others
        if not is_own:
            recover(bag, matter)
        states.append(dag.test().state)
    return all(state == "success" for state in states)


def recover(bag: Any, matter: str) -> None:
    """Until the matter has work that can be done, ask again what did not answer."""
    with open_watch() as watch:
        while not watch.has_work(matter):
            if watch.has_aside():
                bag.get_dag("zhida_recovery").test()
            else:
                time.sleep(1)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="zhida.airflow.once", description=__doc__)
    parser.add_argument("matter")
    parser.add_argument("--turns", type=int, default=1)
    told = parser.parse_args()
    home = Path(os.environ.get("AIRFLOW_HOME") or Path(os.environ["ZHIDA_VAR"]) / "airflow")
    os.environ.update(settings(home) | {k: v for k, v in os.environ.items() if "AIRFLOW_" in k})
    try:
        return 0 if run(told.matter, told.turns) else 1
    except ZhidaError as error:
        tell(error)
        return exit_code(error)


if __name__ == "__main__":
    raise SystemExit(main())
