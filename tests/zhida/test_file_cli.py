"""``zhida file``: what a person types, and what programs read of it."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange import times
from exchange.errors import NotYet, Retriable, ZhidaError
from exchange.sealed_file import CHUNK
from matters import durations
from sandbox import pki
from tests.zhida.large_office import Office
from zhida import file_claiming, file_dropping, file_intake, hub, site
from zhida.cli import app
from zhida.operators import signatory

DATA = random.Random(7).randbytes(CHUNK + 5)


class Matter:
    name, purpose = "drawings", "acceptance"
    retention = durations.parse("10 years")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    operator = (
        "operator: li\ntitle: 李示例\nroles: [operate]\ncertificate: ../keys/operators/li.crt\n"
    )
    found = Office(tmp_path / "town", files={"operators/li.yaml": operator})
    for name, value in found.endpoint.env.items():
        monkeypatch.setenv(name, value)
    load = site.load

    def with_matter(folder: Path) -> Any:
        told = load(folder)
        told.matters["drawings"] = Matter()  # type: ignore[index]
        return told

    monkeypatch.setattr(hub.site, "load", with_matter)
    found.hub.site = with_matter(found.endpoint.site)
    yield found
    found.hub.close()


def run(*words: str, code: int = 0) -> Any:
    done = CliRunner().invoke(app, ["file", *words, "--json"])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def refused(*words: str) -> ZhidaError:
    done = CliRunner().invoke(app, ["file", *words])
    assert isinstance(done.exception, ZhidaError), done.output
    return done.exception


def test_from_a_holder_without_claims_to_a_receiver_s_folder(office: Office) -> None:
    (office.out / "张三的房屋.dwg").write_bytes(DATA)
    about = ["--matter", "drawings", "--material", "M-7", "--title", "张三的房屋"]
    claim = run("add", "drawings", "张三的房屋.dwg", *about)["claim"]
    (row,) = run("list")
    assert (row["claim"], row["bytes"], row["state"]) == (claim, len(DATA), "waiting")
    assert run("fetch", claim[:8]) == [{"claim": claim, "outcome": "taken"}]
    assert run("fetch", "--all") == []
    assert run("push", claim, "inbox")["outcome"] == "put"
    assert run("push", claim, "inbox")["outcome"] == "same"
    assert (office.inbox / f"{claim}.dwg").read_bytes() == DATA
    shown = run("show", claim)
    assert (shown["state"], shown["matter"], "title" in shown) == ("here", "drawings", False)
    assert shown["sha256"]
    assert shown["sm3"]
    assert run("show", claim, "--show-values")["name"] == "张三的房屋.dwg"
    plain = CliRunner().invoke(app, ["file", "list"]).output
    assert claim[:12] in plain
    assert "张三" not in plain


def test_one_that_can_t_come_in_holds_up_no_other(office: Office) -> None:
    missing = office.claim("no.dwg", bytes=5, sha256="0" * 64)
    there = office.claim("a.dwg", DATA)
    told = {each["claim"]: each["outcome"] for each in run("fetch", "--all", code=1)}
    assert told == {missing.claim.id: "file.not-there", there.claim.id: "taken"}


def test_a_part_shows_as_a_part(office: Office) -> None:
    known = office.claim("a.dwg", DATA)

    class Stop(Exception):
        pass

    def stop(here: int, of: int) -> None:
        if here:
            raise Stop

    with pytest.raises(Stop):
        file_intake.take_in(office.hub, known, stop)
    assert run("show", known.claim.id)["state"] == "part"
    office.claim("b.dwg", DATA[:9], supersedes=known.claim.id)
    assert run("show", known.claim.id)["state"] == "corrected"


def test_what_is_dropped_may_be_fetched_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = office.claim("a.dwg", DATA)
    run("fetch", known.claim.id)
    assert refused("drop", known.claim.id, "--reason", "腾空间").code == "operator.not-named"
    folder = office.endpoint.folder
    monkeypatch.setenv("ZHIDA_OPERATOR", "li")
    monkeypatch.setenv("ZHIDA_OPERATOR_KEY", str(folder / "operators/li.key"))
    monkeypatch.setenv("ZHIDA_OPERATOR_PASSWORD", pki.secrets_of(folder)["li"])
    assert refused("drop", known.claim.id, "--reason", " ").code == "operator.reason-missing"
    assert run("drop", known.claim.id, "--reason", "腾空间")["removed"]
    assert not run("drop", known.claim.id, "--reason", "腾空间")["removed"]
    (told,) = office.endpoint.entries("file-dropped")
    assert (told["ref"], told["operator"], bool(told["token"])) == (known.claim.id, "li", True)
    assert list(office.area.iterdir()) == []
    assert run("fetch", known.claim.id) == [{"claim": known.claim.id, "outcome": "taken"}]


def test_who_fetches_it_at_this_moment_is_not_disturbed(office: Office) -> None:
    known, folder = office.claim("a.dwg", DATA), office.endpoint.folder
    key = (folder / "operators/li.key").read_bytes(), pki.secrets_of(folder)["li"].encode()
    who = signatory(office.hub.site, "li", key, role="operate", now=office.hub.clock())
    held = office.hub.locks.hold(f"file/{known.tag}")
    with held, pytest.raises(Retriable, match=r"file\.busy"):
        file_dropping.drop(office.hub, who, known, "腾空间")


def test_what_nobody_can_open_is_pruned_and_nothing_else(office: Office) -> None:
    gone, kept = office.claim("a.dwg", DATA, bucket="drawings-2027-01"), office.claim("b.dwg", DATA)
    for each in (gone, kept):
        file_intake.take_in(office.hub, each)
    office.hub.vault.destroy(gone.bucket)
    (office.area / f"{'0' * 32}.part").write_bytes(b"torn")
    assert len(run("list")) == 1
    assert run("prune") == {"removed": 1}
    left = sorted(path.name for path in office.area.iterdir())
    assert left == sorted([f"{kept.tag}.whole", f"{'0' * 32}.part"])


def test_get_needs_no_site(office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known = office.claim("a.dwg", DATA)
    file_intake.take_in(office.hub, known)
    with office.endpoint.serving():
        for name in list(os.environ):
            if name.startswith(("ZHIDA_", "AIRFLOW_CONN")):
                monkeypatch.delenv(name)
        folder, out = office.endpoint.folder / "tls", tmp_path / "got.dwg"
        monkeypatch.setenv("ZHIDA_GET_KEY_PASSWORD", "u" * 24)
        port = office.endpoint.connections["hub_door"]["port"]
        url = f"https://127.0.0.1:{port}/files/{known.claim.id}"
        files = ["--cert", f"{folder}/hub.crt", "--key", f"{folder}/hub.key"]
        told = run("get", url, "-o", str(out), *files, "--ca", f"{folder}/server-ca.crt")
    assert told["bytes"] == len(DATA)
    assert out.read_bytes() == DATA


def test_a_claim_can_t_be_measured_of_what_is_not_there_or_changes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = file_claiming.About("drawings", "M-1", "图")
    system = office.hub.site.system("drawings")
    with pytest.raises(NotYet, match=r"file\.not-there"):
        file_claiming.add(office.hub, system, "a.dwg", about)
    (office.out / "a.dwg").write_bytes(DATA)

    def change(here: int, of: int) -> None:
        os.utime(office.out / "a.dwg", ns=(1, 1))

    with pytest.raises(Retriable, match=r"file\.source-changed"):
        file_claiming.add(office.hub, system, "a.dwg", about, progress=change)
    found = file_claiming.add(office.hub, system, "a.dwg", about)
    assert found.origin.custody == "hub"
    assert found.origin.provider == "registry"
    kept_until = times.civil_day(office.hub.clock()).year + 10
    from zhida import file_claims

    assert file_claims.exact(office.hub, found.id).bucket.startswith(f"drawings-{kept_until}-")
    with pytest.raises(ZhidaError, match=r"shape\."):
        wrong = file_claiming.About("drawings", "M 1", "图")
        file_claiming.add(office.hub, system, "a.dwg", wrong)


def test_one_or_all(office: Office) -> None:
    shutil.rmtree(office.out)
    for words in ([], ["0" * 8, "--all"]):
        assert CliRunner().invoke(app, ["file", "fetch", *words]).exit_code == 2
    assert refused("show", "0" * 8).code == "file.unknown-claim"
