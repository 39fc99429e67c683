"""A site's own rules go before the shipped ones."""

from __future__ import annotations

from pathlib import Path

from matters import triage_file
from zhida import mediation_files


def test_the_sites_own_file_goes_before_the_shipped_one(tmp_path: Path) -> None:
    shipped = triage_file.SHIPPED
    assert mediation_files.of_site(tmp_path, shipped) == shipped
    own = tmp_path / "matters/mediation/triage.yaml"
    own.mkdir(parents=True)
    assert mediation_files.of_site(tmp_path, shipped) == shipped  # a folder is no file
    own.rmdir()
    own.write_text("triage: own\n", "utf-8")
    assert mediation_files.of_site(tmp_path, shipped) == own
