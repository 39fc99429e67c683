"""A holder that signs its own lists: from its machine to a proof that says so, and nothing in between changes a row."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from adapters import bulk
from exchange import dataset_verify, evidence_trust
from exchange.errors import Fatal, Invalid, Problem, Rejected, Retriable
from exchange.store import schema
from tests import issued
from tests.zhida.facts.conftest import SECRET
from zhida import dataset_books, fact_look, grants_check, grants_file, list_signer, snapshot_facts
from zhida.fact_outcome import Synced
from zhida.hub import Hub
from zhida.operators import signatory
from zhida.site_operators import PRIVACY
from zhida.snapshot_take import Taking

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "the tax office's own"
SYSTEM = """system: tax-facts
title: 税务企业事实
unit: tax
adapter: bulk
connection: facts_tax
options:
  wire: files
  settings: {folders: {facts: {folder: signed, pattern: "*.list", max_bytes: 1000000000}}}
  streams: {facts: {custody: unit}}
"""


@pytest.fixture
def home(town) -> Path:
    """The tax office's own machine; the hub knows its certificate and where it puts its lists."""
    folder, site = town.folder / "tax-office", town.site
    for name in ("keys", "policies"):
        (folder / name).mkdir(parents=True)
    shutil.copytree(site / "policies/facts", folder / "policies/facts")
    shutil.copytree(site / "mappings", folder / "mappings")
    (town.books / "signed").mkdir()
    root, leaf, key = issued.issue("tax", "示例税务局")
    (site / "trust" / "tax.crt").write_bytes(root.pem)
    (site / "keys" / "tax.crt").write_bytes(leaf.pem)
    (folder / "tax.crt").write_bytes(leaf.pem)
    (folder / "tax.key").write_bytes(key.to_pem(PASSWORD.encode(), iterations=1000))
    unit = "unit: tax\ntitle: 税务局\ncertificates: [../keys/tax.crt]\n"
    (site / "units/tax.yaml").write_text(unit, "utf-8")
    (site / "systems/tax-facts.yaml").write_text(SYSTEM, "utf-8")
    settings(folder, town)
    return folder


def settings(folder: Path, town, **changed: Any) -> None:
    stream = {"mapping": "facts_tax", "format": "csv", "encoding": "gbk"}
    files = {"folder": "tax", "pattern": "*.csv", "max_bytes": 1_000_000_000}
    told = {
        "unit": "tax",
        "system": "tax-facts",
        "key": "tax.key",
        "certificate": "tax.crt",
        "store": "signer.sqlite",
        "address": str(town.books),
        "options": {
            "wire": "files",
            "settings": {"folders": {"facts": files}},
            "streams": {"facts": stream},
        },
        "out": str(town.books / "signed"),
    }
    (folder / "list-signer.json").write_text(json.dumps(told | changed), "utf-8")


@pytest.fixture
def sign(town, home: Path) -> Callable[[], Any]:
    return lambda: list_signer.run(home, PASSWORD, clock=lambda: town.now)


@pytest.fixture
def look(home: Path, town, hub: Hub) -> Callable[..., Synced]:
    """``hub`` is opened after the home is laid."""
    told = grants_file.load(hub.site)
    return lambda **more: fact_look.look(hub, told, told.source("tax-facts"), **more)


@pytest.fixture
def hub(home: Path, town):
    found = town.hub()
    schema.upgrade(found.store)
    yield found
    found.close()


def files(town) -> list[Path]:
    return sorted((town.books / "signed").glob("*.list"))


def test_what_the_unit_signed_is_what_the_hub_keeps(town, hub, sign, look) -> None:
    district = town.hand_over(60, ["tax"])
    signed = sign()
    assert [file.name for file in files(town)] == [signed["file"]]
    done = look()
    assert (done.state, done.dataset, done.rows) == ("synced", signed["dataset"], signed["rows"])
    made = dataset_books.of(hub).get(done.dataset)
    origin = made.document.origin
    assert (origin.issuer, origin.provider, origin.custody) == ("tax", "tax", "unit")
    rows = {row["uscc"]: row for row in dataset_books.of(hub).rows(made)}
    known = [number for number in range(60) if district.knows("tax", number)]
    assert set(rows) == {district.code(number) for number in known}
    assert look(force=True).state == "nothing"
    assert sign() == {}


