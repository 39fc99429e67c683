"""Evidence that leaves the hub: by whom and why stands in the ledger, and nobody else reads the file."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange import canonical
from exchange.errors import ZhidaError
from exchange.store import subject_rows
from sandbox.births import birth
from tests.zhida.conftest import Town
from zhida import evidence_out, operators, person
from zhida.cli import app
from zhida.person_told import Telling
from zhida.site_operators import PRIVACY

WHY = ("--reason", "法院调取")


@pytest.fixture(scope="module")
def case(town: Town) -> str:
    certificate = town.bear(1)
    town.finish(certificate)
    return town.case(certificate).id


def export(town: Town, *words: Any, who: str = "li") -> str:
    """The code of the problem; empty if it worked."""
    gone = {name: None for name in os.environ if name.startswith(("ZHIDA_", "AIRFLOW_CONN_"))}
    env = town.env | (town.district.operator_env(who) if who else {})
    done = CliRunner().invoke(app, ["evidence", "export", *map(str, words)], env={**gone, **env})
    if isinstance(done.exception, ZhidaError):
        return done.exception.code
    assert done.exit_code == 0, done.output
    return ""


def notes(town: Town, case: str) -> list[Any]:
    with town.hub.store.read() as connection:
        found = subject_rows.notes(connection, [case], (evidence_out.EXPORT,))
    return [canonical.loads(each[3]) for each in found]


def test_nothing_goes_out_without_the_right_a_reason_or_over_a_file(
    town: Town, case: str, tmp_path: Path
) -> None:
    out = tmp_path / "e.zip"
    assert export(town, case, "-o", out, *WHY, who="") == "operator.not-named"
    assert export(town, case, "-o", out, *WHY, who="wang") == "operator.no-role"
    assert export(town, case, "-o", out) == "operator.reason-missing"
    assert not out.exists()
    out.write_bytes(b"mine")
    assert export(town, case, "-o", out, *WHY) == "cli.exists"
    assert out.read_bytes() == b"mine"
    assert notes(town, case) == []


def test_who_took_it_out_and_why_is_signed_and_told_to_the_person(
    town: Town, case: str, tmp_path: Path
) -> None:
    out = tmp_path / "e.zip"
    assert export(town, case, "-o", out, "--unit", "public-security", *WHY) == ""
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    [body] = notes(town, case)
    assert body["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    told = operators.verify(town.hub.site, body["token"], role=PRIVACY)
    assert (told.action, told.reason, told.operator) == ("evidence-export", "法院调取", "li")
    assert told.target == {"case": case, "part": body["part"], "sha256": body["sha256"]}
    assert body["part"] == {"unit": "public-security"}
    whom = person.of_number(town.hub, str(birth(1).facts["mother"]["id_number"]))
    looks = Telling(town.hub.site, person.look(town.hub, whom, 100)).looks()
    assert [(each["kind"], each["by"]) for each in looks] == [("evidence-export", "li")]
    town.audit()
