"""docs/how-to/write-a-mapping.md was tried: its commands run as written, its file is right."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from mappings.compiler import compile_file
from mappings.yaml_file import read_yaml

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "write-a-mapping.md"
NAME = "desk_citizen_id.yaml"
_BLOCK = re.compile(
    r"^<!-- run: tests/zhida/test_mapping_how_to\.py -->\n```sh\n(.*?)^```", re.M | re.S
)
_FILE = re.compile(r"^<!-- file: (\S+) -->\n```yaml\n(.*?)^```", re.M | re.S)


def bash(script: str, folder: Path) -> tuple[int, str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "120"}
    environment.pop("ZHIDA_SITE", None)
    done = subprocess.run(
        ["bash", "-c", f"set -eu\n{script}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_page_s_commands_in_their_order(tmp_path: Path) -> None:
    text = PAGE.read_text("utf-8")
    draft, check, attempt, diff, docs = _BLOCK.findall(text)
    assert bash(draft, tmp_path)[0] == 0
    assert bash(f"zhida mapping check ./{NAME}", tmp_path)[0] == 1
    [(place, body)] = _FILE.findall(text)
    decided = tmp_path / place
    decided.parent.mkdir()
    decided.write_text(body, "utf-8")
    _same_sides(tmp_path / NAME, decided)
    code, output = bash(check, tmp_path)
    assert code == 0 and "100 %" in output, output
    mapping = compile_file(decided)
    record = mapping.file.tests[0]["source"]
    (tmp_path / "sample.json").write_text(json.dumps(record), "utf-8")
    code, output = bash(attempt, tmp_path)
    assert code == 0 and "汉×3" in output and record["GMSFHM"] not in output
    old = tmp_path / "old" / NAME
    old.parent.mkdir()
    old.write_text(body.replace("from: /sid}", "from: /JBR}"), "utf-8")
    code, output = bash(diff, tmp_path)
    assert code == 1 and "/serial" in output, output
    assert bash(docs, tmp_path)[0] == 0
    assert "公民身份号码" in (tmp_path / "desk_citizen_id.md").read_text("utf-8")


def _same_sides(drafted: Path, decided: Path) -> None:
    one, other = (read_yaml(path.read_text("utf-8")).data for path in (drafted, decided))
    assert (one["from"], one["to"]) == (other["from"], other["to"])
    assert "/JBR" in one["todo"]["from"]
