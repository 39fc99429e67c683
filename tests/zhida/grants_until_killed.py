"""A hub's process that works on grants and dies at a chosen line: ``kill -9``, from within itself.

One JSON object a line on stdin (``{"folder": …, "mark": "begin.ends", "line": 12, "ahead": 6.0}``), two
answers a line on stdout: the child's pid, and what became of it. The child lets the awards move on,
sweeps the matters, and kills itself at the 12th line of ours after the mark; with ``line`` 0 it lives, and tells how many there were. The
parent opens nothing that a child could inherit: no store, no lock, no thread.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.zhida import grant_town
from tests.zhida.grant_town import Town, policy
from tests.zhida.sweep_until_killed import LineCounter, main
from zhida import sweep

WARM = ("adapters.desk", "tests.zhida.grant_office", "zhida.grant_advance")


def child(order: dict[str, Any]) -> None:
    counter = LineCounter(order["mark"], order["line"])
    with grant_town.installed():
        town = Town(Path(order["folder"]), ahead=order["ahead"])
        town.policies = {"hi-tech": policy()}
        counter.start()
        town.advance()
        for name in grant_town.MATTERS:
            list(sweep.sweep(town.hub, town.hub.site.matter(name)))
        town.advance()
        counter.stop()
        town.close()
    print(json.dumps({"lines": counter.lines}), flush=True)


if __name__ == "__main__":
    main(child, WARM)
