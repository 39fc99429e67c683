"""Labour disputes, if the site (ZHIDA_SITE) has their matter: a step of all of them every minute."""

from zhida.airflow.mediation_dag import mediation_dags

globals().update(mediation_dags())
