"""A district that settles labour disputes and does nothing else: its site, and who stands in for whom."""

from __future__ import annotations

from pathlib import Path

from sandbox import site_layers
from sandbox.layout import DISPUTES

SYSTEMS = ("oa", "seals", *DISPUTES)
"""The stand-ins that it needs: everybody's OA, the seal platform, the platforms of those who have one."""


def lay(folder: Path) -> None:
    """The site: its matters and papers, its units, and who has which role. Once."""
    site_layers.mediation_alone(folder / "site")
    site_layers.mediation_papers(folder / "site")
