"""The people who run the hub, as the site names them: who may do what, known by which certificate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMER = "former"
"""Has left; what he signed before stays known."""
OPERATE = "operate"
"""May replay, propose, stop and start a leg."""
APPROVE = "approve"
"""May decide on what another has proposed."""
PRIVACY = "privacy"
"""May look up what was exchanged about a person, and take evidence out, for that person or an authority."""
SEE = "see"
"""May see on Airflow's pages what a transfer gave, in clear; each look stands in the ledger."""


@dataclass(frozen=True, slots=True)
class Operator:
    """A person with a key of his or her own; the hub never holds it."""

    name: str
    title: str
    roles: tuple[str, ...]
    certificate: Path
    airflow: str = ""
    """The name by which Airflow knows this person."""


def operator(told: Mapping[str, Any], folder: Path) -> Operator:
    """What one file under ``operators/`` says; ``folder`` is the file's."""
    roles = tuple(told["roles"])
    certificate, airflow = folder / told["certificate"], told.get("airflow", "")
    return Operator(told["operator"], told["title"], roles, certificate, airflow)
