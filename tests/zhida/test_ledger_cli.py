"""``zhida ledger``: hub and witness, each with its own environment, by files and over mutual TLS (G7)."""

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

from exchange.errors import Fatal, Invalid, ZhidaError
from exchange.ledger import Entry, Ledger
from sandbox.tsa import POLICY, Tsa
from tests.zhida.endpoint import PASSWORDS, Endpoint
from zhida import outside_file, site
from zhida.cli import app
from zhida.output import EXIT_PROBLEM, exit_code

ORIGIN = "yuhuatai-test"
LEDGER = """witnesses:
  superior: {title: 上级平台, key: superior.pub, folder: ../drop}
  far: {title: 审计, key: far.pub}
time_stamp: {title: 示例时间戳, connection: tsa, anchor: tsa.crt, policy: %s}
"""
SERVE = """connection: hub_door
clients:
  portal: {title: 门户, unit: portal-office, common_name: sandbox hub, may: [files]}
  %s: {title: 审计见证, unit: registry, common_name: sandbox his, may: [witness]}
"""
pytestmark = pytest.mark.guarantee("G7")


class Place:
    """A hub's site with an endpoint, two witnesses' folders, and an authority."""

    def __init__(self, folder: Path, tsa: Tsa) -> None:
        self.folder, self.tsa = folder, tsa
        files = {"serve.yaml": SERVE % "far", "ledger.yaml": LEDGER % POLICY}
        shutil.copy(tsa.anchor, _made(folder / "town/site") / "tsa.crt")
        certificate = folder / "hub.crt"
        for name in ("superior", "far"):
            (folder / f"town/site/{name}.pub").touch()
        self.hub_files(files)
        shutil.copy(self.end.site / "keys/hub.crt", certificate)
        extra = {
            "ca": str(self.end.folder / "tls/server-ca.crt"),
            "cert": str(self.end.folder / "tls/his.crt"),
            "key": str(self.end.folder / "tls/his.key"),
            "key_password": PASSWORDS["his"],
        }
        port = self.end.connections["hub_door"]["port"]
        told = {"schema": "https", "host": "127.0.0.1", "port": port, "extra": extra}
        self.env = {
            "ZHIDA_WITNESS_PASSWORD": "a secret of high entropy",
            "AIRFLOW_CONN_HUB": json.dumps(told),
        }

    def hub_files(self, files: dict[str, str]) -> None:
        self.end = Endpoint(self.folder / "town", files, connections={"tsa": _at(self.tsa)})

    def witness(self, *words: str) -> tuple[int, Any]:
        """What the witness runs: it knows nothing of the hub's site, secrets or store."""
        return _run(self.env, "ledger", "witness", *words, "--json")

    def hub(self, *words: str) -> tuple[int, Any]:
        return _run(self.env | self.end.env, "ledger", *words, "--json")

    def make(self, name: str, *way: str) -> None:
        told = ("--name", name, "--origin", ORIGIN, "--hub", str(self.folder / "hub.crt"))
        code, _ = self.witness("new", str(self.folder / name), *told, *way)
        assert code == 0
        shutil.copy(self.folder / name / "witness.pub", self.end.site / f"{name}.pub")

    def write(self, *refs: str) -> None:
        for ref in refs:
            self.end.hub.ledger.commit(lambda _, ref=ref: [Entry("test", ref)])

    def forge(self, *refs: str) -> None:
        """With the hub's key, by a program that does not ask where the ledger ended."""
        hub = self.end.hub
        forged = Ledger(hub.store, hub.trust.first, origin=ORIGIN, clock=hub.clock)
        for ref in refs:
            forged.commit(lambda _, ref=ref: [Entry("test", ref)])


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _at(tsa: Tsa) -> dict[str, Any]:
    return {"schema": "http", "host": "127.0.0.1", "port": tsa.port, "extra": {"path": "/tsr"}}


