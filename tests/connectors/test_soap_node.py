"""Our SOAP wire against node-soap, which puts the children of one namespace into another."""

import subprocess
from pathlib import Path

import pytest

from connectors.soap import Soap
from connectors.soap_contract import Contract
from exchange.errors import Rejected, Unknown

pytestmark = pytest.mark.peer("node-soap")

NODE = Path(__file__).resolve().parents[1] / "peers" / "node"


@pytest.fixture(scope="module")
def url(free_port, wsdl):
    assert (NODE / "node_modules" / "soap").is_dir(), "run: tests/peers/install.sh heavy"
    port = free_port()
    command = ["node", "soap_server.js", str(port), str(wsdl)]
    with subprocess.Popen(command, cwd=NODE, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout.readline() == "ready\n"
            yield f"http://127.0.0.1:{port}/services/WorkflowService"
        finally:
            server.kill()


@pytest.fixture
def wire(url, wsdl):
    """``wire(strict)``: closed after the test."""
    opened = []

    def made(strict=True):
        opened.append(Soap(wsdl, url, contract=Contract(strict=strict), timeout=10))
        return opened[-1]

    yield made
    for each in opened:
        each.close()


def test_a_flat_answer_is_understood(wire):
    body = {"in0": {"requestName": "出生一件事 & 𬀩"}, "in1": 101}
    assert wire().call("doCreateWorkflowRequest", body).value == "101|出生一件事 & 𬀩"


QUESTION = ("getWorkflowRequest", {"in0": 7, "in1": 900, "in2": 0})


def test_misplaced_children_are_not_taken_for_an_empty_answer(wire):
    with pytest.raises(Unknown, match=r"soap\.unreadable"):
        wire().call(*QUESTION)


def test_with_strict_off_they_are_read(wire):
    value = wire(strict=False).call(*QUESTION).value
    assert (value["requestId"], value["currentNodeName"]) == ("7", "办理")
    row = value["workflowMainTableInfo"]["requestRecords"]["WorkflowRequestTableRecord"][0]
    fields = row["workflowRequestTableFields"]["WorkflowRequestTableField"]
    assert [field["fieldValue"] for field in fields] == ["张小直", "张小直"]


@pytest.mark.parametrize("strict", [True, False])
def test_a_fault_is_a_refusal(wire, strict):
    with pytest.raises(Rejected) as raised:
        wire(strict).call("doCreateWorkflowRequest", {"in0": {"requestName": "x"}, "in1": 5})
    assert raised.value.code == "soap.fault"
    assert "流程不存在" in raised.value.reason
