#!/usr/bin/env bash
# 在 docker/secrets/ 里生成各口令，每个一个文件；已有的不动。中枢密钥的口令须与站点的私钥一致，由你写入。
#   ./make-secrets.sh          容器里的账号是 50000，所以以 root 运行时把文件交给它
set -euo pipefail
umask 077
folder=${1:-$(cd "$(dirname "$0")" && pwd)/secrets}
mkdir -p "$folder"
cd "$folder"

word() { head -c 24 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }
once() { # 文件名 内容
  if [ ! -s "$1" ]; then printf '%s' "$2" >"$1.new" && mv "$1.new" "$1"; fi
}

once postgres_password "$(word)"
once rabbitmq_password "$(word)"
once fernet_key "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')"
once api_key "$(word)"
once jwt_secret "$(word)"
postgres=$(cat postgres_password) rabbitmq=$(cat rabbitmq_password)
once rabbitmq.conf "default_user = zhida
default_pass = $rabbitmq
"
once airflow_database "postgresql+psycopg://zhida:$postgres@postgres:5432/airflow"
once store_url "postgresql+psycopg://zhida:$postgres@postgres:5432/zhida"
once celery_broker "amqp://zhida:$rabbitmq@rabbitmq:5672//"
once celery_results "db+postgresql+psycopg://zhida:$postgres@postgres:5432/airflow"
[ -s connections.json ] || echo '请写 connections.json：{"连接标识": {"host": …}, …}' >&2
[ -s key_password ] || echo '请写 key_password：打开站点私钥的口令' >&2
chmod 600 ./*
# 50000：中枢镜像里的账号；999：RabbitMQ 官方镜像里的账号，它自己读那一个文件。
if [ "$(id -u)" -eq 0 ]; then chown 50000:50000 ./* && chown 999:999 rabbitmq.conf; fi
