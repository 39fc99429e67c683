"""The heads of the ledger go to those outside, if the site (ZHIDA_SITE) names any."""

from zhida.airflow.outside_dag import outside_dags

globals().update(outside_dags())
