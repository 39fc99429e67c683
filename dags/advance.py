"""Joint work that goes on by what units tell (labour disputes, joint acceptance): a step of all every minute."""

from zhida.airflow.advance_dag import advance_dags

globals().update(advance_dags())
