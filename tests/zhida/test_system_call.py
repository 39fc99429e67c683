"""``zhida system call``: rehearsed without a peer; nothing is done from here."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from mappings import parser
from tests import how_to_files
from zhida.cli import app

ROOT = Path(__file__).resolve().parents[2]
NAME = "张小直"


def example(mapping: str) -> dict[str, Any]:
    text = (ROOT / "mappings" / "files" / f"{mapping}.yaml").read_text("utf-8")
    content = parser.parse(text)[0]
    assert content is not None
    return dict(content.tests[0]["gives"])


@pytest.fixture
def declaration() -> dict[str, Any]:
    return example("oa_form_615_birth_declaration")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = Path(shutil.copytree(ROOT / "sandbox" / "site", tmp_path / "site"))
    shutil.copytree(ROOT / "sandbox" / "wsdl", found / "wsdl")
    monkeypatch.setenv("ZHIDA_SITE", str(found))
    return found


def call(folder: Path, system: str, operation: str, given: Any, *flags: str) -> Any:
    file = folder.parent / "in.json"
    file.write_text(given if isinstance(given, str) else json.dumps(given), "utf-8")
    words = ["system", "call", system, operation, "--input", str(file), *flags]
    return CliRunner().invoke(app, words)


def codes(done: Any) -> set[str]:
    return {problem.code for problem in done.exception.problems}


def test_a_rehearsal_shows_the_message_masked_and_needs_no_peer(
    folder: Path, declaration: dict[str, Any]
) -> None:
    given = {"declaration": declaration, "birth": example("hospital_adt_birth_record")}
    done = call(folder, "police", "register_birth", given, "--dry-run", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["sent"] is False
    assert "<xm>汉×" in told["message"]["arg0"]
    assert NAME not in done.output
    assert "X320117001" not in done.output
    assert "只演练，没有发送" in call(folder, "police", "register_birth", given, "--dry-run").output


SIGNED = """
  settings:
    auth:
      kind: signature
      content: "{app}{timestamp}{body}"
      digest: hmac-sha256
      encoding: hex
      timestamp: ms
      place: header
      names: {app: appKey, timestamp: timestamp, sign: sign}
"""


def test_a_rehearsal_shows_the_headers_that_a_signature_adds_and_masks_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(ROOT / "sandbox" / "site", tmp_path / "site"))
    file = how_to_files.write("connect-a-system", folder)["systems/childcare.yaml"]
    (folder / "units" / "health.yaml").write_text("{unit: health, title: 卫健委}", "utf-8")
    text = file.read_text("utf-8").replace("\n  settings: {timeout_s: 5}\n", SIGNED)
    file.write_text(text, "utf-8")
    monkeypatch.setenv("ZHIDA_SITE", str(folder))
    told = {"schema": "http", "host": "127.0.0.1", "port": 9, "login": "app1", "password": "s3cret"}
    monkeypatch.setenv("AIRFLOW_CONN_CHILDCARE", json.dumps(told))
    given = {"citizen": example("police_answer_citizen_id")}
    done = call(folder, "childcare", "grant", given, "--dry-run", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)["headers"]
    assert found["request"]["appKey"] == "a×3 9"
    assert found["request"]["timestamp"] == "9×13"
    assert set(found) == {"request", "question"}
    assert "sign" in found["question"]
    assert "s3cret" not in done.output
    assert "app1" not in done.output


def test_an_effect_is_not_made_from_here(folder: Path, declaration: dict[str, Any]) -> None:
    given = {"declaration": declaration, "birth": example("hospital_adt_birth_record")}
    assert codes(call(folder, "police", "register_birth", given)) == {"call.effect"}


def test_all_that_is_wrong_with_the_inputs_is_told_at_once(
    folder: Path, declaration: dict[str, Any]
) -> None:
    given = {"declartion": declaration, "birth": {"certificate": {"number": "x"}}}
    told = codes(call(folder, "police", "register_birth", given, "--dry-run"))
    assert {"call.input-missing", "call.input-unknown", "shape.wrong-format"} <= told


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "call.not-json"),
        ("[]", "call.inputs"),
        ("birth: x", "call.inputs"),
        ("a: 01", "mapping.quote-it"),
    ],
)
def test_a_file_that_holds_no_inputs(folder: Path, text: str, code: str) -> None:
    assert codes(call(folder, "police", "register_birth", text, "--dry-run")) == {code}


def test_an_operation_that_does_not_exist(folder: Path) -> None:
    done = call(folder, "police", "register_brith", {}, "--dry-run")
    assert done.exception.facts["nearest"] == "register_birth"


def test_inputs_may_be_yaml(folder: Path, declaration: dict[str, Any]) -> None:
    file = folder.parent / "in.yaml"
    with file.open("w", encoding="utf-8") as out:
        YAML().dump({"declaration": declaration}, out)
    words = ["system", "call", "his", "birth_record", "--input", str(file), "--dry-run", "--json"]
    told = json.loads(CliRunner().invoke(app, words).output)
    assert told["message"]["identity"] == {"/certificate/number": "A9×9"}


def test_a_real_read_needs_an_operator(folder: Path, declaration: dict[str, Any]) -> None:
    done = call(folder, "his", "birth_record", {"declaration": declaration})
    assert done.exit_code != 0
