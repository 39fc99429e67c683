"""The second verifier as a program: its answers, its exit codes, and that it shares nothing."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.verifiers.second import PROGRAM, Second

pytestmark = pytest.mark.guarantee("G5")

EXAMPLES = Path(__file__).parents[2] / "docs" / "evidence-example"
AT = "2026-03-02T02:00:00.000000Z"


def run(*arguments):
    done = subprocess.run(
        ["node", str(PROGRAM), *map(str, arguments)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("suite", ["SM2-SM3", "Ed25519"])
def test_the_examples_of_the_document(suite):
    bundle, root = EXAMPLES / f"{suite}.zip", EXAMPLES / f"{suite}.crt"
    code, said = run(bundle, "--anchor", root, "--at", AT)
    assert (code, said.splitlines()[0]) == (0, f"{bundle}: true")
    assert "no revocation list" in said
    code, said = run(bundle, "--anchor", root, "--at", "2026-03-01T00:00:00.000000Z", "--json")
    told = json.loads(said)
    assert (code, told["code"], told["row"], told["result"]) == (2, 2, 17, "not authentic")
    code, said = run(bundle, "--at", AT)
    assert code == 5
    assert "no anchor of the checker's" in said
    assert run(bundle, "--anchor", bundle, "--at", AT)[0] == 5


def test_a_head_that_was_kept_and_another_hub(tmp_path):
    common = [EXAMPLES / "SM2-SM3.zip", "--anchor", EXAMPLES / "SM2-SM3.crt", "--at", AT]
    (tmp_path / "head").write_text("x")
    assert run(*common, "--head", tmp_path / "head")[0] == 2
    assert run(*common, "--hub", "other")[0] == 2
    assert run(*common, "--hub", "hub")[0] == 0


def test_it_takes_nothing_but_nodes_own_library_and_itself():
    for file in PROGRAM.parent.iterdir():
        assert file.suffix == ".mjs"
        taken = re.findall(r'from "([^"]+)"', file.read_text("utf-8"))
        assert all(name.startswith(("node:", "./")) for name in taken), file.name


def test_without_node_the_tests_say_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AssertionError, match=r"tests/peers/install\.sh"):
        Second(tmp_path).judge([])
