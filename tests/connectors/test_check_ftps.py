"""The check over FTPS against vsftpd."""

import shutil
import tempfile
from pathlib import Path

import pytest

from connectors.checks import check
from connectors.discovery import discover
from tests.connectors.test_ftps import Peer

pytestmark = pytest.mark.peer("vsftpd")


@pytest.fixture(scope="module")
def vsftpd(pki, free_port):
    if shutil.which("vsftpd") is None:
        pytest.fail("vsftpd is missing: tests/peers/install.sh heavy")
    folder = Path(tempfile.mkdtemp(prefix="zhida-ftps-"))
    folder.chmod(0o755)
    found = Peer(folder, pki, free_port)
    yield found
    for process in found.processes:
        process.terminate()
        process.wait(10)
    shutil.rmtree(folder)


def steps(endpoint, folder="in"):
    options = {"folders": {"births": {"folder": folder}}, "timeout_s": 5}
    return {step.name: step for step in check("ftps", options, endpoint)}


def test_all_is_well_and_the_files_are_listed(vsftpd):
    (vsftpd.home / "in").mkdir()
    (vsftpd.home / "in" / "a.csv").write_bytes("姓名\n张示例\n".encode("gbk"))
    found = steps(vsftpd.endpoint())
    assert {name: step.state for name, step in found.items()} == {
        "dns": "open", "tcp": "good", "tls": "open", "login": "good",
        "permission": "good", "clock": "open", "encoding": "good",
    }  # fmt: skip
    assert "gb18030" in found["encoding"].note
    [file] = discover("ftps", {"folders": {"b": {"folder": "in"}}}, vsftpd.endpoint())
    assert (file.name, file.facts) == ("in/a.csv", {"bytes": 12, "encoding": "gb18030"})


def test_faults(vsftpd, pki, free_port):
    assert steps(vsftpd.endpoint(port=free_port()))["tcp"].code == "wire.refused"
    assert steps(vsftpd.endpoint(ca=pki.foreign_ca))["login"].code == "wire.tls"
    assert steps(vsftpd.endpoint(login="nobody"))["login"].state == "bad"
    assert steps(vsftpd.endpoint(), "nowhere")["permission"].state == "bad"