def test_a_row_is_proved_as_the_unit_s_own_word_in_the_hub_s_ledger(town, hub, sign, look) -> None:
    district = town.hand_over(60, ["tax"])
    sign()
    made = dataset_books.of(hub).get(look().dataset)
    firm = next(district.code(n) for n in range(60) if district.knows("tax", n))
    asked = dataset_books.Asked("tax", "grants", "核对")
    key = ((town.site / "keys/li.key").read_bytes(), SECRET)
    who = signatory(hub.site, "li", key, role=PRIVACY, now=hub.clock())
    proof = dataset_books.prove(hub, made, (firm,), asked, who=who)
    anchors = evidence_trust.load(town.site / "trust")
    told = dataset_verify.verify(proof, anchors, at=town.now).to_json()
    assert (told["custody"], told["signer"], told["row"]["uscc"]) == ("unit", "示例税务局", firm)
    assert told["ledger"]["origin"] == hub.site.name


def test_matching_reads_it_like_any_other(town, hub, sign, look) -> None:
    district = town.hand_over(60, ["tax"])
    sign()
    look()
    frozen = Taking(hub, grants_file.load(hub.site)).run()
    assert {s.unit: s.state for s in frozen.sources}["tax"] == "fresh"
    firm = next(n for n in range(60) if district.knows("tax", n))
    found = snapshot_facts.of(hub)(district.code(firm))
    assert found is not None and found.facts


def test_of_several_lists_the_latest_counts_and_an_older_one_changes_nothing(
    town, hub, sign, look, later
) -> None:
    town.hand_over(20, ["tax"])
    old = sign()
    kept = files(town)[0].read_bytes()
    later(days=1)
    town.hand_over(30, ["tax"], today=date(2026, 1, 6), seed=9)
    os.utime(next((town.books / "tax").glob("*.csv")), (town.now.timestamp(),) * 2)
    new = sign()
    done = look()
    assert (done.dataset, done.passed) == (new["dataset"], 1)
    (town.books / "signed" / "again.list").write_bytes(kept)  # somebody puts it there once more
    assert look(force=True).state == "nothing"
    assert dataset_books.find(hub, new["dataset"]).count == new["rows"] != old["rows"]


def change(town, old: bytes, new: bytes) -> None:
    [file] = files(town)
    raw = file.read_bytes()
    assert old in raw
    file.write_bytes(raw.replace(old, new, 1))


def test_a_row_that_was_changed_on_the_way_is_not_taken(town, hub, sign, look) -> None:
    town.hand_over(20, ["tax"])
    sign()
    change(town, b'"tax_clean":true', b'"tax_clean":false')
    with pytest.raises(Rejected, match=r"dataset\.other-rows"):
        look()
    with pytest.raises(Fatal):
        dataset_books.find(hub, "0000")


def test_a_list_that_is_cut_off_is_not_taken(town, sign, look) -> None:
    town.hand_over(20, ["tax"])
    sign()
    [file] = files(town)
    file.write_bytes(file.read_bytes()[:-5])
    with pytest.raises(Invalid, match=r"dataset\.list-form"):
        look()


@pytest.mark.parametrize("changed", [{"system": "other-facts"}])
def test_a_list_of_another_source_is_not_this_one_s(town, home, sign, look, changed) -> None:
    town.hand_over(20, ["tax"])
    settings(home, town, **changed)
    sign()
    with pytest.raises(Rejected, match=r"facts\.signed-head.*source"):
        look()


def test_one_row_that_can_t_be_used_keeps_the_whole_list_out(town, home, hub, sign, look) -> None:
    """The hub can't leave a row out of what somebody else has signed."""
    text = (town.site / "grants.yaml").read_text("utf-8")
    (town.site / "grants.yaml").write_text(
        text.replace("gives: [rd_deduction_y1, ", "gives: [").replace("rd_deduction_y1, ", "")
    )
    told = grants_file.load(hub.site)
    assert "rd_deduction_y1" not in told.source("tax-facts").gives
    town.hand_over(20, ["tax"])
    sign()
    with pytest.raises(Rejected, match=r"facts\.signed-rows.*facts\.not-given"):
        fact_look.look(hub, told, told.source("tax-facts"))


