"""Grants that arrive unasked, if the site (ZHIDA_SITE) gives any: each night's run, and its progress."""

from zhida.airflow.grants_dag import grant_dags

globals().update(grant_dags())
