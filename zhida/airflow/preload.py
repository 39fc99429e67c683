"""What every task needs, imported once: tasks are forks of Airflow's scheduler, and find it there.

A task then takes about 0.3 s less. So are readings of dag files forks of its dag processor, every half
minute anew. ``airflow_local_settings.py`` calls it
(docs/how-to/production.md); after an upgrade the scheduler is restarted, as Airflow wants anyway.
"""

from __future__ import annotations

import sys
from importlib import import_module

_PARENTS = frozenset({"scheduler", "worker"})
"""Airflow's programs that start tasks: LocalExecutor's and Celery's."""
_READER = "dag-processor"


def preload() -> None:
    """Import the hub and its adapters in a program that starts tasks, the site's files in one that reads dags."""
    if _READER in sys.argv:
        import_module("zhida.site")
    if not _PARENTS.isdisjoint(sys.argv):
        import_module("zhida.sweep")
        for module in import_module("zhida.hub").ADAPTERS.values():
            import_module(module)
