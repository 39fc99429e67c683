"""What every task needs, imported once: tasks are forks of Airflow's scheduler, and find it there.

A task then takes about 0.3 s less. ``airflow_local_settings.py`` calls it
(docs/how-to/production.md); after an upgrade the scheduler is restarted, as Airflow wants anyway.
"""

from __future__ import annotations

import sys
from importlib import import_module

_PARENTS = frozenset({"scheduler", "worker"})
"""Airflow's programs that start tasks: LocalExecutor's and Celery's."""


def preload() -> None:
    """Import the hub and its adapters, in a program that starts tasks; elsewhere nothing."""
    if not _PARENTS.isdisjoint(sys.argv):
        import_module("zhida.sweep")
        for module in import_module("zhida.hub").ADAPTERS.values():
            import_module(module)