def test_changes_can_t_be_signed_by_the_unit(town, hub) -> None:
    text = (town.site / "grants.yaml").read_text("utf-8")
    begin, mark, rest = text.partition("system: tax-facts")
    (town.site / "grants.yaml").write_text(
        begin + mark + rest.replace("lists: whole", "lists: changes", 1), "utf-8"
    )
    told = grants_file.load(hub.site)
    with pytest.raises(Fatal, match=r"facts\.signed-changes"):
        fact_look.look(hub, told, told.source("tax-facts"))
    steps = dict(grants_check.steps(hub.site, date(2026, 1, 5)))
    with pytest.raises(Invalid) as refused:
        steps["惠企政策的事实来源"]()
    assert [each.code for each in refused.value.problems] == ["facts.signed-changes"]


def test_a_signed_stream_says_nothing_of_mapping_or_format() -> None:
    told = {"streams": {"facts": {"custody": "unit", "format": "csv"}}}
    assert bulk.mistakes(told, None) == [
        ("/streams/facts/format", Problem("bulk.signed-list", {"key": "format"}))
    ]


def test_the_signer_refuses_what_it_can_t_read_and_leaves_out_single_rows(
    town, home, sign, look
) -> None:
    (town.books / "tax" / "a.csv").write_text("nothing,that\nbelongs,here\n", "gbk")
    with pytest.raises(Rejected, match=r"facts\.too-many-invalid"):
        sign()
    assert files(town) == []


def test_the_program_tells_what_it_has_signed(town, home) -> None:
    town.hand_over(20, ["tax"])
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "ZHIDA_SIGNER_PASSWORD": PASSWORD}
    command = [sys.executable, "-m", "zhida.list_signer", "--home", str(home)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["file"] == files(town)[0].name and told["invalid_rows"] == []
    wrong = subprocess.run(
        command, env=env | {"ZHIDA_SIGNER_PASSWORD": "x"}, capture_output=True, check=False
    )
    assert wrong.returncode != 0


def test_settings_that_are_none_are_told(town, home, sign) -> None:
    settings(home, town, gives=["insured_end_y1"])
    with pytest.raises(Fatal, match=r"signer\.settings"):
        sign()
    (home / "list-signer.json").write_text("{}", "utf-8")
    with pytest.raises(Fatal, match=r"signer\.settings"):
        sign()


def test_its_key_may_live_in_a_signature_server_and_in_one_place_only(town, home, sign) -> None:
    town.hand_over(20, ["tax"])
    settings(home, town, signature_server={"key_id": "1", "command": ["false"]})
    with pytest.raises(Fatal, match=r"signer\.settings"):
        sign()
    told = json.loads((home / "list-signer.json").read_text())
    del told["key"]
    (home / "list-signer.json").write_text(json.dumps(told), "utf-8")
    with pytest.raises((Fatal, Retriable), match=r"signer\.server-(suite|away)"):
        sign()
    assert files(town) == []


@pytest.mark.guarantee("G7")
def test_books_that_were_rolled_back_sign_no_list_until_somebody_says_why(
    town, home, sign, later, monkeypatch, capsys
) -> None:
    def listed(seed: int) -> None:
        later(days=1)
        town.hand_over(20, ["tax"], today=town.now.date(), seed=seed)
        os.utime(next((town.books / "tax").glob("*.csv")), (town.now.timestamp(),) * 2)

    town.hand_over(20, ["tax"])
    sign()
    kept = (home / "signer.sqlite").read_bytes()
    listed(8)
    sign()
    for each in home.glob("signer.sqlite-*"):
        each.unlink()
    (home / "signer.sqlite").write_bytes(kept)
    listed(9)
    before = len(files(town))
    with pytest.raises(Fatal, match=r"signer\.not-continued"):
        sign()
    assert len(files(town)) == before
    monkeypatch.setattr(sys, "argv", ["list_signer", "--home", str(home), "--reopen", "硬盘坏了"])
    monkeypatch.setenv("ZHIDA_SIGNER_PASSWORD", PASSWORD)
    assert list_signer.main() == 0
    assert json.loads(capsys.readouterr().out)["file"]
    assert len(files(town)) == before + 1


def test_a_head_that_could_not_be_kept_is_told_before_anything_is_read(town, home, sign) -> None:
    settings(home, town, last_head="none/head.jws")
    town.hand_over(20, ["tax"])
    with pytest.raises(Fatal, match=r"signer\.last-head"):
        sign()
    assert files(town) == []
