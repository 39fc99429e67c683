"""The scheduled syncs of the site (ZHIDA_SITE): each a dag of its own, on its own schedule."""

from zhida.airflow.sync_dag import sync_dags

globals().update(sync_dags())
