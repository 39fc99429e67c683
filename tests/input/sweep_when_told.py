"""A hub that sweeps once for each line on stdin (how many seconds its clock is ahead).

One JSON object a line on stdout: the sick items and the process's peak of memory in KiB.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path

from exchange.ports import utc_now
from zhida import site, sweep
from zhida.hub import Hub


def peak_kib() -> int:
    """VmHWM (proc(5)). ``ru_maxrss`` would also count the process that started this one."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])


def main() -> None:
    ahead = timedelta(0)
    hub = Hub(
        site.load(Path(os.environ["ZHIDA_SITE"])),
        var=Path(os.environ["ZHIDA_VAR"]),
        secret=os.environ["ZHIDA_KEY_PASSWORD"].encode(),
        clock=lambda: utc_now() + ahead,
    )
    for line in sys.stdin:
        ahead = timedelta(seconds=float(line))
        reports = sweep.sweep(hub, hub.site.matter("newborn"))
        sick = {report.item: report.sick.code for report in reports if report.sick}
        print(json.dumps({"sick": sick, "peak": peak_kib()}), flush=True)
    hub.close()


if __name__ == "__main__":
    main()
