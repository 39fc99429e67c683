"""Where a joint service is written down: in the site's own folder, else in the package."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def find(site: Path, name: str) -> Path:
    """The file of the matter ``name``; a bureau's own comes before ours of the same name.

    One file (``matters/<name>.yaml``), or a folder when more belongs to it. The package's file is
    named even if it does not exist: reading it tells what is missing.
    """
    own = (site / "matters" / f"{name}.yaml", site / "matters" / name / "matter.yaml")
    packaged = Path(str(resources.files("matters") / name / "matter.yaml"))
    return next((path for path in own if path.is_file()), packaged)
