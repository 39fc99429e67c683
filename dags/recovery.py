"""Systems and sources that did not answer are asked again beside the sweeps (ZHIDA_SITE)."""

from zhida.airflow.recovery_dag import recovery_dag

dag = recovery_dag()
