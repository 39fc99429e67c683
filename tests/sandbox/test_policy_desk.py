"""The desk is laid anew each time; that one can work at it is shown by tests/test_policy_how_to.py."""

from __future__ import annotations

from pathlib import Path

from sandbox import policy_desk


def test_it_is_laid_anew_and_its_secrets_are_its_owner_s(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    (folder / "site").mkdir(parents=True)
    (folder / "site/left.yaml").write_text("left: over\n", "utf-8")
    policy_desk.lay(folder, firms=2)
    assert not (folder / "site/left.yaml").exists()
    assert (folder / "env.sh").stat().st_mode & 0o777 == 0o600
    told = (folder / "env.sh").read_text("utf-8")
    assert f"export ZHIDA_SITE={folder}/site\n" in told
    named = {line.partition("=")[0] for line in told.splitlines()}
    systems = [file.stem for file in (folder / "site/systems").glob("*.yaml")]
    assert len([name for name in named if "AIRFLOW_CONN_" in name]) == len(systems) > 20
