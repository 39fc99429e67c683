"""What people have answered in systems that tell so, if the site (ZHIDA_SITE) has any."""

from zhida.airflow.news_dag import news_dags

globals().update(news_dags())
