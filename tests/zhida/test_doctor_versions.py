"""Python, packages, lock: what is not as this release wants it is named with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhida import doctor_versions

ROOT = Path(__file__).resolve().parents[2]


def test_here_everything_is_as_it_should_be() -> None:
    found = {line.title: line.state for line in doctor_versions.look(ROOT / "requirements.lock")}
    assert found["Python"] == found["锁定文件"] == "good"
    assert "bad" not in found.values()
    assert [each.state for each in doctor_versions.look(None)][-1] == "open"


@pytest.mark.parametrize("found", [(3, 10), (3, 14)])
def test_another_python_is_bad(found: tuple[int, int]) -> None:
    line = doctor_versions.python(found)
    assert (line.state, line.code) == ("bad", "doctor.python")


@pytest.mark.parametrize(
    ("found", "state"), [("5.6.3", "good"), ("5.7.0", "bad"), ("6.0", "bad"), ("-", "open")]
)
def test_a_celery_that_ends_at_once_is_bad(found: str, state: str) -> None:
    assert doctor_versions.celery(found).state == state


def test_a_lock_of_another_release_is_told_package_by_package_and_then_by_number(
    tmp_path: Path,
) -> None:
    names = ("kombu", "lxml", "orjson", "paramiko", "polars", "requests", "rich")
    (tmp_path / "lock").write_text("".join(f"{name}==0.0.1\n" for name in names))
    lines = [line for line in doctor_versions.look(tmp_path / "lock") if line.title == "锁定文件"]
    assert [line.code for line in lines] == ["doctor.package"] * 5 + ["doctor.packages"]
    assert "2" in lines[-1].what
    (broken,) = [x for x in doctor_versions.look(tmp_path / "none") if x.title == "锁定文件"]
    assert (broken.state, broken.code) == ("bad", "doctor.lock")
