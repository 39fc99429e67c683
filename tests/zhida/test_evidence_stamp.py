"""``zhida evidence export --stamp``: a real authority stamps, and a machine without us checks it (G5)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange.errors import ZhidaError
from sandbox.tsa import POLICY, Tsa
from tests.verifiers.second import PROGRAM
from zhida.cli import app
from zhida.output import exit_code

pytestmark = pytest.mark.guarantee("G5")


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tsa]:
    with Tsa(tmp_path_factory.mktemp("tsa")) as found:
        yield found


@pytest.fixture(scope="module")
def site_files(tsa: Tsa) -> dict[str, str]:
    told = f"title: 示例时间戳, connection: tsa, anchor: tsa.crt, policy: {POLICY}"
    return {
        "ledger.yaml": f"time_stamp: {{{told}}}\n",
        "tsa.crt": tsa.anchor.read_text("ascii"),
    }


def run(town: Any, *words: Any, env: dict[str, str] | None = None) -> tuple[int, Any]:
    gone = {name: None for name in os.environ if name.startswith(("ZHIDA_", "AIRFLOW_CONN_"))}
    if words[0] == "export":
        words = (*words, "--reason", "取证")
        env = (town.env if env is None else env) | town.district.operator_env("li")
    found = CliRunner().invoke(
        app, ["evidence", *map(str, words)], env={**gone, **(town.env if env is None else env)}
    )
    if isinstance(found.exception, ZhidaError):
        return exit_code(found.exception), found.exception.code
    return found.exit_code, found.stdout


def test_from_the_authority_to_two_verifiers(town: Any, tsa: Tsa, tmp_path: Path) -> None:
    town.connections["tsa"] = {
        "schema": "http",
        "host": "127.0.0.1",
        "port": tsa.port,
        "extra": {"path": "/tsr"},
    }
    certificate = town.bear(810)
    town.take_in()
    town.finish(certificate)
    case, bundle = town.case(certificate).id, tmp_path / "evidence.zip"
    tsa.faults.append("busy")
    assert run(town, "export", case, "-o", bundle, "--stamp") == (75, "outside.bad-stamp")
    assert not bundle.exists()
    assert run(town, "export", case, "-o", bundle, "--stamp")[0] == 0
    stamps = tmp_path / "tsa"
    stamps.mkdir()
    shutil.copy(tsa.anchor, stamps / "root.crt")
    trust = Path(town.env["ZHIDA_SITE"]).parent / "trust"
    code, said = run(town, "verify", bundle, "--trust", trust, "--tsa", stamps, "--json", env={})
    told = json.loads(said)
    assert (code, told["stamp"]["policy"], told["stamp"]["authority"]) == (0, POLICY, "sandbox TSA")
    code, said = run(town, "report", bundle, "--trust", trust, "--tsa", stamps, env={})
    assert (code, "时间戳机构“sandbox TSA”于" in said) == (0, True)
    code, said = run(town, "verify", bundle, "--trust", trust, "--tsa", trust, "--json", env={})
    assert (code, json.loads(said)["code"]) == (5, "evidence.trust-file")
    node = shutil.which("node")
    assert node
    anchors = [word for each in sorted(trust.glob("*.crt")) for word in ("--anchor", str(each))]
    command = [node, str(PROGRAM), str(bundle), *anchors, "--stamp-anchor", str(tsa.anchor)]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["code"] == 0
    assert "time stamp" not in done.stdout  # it was checked, so nothing is remarked
    assert asked_again(town, case, bundle, tsa) == 1


def asked_again(town: Any, case: str, bundle: Path, tsa: Tsa) -> int:
    """The first export is noted under a head of its own, which has no stamp yet."""
    before = tsa.asked
    again = bundle.with_name("again.zip")
    assert run(town, "export", case, "-o", again, "--stamp")[0] == 0
    return tsa.asked - before


def test_without_an_authority_there_is_none_to_ask(town: Any, tmp_path: Path) -> None:
    site = Path(town.env["ZHIDA_SITE"])
    other = Path(shutil.copytree(site, site.with_name("site-without")))
    (other / "ledger.yaml").unlink()
    certificate = town.bear(811)
    town.take_in()
    words = ("export", town.case(certificate).id, "-o", tmp_path / "x", "--stamp")
    found = run(town, *words, env=town.env | {"ZHIDA_SITE": str(other)})
    assert found[1] == "outside.no-stamper"
