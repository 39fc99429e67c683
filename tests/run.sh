#!/usr/bin/env bash
# The suite, as `make test` runs it: two workers a core if memory allows (2.5 GB each with their servers), for half of
# their time they wait for a server, a process or a disk; and in memory where there is room, so that a thousand
# commits wait for no disk. More words go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."

place=()
room=$(df --output=avail -k /dev/shm 2>/dev/null | tail -1 || true)
free=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)
workers=$(printf '%s\n' 6 $(( $(nproc) * 2 )) $(( free / 2500000 )) | sort -n | head -1)
(( workers > 0 )) || workers=1
if (( ${room:-0} > 8000000 && free > 12000000 )); then
  shm=$(mktemp -d /dev/shm/zhida-tests.XXXXXX)
  trap 'rm -rf "$shm"' EXIT
  place=(--basetemp="$shm/t")
fi
.venv/bin/python -m pytest -m "not peer" -n "$workers" --dist=loadfile --no-loadscope-reorder "${place[@]}" "$@"