def _run(env: dict[str, str], *words: str) -> tuple[int, Any]:
    """The command with this environment and nothing else of ours; exit code, and what it told."""
    gone = {name: None for name in os.environ if name.startswith(("ZHIDA_", "AIRFLOW_CONN_"))}
    done = CliRunner().invoke(app, words, env={**gone, **env})
    if isinstance(done.exception, ZhidaError):
        return exit_code(done.exception), str(done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, json.loads(done.stdout)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Tsa(tmp_path / "tsa") as tsa:
        found = Place(tmp_path, tsa)
        yield found
        found.end.hub.close()


def test_two_witnesses_and_an_authority_from_the_first_command_to_the_proof(place: Place) -> None:
    place.make("superior", "--folder", str(place.folder / "town/drop"))
    place.make("far", "--connection", "hub", "--suite", "Ed25519")
    place.write("a", "b", "c")
    code, told = place.hub("outside")
    assert (code, told) == (0, {"superior": "", "far": "", "time-stamp": ""})
    assert place.witness("run", str(place.folder / "superior"))[1]["size"] == 3
    with place.end.serving():
        code, told = place.witness("run", str(place.folder / "far"))
        assert (code, told["size"]) == (0, 4)  # a, b, c, and that its certificate came into use
        place.write("d")
        code, told = place.witness("run", str(place.folder / "far"))
        assert (code, told["size"]) == (0, 5)
    place.hub("outside", "--now")
    code, told = place.hub("status")
    sizes = {each["holder"]: each["size"] for each in told["holders"]}
    assert (code, sizes) == (0, {"superior": 3, "far": 5, "time-stamp": 5})
    heads = str(place.folder / "far/heads")
    code, told = place.hub("verify", "--head", heads)
    assert (code, told["entries"], told["outside"], told["problems"]) == (0, 5, 3, [])
    place.write("e")
    code, told = place.hub("verify", "--new", "--head", heads)
    assert (code, told["since"], told["entries"], told["outside"]) == (0, 5, 6, 3)
    _seals_are_for_others(place)
    assert place.witness("status", str(place.folder / "far"))[1]["heads"] == 2


def _seals_are_for_others(place: Place) -> None:
    folder = place.folder / "seals"
    assert place.hub("seals", str(folder)) == (0, {"seals": 5})
    for stamp in folder.glob("*.tsr"):
        head = stamp.name.replace("time-stamp.tsr", "head.jws")
        command = ["openssl", "ts", "-verify", "-in", stamp.name, "-data", head, "-CAfile"]
        done = subprocess.run([*command, str(place.tsa.anchor)], cwd=folder, check=False)
        assert done.returncode == 0
    assert place.hub("seals", str(folder))[0] != 0


def test_who_is_no_witness_is_not_let_in(place: Place) -> None:
    place.make("far", "--connection", "hub", "--suite", "Ed25519")
    place.write("a")
    with place.end.serving():
        status, told, _ = place.end.ask("/v1/ledger/witness", method="POST", body=b"x")
        assert (status, told["code"]) == (403, "serve.right")
    (place.end.site / "serve.yaml").write_text(SERVE % "near", "utf-8")
    with place.end.serving():
        code, told = place.witness("run", str(place.folder / "far"))
    assert code != 0
    assert "witness.not-let-in" in told


def test_a_fork_shows_at_the_witness_and_at_the_hub(place: Place) -> None:
    """The owner of the database, who has the hub's key too, begins a second ledger."""
    place.make("superior", "--folder", str(place.folder / "town/drop"))
    place.write("a", "b")
    place.hub("outside")
    place.witness("run", str(place.folder / "superior"))
    with place.end.hub.store.write() as connection:
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.exec_driver_sql(names).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for table in ("entry", "tile", "head", "tip", "outside"):
            connection.exec_driver_sql(f"DELETE FROM ledger_{table}")
    with pytest.raises(Fatal, match=r"ledger\.not-continued"):
        place.write("x")  # the hub itself signs no second one
    place.forge("x", "y", "z")
    code, told = place.hub("outside")
    assert (code, told["superior"]) == (EXIT_PROBLEM, "outside.disagrees")
    code, _ = place.witness("run", str(place.folder / "superior"))
    assert code == EXIT_PROBLEM
    code, told = place.witness("status", str(place.folder / "superior"))
    assert (code, len(told["alarms"])) == (EXIT_PROBLEM, 1)
    assert place.hub("outside")[1]["superior"] == "outside.alarm"
    rows = {each["holder"]: each["what"] for each in place.hub("status")[1]["holders"]}
    assert "上级平台 报警（witness.forked）" in rows["superior"]
    assert "第 2 条" in rows["superior"]
    code, told = place.hub("verify", "--head", str(place.folder / "superior/heads"))
    assert code == EXIT_PROBLEM
    codes = [each["code"] for each in told["problems"]]
    assert codes == ["ledger.outside-differs", "ledger.no-wall"]


def test_a_folder_without_heads_agrees_with_nothing(place: Place) -> None:
    place.write("a")
    folder = _made(place.folder / "heads")
    (folder / "head.monday").write_text("eyJ")
    code, told = place.hub("verify", "--head", str(folder))
    assert code != 0
    assert "ledger.no-heads" in told


def test_what_only_this_machine_remembers_is_no_head_outside(place: Place) -> None:
    place.write("a")
    for _ in range(2):  # the second time there is a mark too
        code, told = place.hub("verify")
        assert (code, told["outside"], told["problems"]) == (0, 0, [])


def test_an_authority_that_does_not_answer_is_named(place: Place) -> None:
    place.write("a")
    place.tsa.stop()
    told = place.hub("outside", "--now")[1]
    assert told["time-stamp"] == "wire.refused"
    rows = {each["holder"]: each for each in place.hub("status")[1]["holders"]}
    assert rows["time-stamp"]["code"] == "wire.refused"
    said = rows["time-stamp"]["what"]
    assert "示例时间戳" in said
    assert "wire.refused" in said
    assert not any("?" in row["what"] or "？" in row["what"] for row in rows.values())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("witnesses: {time-stamp: {title: t, key: far.pub}}", "outside.name-taken"),
        ("witnesses: {w: {title: t}}", "file.schema"),
        (LEDGER % POLICY + "more: 1", "file.unknown-key"),
        (f"{(LEDGER % POLICY).rstrip()[:-1]}, required_by: [newbron]}}", "site.no-matter"),
    ],
)
def test_mistakes_of_the_file_are_told(place: Place, text: str, code: str) -> None:
    (place.end.site / "ledger.yaml").write_text(text, "utf-8")
    with pytest.raises(Invalid) as found:
        outside_file.load(site.load(place.end.site))
    assert found.value.problems[0].code == code, found.value.problems


def test_keys_and_anchors_that_cannot_be_read_are_told_by_check(place: Place) -> None:
    told = site.load(place.end.site)
    [(_, check)] = outside_file.steps(told)
    with pytest.raises(Exception, match="outside.no-key"):
        check()
    place.make("superior", "--folder", "x")
    place.make("far", "--connection", "hub")
    check()
    (place.end.site / "tsa.crt").write_bytes(b"")
    with pytest.raises(Exception, match="outside.no-anchor"):
        check()


def test_a_witness_needs_its_password(place: Place) -> None:
    del place.env["ZHIDA_WITNESS_PASSWORD"]
    code, told = place.witness("run", str(place.folder))
    assert (code, "ZHIDA_WITNESS_PASSWORD" in told) == (78, True)
