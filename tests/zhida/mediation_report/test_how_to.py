"""docs/how-to/report-mediation.md was tried: its commands run as written, over disputes that were lived."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from matters import mediation_lists
from sandbox import pki
from tests.zhida.mediation_report.dispute_town import Town

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/how-to/report-mediation.md").read_text("utf-8")
_BLOCK = re.compile(
    r"^<!-- run: tests/zhida/mediation_report/test_how_to\.py -->\n```sh\n(.*?)^```", re.M | re.S
)


def bash(town: Town, script: str, folder: Path, code: int = 0) -> str:
    told = {"ZHIDA_SITE": str(town.folder / "site"), "ZHIDA_VAR": str(town.folder / "var")}
    told |= {"ZHIDA_KEY_PASSWORD": pki.secrets_of(town.folder)["hub"], "COLUMNS": "160"}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", "set -euo pipefail\n" + script],
        cwd=folder,
        env={**os.environ, **told, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_the_report_is_written_as_its_page_says(lived: Town, tmp_path: Path) -> None:
    (block,) = _BLOCK.findall(PAGE)
    told = bash(lived, block, tmp_path)
    assert "劳动争议联合调处报表（2026-01-01 至 2026-12-31 登记" in told
    assert "50%（2 ÷ 4；调解中 1 件，不在分母里）" in told
    assert (
        (tmp_path / "联席会议/联席会议数据包.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    )
    assert (tmp_path / "联席会议/各单位工作量.csv").is_file()
    assert "不足 5 件的不给，共 3 件" in (tmp_path / "案例/说明.md").read_text("utf-8")


def test_every_part_of_the_report_stands_on_the_page(lived: Town, tmp_path: Path) -> None:
    told = bash(lived, "zhida report mediation --pack .", tmp_path)
    assert told
    missing = {each.stem for each in tmp_path.glob("*.csv")} - {
        "总览",
        "接待和办件",
        "调解结果",
        "各步用时（天）",
    }
    assert missing and all(each in PAGE for each in missing)


def test_a_centre_brings_its_own_lists(lived: Town, tmp_path: Path, dispute_site: Path) -> None:
    """As the page says: copied, changed, and told with the line where it is wrong."""
    site = tmp_path / "site"
    shutil.copytree(dispute_site / "site", site)
    (tmp_path / "trust").symlink_to(dispute_site / "trust")
    own = site / mediation_lists.FILE
    own.write_text(
        mediation_lists.SHIPPED.read_text("utf-8").replace("at: [closed]", "at: [close]", 1),
        "utf-8",
    )
    script = f"ZHIDA_SITE={site} zhida check --json || true"
    rows = json.loads(bash(lived, script, tmp_path))
    (row,) = [each for each in rows if each["code"].startswith("lists.")]
    assert "mediation-lists.yaml 第 " in row["what"] and "close，可用：closed" in row["what"]
    with pytest.raises(AssertionError, match=r"lists\.unknown-event"):
        bash(lived, f"ZHIDA_SITE={site} zhida report mediation", tmp_path)
