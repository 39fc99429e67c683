"""The daily comparison of books with every system that keeps some (ZHIDA_SITE)."""

from zhida.airflow.reconcile_dag import reconcile_dag

dag = reconcile_dag()
