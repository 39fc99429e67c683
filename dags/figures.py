"""Every minute the hub's figures go where Airflow's statistics go, if they go anywhere."""

from zhida.airflow.figures_dag import figures_dags

globals().update(figures_dags())
