"""The wire as a site's options and connection open it."""

import re
import shutil

import jsonschema_rs
import pytest

from connectors.http import through
from connectors.reading_options import reading
from connectors.soap import OPTIONS, open_connector
from connectors.soap_options import completed, contract
from exchange.errors import Fatal, Rejected, Retriable, Unknown
from exchange.ports import Endpoint

QUESTION = ("getWorkflowRequest", {"in0": 7, "in1": 900, "in2": 0})
PATH = "/services/WorkflowService"
ANSWER = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    b'<r:getWorkflowRequestResponse xmlns:r="webservices.services.weaver.com.cn"/>'
    b"</s:Body></s:Envelope>"
)


@pytest.fixture
def site(tmp_path, wsdl):
    shutil.copy(wsdl, tmp_path / "oa.wsdl")
    return tmp_path


@pytest.fixture
def opened(site):
    """``opened(address, extra, account, …options)``."""
    wires = []

    def made(address, extra=None, account=("", ""), **options):
        endpoint = Endpoint(address, *account, extra or {}, site)
        told = {"wsdl": "oa.wsdl", "path": PATH, **options}
        assert jsonschema_rs.validator_for(OPTIONS).is_valid(told)
        wires.append(open_connector(told, endpoint))
        return wires[-1]

    yield made
    for wire in wires:
        wire.close()


def test_every_option_speaks_chinese_and_has_its_default():
    jsonschema_rs.meta.validate(OPTIONS)
    for name, about in OPTIONS["properties"].items():
        assert re.search("[\u4e00-\u9fff]", about["title"]), name
        if name not in ("wsdl", "login_header"):
            assert jsonschema_rs.validator_for(about).is_valid(about["default"]), name


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"wsdl": "a", "path": "services"},
        {"wsdl": "a", "proxy": "http://login:secret@proxy:3128"},
        {"wsdl": "a", "proxy": "https://proxy:3128"},
        {"wsdl": "a", "timeout_s": 0},
        {"wsdl": "a", "wsdI": "b"},
        {"wsdl": "a", "login": "header"},
        {"wsdl": "a", "password": "secret"},
        {"wsdl": "a", "encoding": "GBK"},
    ],
)
def test_the_schema_refuses(wrong):
    assert not jsonschema_rs.validator_for(OPTIONS).is_valid(wrong)


@pytest.mark.guarantee("G1")
def test_a_fault_that_the_site_names_leaves_the_server_s_own_in_doubt():
    told = reading(completed({"wsdl": "a", "faults": {"PersonNotFound": "rejected"}})).faults
    assert told == {"PersonNotFound": Rejected, "Server": Unknown, "Receiver": Unknown}
    told = reading(completed({"wsdl": "a", "faults": {"Server": "retriable"}})).faults
    assert told == {"Server": Retriable, "Receiver": Unknown}


def test_schemas_are_files_of_the_site(site):
    known = completed({"wsdl": "a", "schemas": {"http://h/a.xsd": "wsdl/a.xsd"}, "port": "P"})
    told = contract(known, Endpoint("http://h", site=site))
    assert (told.schemas, told.port) == ({"http://h/a.xsd": site / "wsdl/a.xsd"}, "P")


def test_a_service_is_called_below_the_address(opened, php):
    assert opened(php + "/").call(*QUESTION).value["requestId"] == "7"


def test_the_peer_s_ways_are_said_in_the_options(opened, php):
    with pytest.raises(Unknown, match=r"soap\.empty"):
        opened(php, path="/empty").call(*QUESTION)
    with pytest.raises(Retriable, match=r"soap\.empty"):
        opened(php, path="/empty", reads=["getWorkflowRequest"]).call(*QUESTION)
    with pytest.raises(Fatal, match=r"wire\.status-fatal"):
        opened(php, path="/status/404", statuses={"404": "fatal"}).call(*QUESTION)


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("basic", "/basic", "basic"),
        ("username-token", "/token", "PasswordText"),
        ("username-digest", "/token", "PasswordDigest"),
    ],
)
def test_the_login_of_the_connection(opened, php, kind, path, value):
    wire = opened(php, None, ("hub", "secret"), login=kind, path=path)
    assert wire.call("doCreateWorkflowRequest", {"in0": None, "in1": 1}).value == value
    with pytest.raises(Fatal, match=r"soap\.login-missing"):
        opened(php, login=kind, path=path)


def test_a_header_of_the_vendor_s(opened, peer):
    seen = []

    def script(conversation):
        seen.append(conversation.request()[1])
        conversation.answer(ANSWER, media="text/xml")

    about = {"namespace": "http://tempuri.org/", "name": "Auth", "login": "u", "password": "p"}
    opened(peer(script).url, None, ("hub", "a<b"), login="header", login_header=about).call(
        *QUESTION
    )
    assert b'Header><Auth xmlns="http://tempuri.org/"><u>hub</u><p>a&lt;b</p></Auth></' in seen[0]


def test_a_wrong_password_is_a_fault_of_the_connection_and_is_not_told(opened, php):
    with pytest.raises(Fatal, match=r"wire\.login-refused") as raised:
        opened(php, None, ("hub", "wrong-one"), login="basic", path="/basic").call(*QUESTION)
    assert "wrong-one" not in str(raised.value)


def test_limits_are_said_in_the_options(opened, php):
    with pytest.raises(Unknown, match=r"wire\.answer-too-big"):
        opened(php, max_bytes=700).call(*QUESTION)


def test_a_wsdl_that_is_not_there(opened):
    with pytest.raises(Fatal, match=r"soap\.wsdl-file"):
        opened("http://h", wsdl="no.wsdl")


def test_mutual_tls_with_the_connection_s_files(opened, peer, pki, server_tls):
    def script(conversation):
        conversation.request()
        conversation.answer(ANSWER, media="text/xml")

    url = peer(script, tls=server_tls(client_ca=pki.ca)).url
    files = {"ca": str(pki.ca), "cert": str(pki.client.cert), "key": str(pki.client.key)}
    with_password = {**files, "key_password": pki.password}
    assert opened(url, with_password).call(*QUESTION).value is None
    with pytest.raises(Retriable, match=r"wire\.tls"):
        opened(url, {"ca": str(pki.ca)}).call(*QUESTION)
    with pytest.raises(Fatal, match=r"wire\.tls-file"):
        opened(url, files)


def test_an_explicit_proxy_with_a_login_of_the_connection(opened, peer):
    seen = []

    def script(conversation):
        seen.append(conversation.request()[0])
        conversation.answer(ANSWER, media="text/xml")

    extra = {"proxy_password": "a@b:c"}
    wire = opened(
        "http://oa.example:8060", {**extra, "proxy_login": "区 hub"}, proxy=peer(script).url
    )
    assert wire.call(*QUESTION).value is None
    head = seen[0].decode().lower()
    assert head.startswith("post http://oa.example:8060/services/workflowservice http/1.1")
    assert "proxy-authorization: basic " in head


def test_a_proxy_that_is_down_tells_no_login(opened, free_port):
    proxy = f"http://127.0.0.1:{free_port()}"
    wire = opened("http://oa.example:8060", {"proxy_login": "hub-login"}, proxy=proxy)
    with pytest.raises(Retriable, match=r"wire\.proxy") as raised:
        wire.call(*QUESTION)
    assert "hub-login" not in str(raised.value)
    assert raised.value.__suppress_context__


def test_without_a_proxy_its_login_says_nothing():
    assert through("", Endpoint("http://h", extra={"proxy_login": "a"})) == ""
    assert through("http://p:1", Endpoint("http://h")) == "http://p:1"
