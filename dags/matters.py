"""One dag for each joint service of the site (ZHIDA_SITE)."""

from zhida.airflow.dag_factory import matter_dags

globals().update(matter_dags())
