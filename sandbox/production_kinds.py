"""The kinds of town that ``make up`` starts, and which of them lies in a folder."""

from __future__ import annotations

from pathlib import Path

from sandbox import acceptance_district, finance_district, grants_district, mediation_district
from sandbox.district import District
from sandbox.layout import SYSTEMS, UNITS

KINDS = ("core", "whole", "by-hand", "grants", "mediation", "acceptance", "finance")
_FILE = "kind"


def note(folder: Path, kind: str) -> None:
    """This town is of this kind."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _FILE).write_text(kind, "utf-8")


def noted(folder: Path) -> str:
    """The kind of the town in a folder; empty if there has been none."""
    file = folder / _FILE
    return file.read_text("utf-8") if file.exists() else ""


def district_of(folder: Path, kind: str) -> District:
    """The district of a kind, as processes that outlive this one."""
    if kind == "grants":
        names: tuple[str, ...] = grants_district.SYSTEMS
        return District(folder, systems=names, signer=False, detached=True, grants=True)
    if kind == "mediation":
        names = mediation_district.SYSTEMS
        return District(folder, systems=names, signer=False, detached=True, mediation=True)
    if kind == "acceptance":
        names = acceptance_district.SYSTEMS
        return District(folder, systems=names, signer=False, detached=True, acceptance=True)
    if kind == "finance":
        names = finance_district.SYSTEMS
        return District(folder, systems=names, signer=False, detached=True, finance=True)
    hand, whole = kind == "by-hand", kind != "core"
    systems = ("oa",) if hand else SYSTEMS + (UNITS if whole else ())
    return District(
        folder, systems=systems, signer=not hand, detached=True, whole=whole, by_hand=hand
    )
