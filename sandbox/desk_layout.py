"""A district whose units have no interface: ``desk_site`` laid over the example site.

Every system but the window's OA goes; what its unit did by an interface it does by the OA. The
matter is the same, without the streams that only an interface has: a hospital that corrects a birth
tells nobody by itself.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from sandbox.process import ROOT

_STREAMS = re.compile(r"(?m)^changes_on:.*\n(?:(?: .*|#.*|)\n)*")


def lay(site: Path) -> None:
    """Change a district's own copy of the example site, once."""
    if (site / "systems" / "window-desk.yaml").exists():
        return
    for file in (site / "systems").glob("*.yaml"):
        if file.name != "oa.yaml":
            file.unlink()
    for file in sorted((ROOT / "sandbox" / "desk_site").glob("*/*.yaml")):
        target = site / file.parent.name / file.name
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(file, target)
    matter = (ROOT / "matters" / "newborn" / "matter.yaml").read_text("utf-8")
    (site / "matters").mkdir(exist_ok=True)
    (site / "matters" / "newborn.yaml").write_text(_STREAMS.sub("", matter), "utf-8")
