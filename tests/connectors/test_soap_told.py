"""Each error of the wire produced once, as a site's engineer would meet it, and read in Chinese."""

import shutil

import pytest

from connectors.soap import open_connector
from exchange.errors import ZhidaError
from exchange.ports import Endpoint
from exchange.problems import catalogue, describe

OPERATION = "doCreateWorkflowRequest"
BODY = {"in0": {"requestName": "张𠮷"}, "in1": 1}
IMPORT = '<xs:import namespace="urn:a" schemaLocation="{}"/>'

# Code → options, path at the peer, operation, body, and what replaces the WSDL's first import.
SCENARIOS = {
    "soap.wsdl-file": {"wsdl": "no.wsdl"},
    "soap.wsdl": {"wsdl": "page.html"},
    "soap.wsdl-port": {"port": "No"},
    "soap.schema-not-at-hand": {"imports": "http://one.example/a.xsd"},
    "soap.wsdl-outside": {"imports": "../../a.xsd"},
    "soap.login-missing": {"login": "basic"},
    "soap.plain": {"login": "basic", "address": "http://oa.example"},
    "soap.no-operation": {"operation": "doCreate"},
    "soap.arguments": {"body": {"in0": None, "in11": 1}},
    "soap.character": {"body": {"in0": {"requestName": "\x01"}, "in1": 1}},
    "soap.unencodable": {"encoding": "gbk"},
    "soap.fault": {"body": {"in0": {}, "in1": 5}},
    "soap.html": {"path": "/html"},
    "soap.login-page": {"path": "/login-page"},
    "soap.empty": {"path": "/empty"},
    "soap.doctype": {"path": "/doctype"},
    "soap.encoding": {"path": "/gbk-lie"},
    "soap.unreadable": {"path": "/cut"},
    "soap.attachments": {"path": "/attachments"},
}
"""The network's own errors stand in test_http.py."""


@pytest.fixture
def produced(php, wsdl, tmp_path):
    """``produced(scenario)``: the error."""

    def told(scenario):
        said = dict(scenario)
        text = wsdl.read_text("utf-8")
        if "imports" in said:
            old = '<xs:import namespace="http://webservices.workflow.weaver"/>'
            text = text.replace(old, old + IMPORT.format(said.pop("imports")))
        (tmp_path / "oa.wsdl").write_text(text, "utf-8")
        (tmp_path / "page.html").write_text("<html>登录</html>", "utf-8")
        operation, body = said.pop("operation", OPERATION), said.pop("body", BODY)
        options = {"wsdl": "oa.wsdl", "path": "/services/WorkflowService", **said}
        with pytest.raises(ZhidaError) as raised:
            account = ("hub", "x") if "address" in said else ("", "")
            endpoint = Endpoint(options.pop("address", php), *account, site=tmp_path)
            wire = open_connector(options, endpoint)
            try:
                wire.call(operation, body)
            finally:
                wire.close()
        return raised.value

    yield told
    shutil.rmtree(tmp_path)


def test_no_error_of_this_wire_is_left_out():
    assert set(SCENARIOS) == {code for code in catalogue() if code.startswith("soap.")}


@pytest.mark.parametrize("code", SCENARIOS)
def test_it_says_what_happened_where_and_what_to_do(produced, php, code):
    error = produced(SCENARIOS[code])
    assert error.code == code
    for language in ("zh", "en"):
        happened, remedy = describe(error.code, error.facts, language)
        assert "?" not in happened.replace("?wsdl", "")
        assert "{" not in happened + remedy
        # Where: a file of the site, an argument of the request, or the peer and the operation.
        peer = php.removeprefix("http://")
        places = (
            peer,
            ".wsdl",
            "page.html",
            ".xsd",
            "/in",
            "doCreate",
            "basic",
            "http://",
            "/requestName",
        )
        assert any(place in happened for place in places)
        assert len(remedy) > 10
    assert "张" not in str(error)
