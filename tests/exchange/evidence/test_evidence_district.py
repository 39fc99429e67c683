"""Evidence of a real case: a newborn through the sandbox's systems, exported and checked by CLI."""

import json
import os
import subprocess
import sys
import time

import pytest

from exchange.evidence_zip import pack, unpack
from exchange.store import schema
from sandbox.births import birth
from sandbox.clerk import Clerk
from sandbox.district import District
from zhida import sweep
from zhida.hub import open_hub


def zhida(*arguments, env):
    command = [sys.executable, "-m", "zhida", *map(str, arguments)]
    return subprocess.run(
        command, env=os.environ | env, capture_output=True, text=True, timeout=120, check=False
    )


def export(district, *words):
    env = district.env | district.operator_env("li")
    return zhida("evidence", "export", *words, "--reason", "法院调取", env=env)


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A district in which one newborn was registered: its folder, environment and case."""
    with (
        District(tmp_path_factory.mktemp("district")) as district,
        pytest.MonkeyPatch.context() as m,
    ):
        for name, value in district.env.items():
            m.setenv(name, value)
        born = birth(1)
        district.birth(born.facts)
        Clerk(f"{district.system('oa').address}/services/WorkflowService").fill_in(born.form)
        with open_hub() as hub:
            schema.upgrade(hub.store)
            for _ in range(60):  # the signer hands the birth over when it has read it
                sweep.sweep(hub, hub.site.matter("newborn"))
                listed = zhida("case", "list", "--json", env=district.env)
                (found,) = json.loads(listed.stdout)
                if found["state"] == "done":
                    break
                time.sleep(0.5)
        assert found["state"] == "done"
        yield district, found["case"]


@pytest.fixture(scope="module")
def file(case, tmp_path_factory):
    district, identifier = case
    path = tmp_path_factory.mktemp("out") / "evidence.zip"
    made = export(district, identifier[:12], "-o", path)
    assert made.returncode == 0, made.stderr
    return path


NOTHING = {"COLUMNS": "160", "ZHIDA_SITE": "", "ZHIDA_VAR": "", "ZHIDA_KEY_PASSWORD": ""}
"""The checker has no site, no store and no key."""


def verify(path, trust, *options):
    return zhida("evidence", "verify", path, "--trust", trust, *options, env=NOTHING)


def test_the_evidence_of_a_real_case_verifies_with_the_trust_folder_alone(case, file):
    district, identifier = case
    done = verify(file, district.directory / "trust", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["authentic"], told["case"]) == (True, identifier)
    custody = {
        each["kind"]: (each["custody"], each["signature"]["unit"]) for each in told["documents"]
    }
    assert custody["birth-record"] == ("unit", "hospital")
    assert custody["citizen-id"] == ("hub", "hub")
    shown = verify(file, district.directory / "trust").stdout
    assert "证据属实" in shown
    assert "单位自管密钥" in shown


def test_a_receivers_evidence_of_a_real_case_verifies(case, tmp_path):
    district, identifier = case
    path = tmp_path / "unit.zip"
    made = export(district, identifier, "-o", path, "--unit", "medical-insurance")
    assert made.returncode == 0, made.stderr
    told = json.loads(verify(path, district.directory / "trust", "--json").stdout)
    assert {each["receiver"] for each in told["transfers"]} == {"medical-insurance"}


def test_the_exit_codes_tell_why_it_is_not_true(case, file, tmp_path):
    trust = case[0].directory / "trust"
    changed = tmp_path / "changed.zip"
    members = unpack(file.read_bytes())
    name = next(name for name in members if name.startswith("transfers/"))
    changed.write_bytes(pack(members | {name: members[name].replace(b"a", b"b", 1)}))
    assert verify(changed, trust).returncode == 2
    changed.write_bytes(file.read_bytes()[:-1])
    assert verify(changed, trust).returncode == 4
    (tmp_path / "empty").mkdir()
    assert verify(file, tmp_path / "empty").returncode == 5
    refused = verify(file, tmp_path / "empty", "--json")
    assert json.loads(refused.stdout)["exit"] == 5
    assert zhida("evidence", "verify", file, env=NOTHING).returncode == 5
    assert verify(file, trust, "--at", "2020-01-01T00:00:00Z").returncode == 2
    assert verify(file, trust, "--hub", "hospital").returncode == 2


def test_a_head_that_was_kept_binds_the_evidence(case, file, tmp_path):
    district, identifier = case
    kept = tmp_path / "head.jws"
    head = zhida("ledger", "head", "--json", env=district.env)
    kept.write_text(json.loads(head.stdout)["head"] + "\n")
    trust = district.directory / "trust"
    assert verify(file, trust, "--head", kept).returncode == 2, (
        "it is older: its export was noted since"
    )
    path = tmp_path / "evidence.zip"
    export(district, identifier, "-o", path, "--head", kept)
    assert verify(path, trust, "--head", kept).returncode == 0
    kept.write_text("another")
    assert verify(path, trust, "--head", kept).returncode == 2


def test_the_report_is_written_only_for_what_is_true(case, file, tmp_path):
    trust = case[0].directory / "trust"
    path = tmp_path / "report.md"
    done = zhida("evidence", "report", file, "--trust", trust, "-o", path, env=NOTHING)
    assert done.returncode == 0
    assert path.read_text("utf-8").startswith("# 核验报告")
    (tmp_path / "empty").mkdir()
    other = tmp_path / "other.md"
    done = zhida(
        "evidence", "report", file, "--trust", tmp_path / "empty", "-o", other, env=NOTHING
    )
    assert (done.returncode, other.exists()) == (5, False)
