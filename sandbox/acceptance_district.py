"""A district that accepts finished buildings and does nothing else: its site, and who stands in for whom."""

from __future__ import annotations

from pathlib import Path

from sandbox import site_layers
from sandbox.layout import ACCEPTANCE

SYSTEMS = ("oa", "seals", "licences", *ACCEPTANCE)
"""The stand-ins that it needs: everybody's OA, the seal platform, the register of certificates, the
platform of the owners, the library of surveys and reviews."""


def lay(folder: Path) -> None:
    """The site: its matters, its units, and who has which role. Once."""
    site_layers.acceptance_alone(folder / "site")
