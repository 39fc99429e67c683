"""A district that gives grants and does nothing else: its site, and what its bureaus hand over."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sandbox import fact_books, fact_catalogue, fact_site, site_layers
from sandbox.enterprises import District

SYSTEMS = ("oa", "portal", "treasury", "unemployment_fund")
"""The stand-ins that it needs beside the bureaus' lists."""
BOOKS = "facts"
"""Where in the district's folder the bureaus hand over what they know."""


def lay(folder: Path) -> None:
    """The site: four matters, those who decide, pay and speak with firms, and all bureaus. Once."""
    site = folder / "site"
    if not (site / "grants.yaml").exists():
        site_layers.grants_alone(site)
        fact_site.lay(site, folder / BOOKS)


def environment(folder: Path) -> dict[str, str]:
    """The connections to the bureaus' lists."""
    found = fact_site.connections(folder / BOOKS)
    return {f"AIRFLOW_CONN_{name.upper()}": told for name, told in found.items()}


def hand_over(folder: Path, firms: int, today: date) -> dict[str, int]:
    """What every bureau knows of so many firms on a day: bureau → rows."""
    district, held = District(firms, today), fact_catalogue.by_holder(fact_catalogue.load())
    return {
        holder: fact_books.hand_over(folder / BOOKS, holder, facts, district)
        for holder, facts in held.items()
    }
