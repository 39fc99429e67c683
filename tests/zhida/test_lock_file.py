"""The lock of a release, read as pip reads it."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from exchange.errors import Fatal
from zhida import lock_file

ROOT = Path(__file__).resolve().parents[2]


def test_our_own_lock_is_what_is_installed_here() -> None:
    wanted = lock_file.read(ROOT / "requirements.lock")
    assert wanted["apache-airflow"] == metadata.version("apache-airflow")
    assert list(lock_file.against_lock(ROOT / "requirements.lock")) == []


def test_another_version_differs_and_what_is_for_another_machine_does_not(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text(
        "# by hand\nkombu==0.1 \\\n    --hash=sha256:00\n    # via zhida\n"
        'lxml==0.2 ; sys_platform == "win32"\nnowhere-to-be-found==1\n'
    )
    (found,) = lock_file.against_lock(lock)
    assert (found.package, found.wanted, found.found) == ("kombu", "0.1", metadata.version("kombu"))


@pytest.mark.parametrize("text", ["", "# nothing\n", "kombu ==== 1\n", "\x00"])
def test_what_is_no_lock_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "lock").write_text(text)
    with pytest.raises(Fatal, match="doctor.lock"):
        lock_file.read(tmp_path / "lock")
    with pytest.raises(Fatal, match="doctor.lock"):
        lock_file.read(tmp_path / "none")


def _distribution(folder: Path, *needs: str) -> None:
    info = folder / "needy-1.0.dist-info"
    info.mkdir()
    lines = "".join(f"Requires-Dist: {need}\n" for need in needs)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: needy\nVersion: 1.0\n{lines}")


def test_what_a_distribution_needs_is_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _distribution(tmp_path, "kombu<1", "lxml", "nowhere; extra == 'x'", "absent-thing>2")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = {each.package: (each.found, each.wanted) for each in lock_file.against_needs("needy")}
    assert found == {"kombu": (metadata.version("kombu"), "<1"), "absent-thing": ("-", ">2")}
