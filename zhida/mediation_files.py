"""Rules of disputes that a site may have of its own: ladder, triage, papers."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path("matters") / "mediation"


def of_site(site: Path, shipped: Path) -> Path:
    """The site's file of this name, or else the shipped one."""
    own = site / FOLDER / shipped.name
    return own if own.is_file() else shipped
