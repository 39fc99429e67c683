"""Disks that are really full, files that others really may read."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.errors import Fatal
from zhida import doctor_disk
from zhida.doctor_line import Part

PART = Part("machine")


class Disk:
    """A small file system in memory; needs the right to mount one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, options: str) -> Path:
        self.folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "none", str(self.folder)]
        if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
            self.folder.rmdir()
            pytest.skip("mounting a tmpfs needs root")
        return self.folder


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    found = Disk(tmp_path / "disk")
    yield found
    if found.folder.exists():
        subprocess.run(["umount", str(found.folder)], check=True)


def looked(folder: Path) -> list[tuple[str, str]]:
    lines = list(PART.tried("数据目录", lambda: doctor_disk._folder("数据目录", folder)))
    return [(line.state, line.code) for line in lines]


def test_a_disk_with_room_is_good(tmp_path: Path) -> None:
    if shutil.disk_usage(tmp_path).free > doctor_disk.LITTLE:
        assert looked(tmp_path) == [("good", "")]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("size=600m", ("note", "doctor.disk-little")),
        ("size=2m", ("bad", "doctor.disk")),
        ("size=2g,nr_inodes=20", ("bad", "doctor.inodes")),
    ],
)
def test_a_small_disk_is_told(disk: Disk, options: str, told: tuple[str, str]) -> None:
    assert looked(disk.make(options)) == [told]


def test_a_full_disk_can_not_be_written(disk: Disk) -> None:
    folder = disk.make("size=64k")
    with pytest.raises(OSError, match="No space"), (folder / "big").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    assert looked(folder) == [("bad", "doctor.no-folder")]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert looked(tmp_path / "none") == [("bad", "doctor.no-folder")]
    with pytest.raises(Fatal, match="doctor.no-folder"):
        doctor_disk.space(PART, "x", tmp_path / "none")


def test_what_others_may_read_is_told_and_what_is_not_there_is_not(tmp_path: Path) -> None:
    files = []
    for mode in (0o600, 0o640, 0o644, 0o700):
        file = tmp_path / f"{mode:o}.key"
        file.touch()
        file.chmod(mode)
        files.append(file)
    lines = list(doctor_disk.modes([*files, tmp_path / "none"]))
    assert [(line.state, line.code) for line in lines] == [
        ("note", "doctor.mode-group"),
        ("bad", "doctor.mode"),
    ]
    assert "0644" in lines[1].what
    (line,) = doctor_disk.modes([files[0], files[3], tmp_path / "none"])
    assert (line.state, line.what) == ("good", "2 处，只有属主可读")


def test_umask_and_time_zone() -> None:
    assert [doctor_disk.umask(each).state for each in (0o022, 0o077, 0o002, 0)] == [
        "good", "good", "note", "note",
    ]  # fmt: skip
    assert [doctor_disk.time_zone(each * 3600).state for each in (8, 0, 9)] == [
        "good", "good", "note",
    ]  # fmt: skip
    assert doctor_disk.umask(doctor_disk._umask()).what == f"{_real_umask():04o}"


def _real_umask() -> int:
    found = os.umask(0o077)
    os.umask(found)
    return found


def test_everything_at_once(tmp_path: Path) -> None:
    titles = [line.title for line in doctor_disk.look({"数据目录": tmp_path}, [])]
    assert titles == ["数据目录", "密钥文件的权限", "umask", "时区"]
