"""Drop folders of this machine and of OpenSSH's server: listed, sampled, left as they were."""

import tempfile
from pathlib import Path

import pytest

from connectors.checks import check
from exchange.ports import Endpoint
from tests.connectors.test_sftp import Peer


def states(alias, folder, endpoint):
    options = {"folders": {"births": {"folder": folder}}, "timeout_s": 5}
    return {step.name: step for step in check(alias, options, endpoint, ["births"])}


def test_a_folder_of_this_machine(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "出生.csv").write_bytes("姓名\n张示例\n".encode("gbk"))
    found = states("files", "in", Endpoint(str(tmp_path)))
    assert found["permission"].state == "good"
    assert "gb18030" in found["encoding"].note
    assert {found[name].state for name in ("dns", "tcp", "tls", "login", "clock")} == {"open"}
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["出生.csv"]


def test_a_folder_that_is_not_there(tmp_path):
    found = states("files", "in", Endpoint(str(tmp_path)))
    assert (found["permission"].code, found["encoding"].state) == ("files.no-folder", "open")


def test_an_empty_folder_says_nothing_of_its_encoding(tmp_path):
    (tmp_path / "in").mkdir()
    assert states("files", "in", Endpoint(str(tmp_path)))["encoding"].state == "open"


@pytest.fixture(scope="module")
def sshd(tmp_path_factory):
    found = Peer(tmp_path_factory.mktemp("sshd"))
    found.start()
    yield found
    found.stop()


def test_a_folder_behind_sftp(sshd):
    drop = Path(tempfile.mkdtemp(dir=sshd.home))
    (drop / "a.json").write_text('{"姓名": "张示例"}', "utf-8")
    found = states("sftp", drop.name, sshd.endpoint())
    told = {name: step.state for name, step in found.items()}
    assert told == {
        "dns": "open", "tcp": "good", "tls": "open", "login": "good",
        "permission": "good", "clock": "open", "encoding": "good",
    }  # fmt: skip
    assert "utf-8" in found["encoding"].note


@pytest.mark.parametrize(
    ("more", "code"), [({"host_key": "user"}, "sftp.host-key"), ({"key": "stranger"}, "sftp.login")]
)
def test_another_server_and_another_key(sshd, more, code):
    found = states("sftp", "x", sshd.endpoint(**more))
    assert (found["login"].code, found["permission"].state) == (code, "open")


def test_no_such_folder_behind_sftp(sshd):
    assert states("sftp", "nowhere", sshd.endpoint())["permission"].code == "sftp.no-folder"


def test_nobody_listens(sshd, free_port):
    found = states("sftp", "x", sshd.endpoint(port=free_port()))
    assert (found["tcp"].code, found["login"].state) == ("wire.refused", "open")
