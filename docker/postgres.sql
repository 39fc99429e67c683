-- 数据目录还空着的第一次启动时运行一次。两个库：中枢的账，Airflow 的元数据。
CREATE DATABASE airflow OWNER zhida;
-- 被杀的调度留下的空闲事务，30 秒后由数据库放开（docs/how-to/production.md“调度被杀之后”）。
ALTER DATABASE airflow SET idle_in_transaction_session_timeout = '30s';
