"""What bureaus know of enterprises, if the site (ZHIDA_SITE) takes any of it in: each source when it is due."""

from zhida.airflow.facts_dag import fact_dags

globals().update(fact_dags())
