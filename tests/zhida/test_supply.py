"""The bill of materials, the page of licences, the wheel: made of the lock, and nothing linked in that may not be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from zhida import licences, lock_file, sbom, supply
from zhida.supply import Package

ROOT = Path(__file__).resolve().parents[2]
LOCK, WITH_CELERY = ROOT / "docker/requirements.lock", ROOT / "docker/requirements-celery.lock"
PAGE = ROOT / "docs/licences.md"
TOOLS = ROOT / "var/peers/containers/bin/python"


def test_nothing_of_production_is_gpl_or_unknown_and_weak_ones_are_justified() -> None:
    assert licences.refused(supply.packages(LOCK)) == []


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "AGPL-3.0", "NOASSERTION", "LGPL-3.0-only"])
def test_what_may_not_be_linked_in_is_told(licence: str) -> None:
    assert licences.refused([Package("new", "1", (), licence)]) == [f"new: {licence}"]
    assert "**" in licences.page([Package("new", "1", (), licence)])


def test_the_page_is_of_this_lock_and_says_what_the_packages_say() -> None:
    rows = [line.split(" | ") for line in PAGE.read_text("utf-8").splitlines()]
    told = {
        row[0][2:]: (row[1], row[2]) for row in rows if len(row) == 4 and row[0][2:] != "软件包"
    }
    assert {name: version for name, (version, _) in told.items()} == lock_file.read(WITH_CELERY)
    assert {e.name: (e.version, e.licence) for e in supply.packages(LOCK)}.items() <= told.items()
    assert "**" not in PAGE.read_text("utf-8").replace("**没有**", "")


def test_the_locks_of_production_are_of_the_same_versions_as_that_of_the_tests() -> None:
    mine, theirs = lock_file.read(ROOT / "requirements.lock"), lock_file.read(LOCK)
    assert theirs.items() <= mine.items()
    assert theirs.items() <= lock_file.read(WITH_CELERY).items()
    assert "pytest" not in theirs
    assert lock_file.read(WITH_CELERY)["celery"] < "5.7"


def test_every_package_of_a_lock_has_hashes() -> None:
    assert [e.name for e in supply.packages(WITH_CELERY) if not e.hashes] == []


def test_the_bill_is_the_same_each_time_and_names_what_may_be_installed() -> None:
    first = sbom.dumps(LOCK)
    assert first == sbom.dumps(LOCK)
    told = json.loads(first)
    zeep = next(each for each in told["components"] if each["name"] == "zeep")
    assert zeep["purl"].startswith("pkg:pypi/zeep@")
    (where,) = zeep["externalReferences"]
    assert {each["content"] for each in where["hashes"]} <= set(_hashes(LOCK, "zeep"))
    assert told["serialNumber"] != json.loads(sbom.dumps(WITH_CELERY))["serialNumber"]


def _hashes(lock: Path, name: str) -> Iterable[str]:
    text = lock.read_text("utf-8").partition(f"\n{name}==")[2].partition("# via")[0]
    return [word.partition(":")[2] for word in text.split() if word.startswith("--hash=")]


@pytest.mark.peer("containers")
@pytest.mark.skipif(not TOOLS.exists(), reason="tests/peers/install.sh heavy")
def test_the_bill_is_valid_to_its_own_standard() -> None:
    """By CycloneDX's library, against the schema of 1.6."""
    script = (
        "import sys\n"
        "from cyclonedx.schema import SchemaVersion\n"
        "from cyclonedx.validation.json import JsonStrictValidator as V\n"
        "found = V(SchemaVersion.V1_6).validate_str(sys.stdin.read())\n"
        "sys.exit(str(found) if found else 0)"
    )

    def validated(text: str) -> int:
        words = [str(TOOLS), "-c", script]
        done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
        return done.returncode

    good = sbom.dumps(LOCK)
    assert validated(good) == 0
    assert validated(good.replace('"type": "library"', '"type": "libary"', 1)) == 1


def test_the_wheel_is_the_same_bytes_from_another_folder_at_another_time(tmp_path: Path) -> None:
    made = [_wheel(tmp_path / name, mask) for name, mask in (("a", "022"), ("b", "077"))]
    assert made[0] == made[1]


def _wheel(folder: Path, mask: str) -> bytes:
    """As ``make wheel`` makes it, whatever the umask of who has checked it out."""
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        (folder / "tree").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / "tree" / name)
    for name in ("crypto", "exchange", "mappings", "connectors", "adapters", "matters", "zhida"):
        shutil.copytree(
            ROOT / name, folder / "tree" / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    os.utime(folder / "tree/setup.cfg", (int(mask), int(mask)))
    pip = f"{sys.executable} -m pip wheel -q --no-deps --no-build-isolation --no-index -w {folder}"
    subprocess.run(
        ["sh", "-ec", f"umask 022; {pip} {folder / 'tree'}"],
        env={**os.environ, "SOURCE_DATE_EPOCH": "1764374400"},
        check=True,
    )
    (wheel,) = folder.glob("zhida-*.whl")
    return wheel.read_bytes()
