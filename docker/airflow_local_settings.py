"""Airflow runs it when it starts: tasks are forks of the scheduler, which then has the hub loaded."""

from zhida.airflow.preload import preload

__all__: list[str] = []
preload()
