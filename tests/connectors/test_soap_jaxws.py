"""Our SOAP wire against JAX-WS RI: typed faults, a schema by URL, an answer in parts (MTOM)."""

import re
import urllib.request

import pytest

from connectors.reading import Reading
from connectors.soap import Soap
from connectors.soap_contract import Contract
from exchange.errors import Fatal, Rejected, Unknown

pytestmark = pytest.mark.peer("JAX-WS RI")

JARS = ("jaxws-api", "jaxws-rt", "jaxb-api", "jaxb-core", "jaxb-impl", "jaxb-runtime", "jws-api")
JARS += ("javax.xml.soap-api", "saaj-impl", "mimepull", "metro-policy", "gmbal", "stax-ex")
JARS += ("glassfish-management-api", "stax2-api", "streambuffer", "woodstox-core")
JARS += ("istack-commons-runtime", "FastInfoset", "javax.activation")


@pytest.fixture(scope="module")
def url(java_peer, free_port, tmp_path_factory):
    java = java_peer.Java("jaxws", JARS, tmp_path_factory.mktemp("jaxws"))
    java.compile()
    java.tool("wsgen", "-cp", java.path, "-d", ".", "-s", ".", "JaxWsPeer")
    port = free_port()
    with java.running("JaxWsPeer", str(port)) as told:
        assert told == "ready"
        yield f"http://127.0.0.1:{port}/seal"


@pytest.fixture(scope="module")
def saved(url, tmp_path_factory):
    """The WSDL and its schema as an engineer saves them; the WSDL names the schema by its URL."""
    folder = tmp_path_factory.mktemp("saved")
    for name, query in (("seal.wsdl", "wsdl"), ("seal.xsd", "xsd=1")):
        with urllib.request.urlopen(f"{url}?{query}") as answer:
            (folder / name).write_bytes(answer.read())
    return folder


@pytest.fixture
def wire(url, saved):
    """``wire(address)``: closed after the test."""
    opened = []

    def made(address=url, **more):
        contract = Contract(schemas={f"{url}?xsd=1": saved / "seal.xsd"})
        opened.append(Soap(saved / "seal.wsdl", address, contract=contract, timeout=20, **more))
        return opened[-1]

    yield made
    for each in opened:
        each.close()


@pytest.mark.filterwarnings("ignore::UserWarning")  # zeep says what it cannot resolve
def test_the_schema_behind_a_url_is_asked_for(url, saved):
    with pytest.raises(Fatal) as raised:
        Soap(saved / "seal.wsdl", url)
    assert raised.value.facts["url"] == f"{url}?xsd=1"


def test_a_text_goes_and_comes_back(wire):
    assert wire().call("greet", {"arg0": "张小直𠮷 & <a>"}).value == "您好，张小直𠮷 & <a>"


def test_a_typed_fault_is_told_by_its_exception(wire):
    reading = Reading(faults={"AlreadySealed": Rejected, "Server": Unknown})
    with pytest.raises(Rejected) as raised:
        wire(reading=reading).call("seal", {"arg0": "证明"})
    assert (raised.value.facts["detail"], raised.value.reason) == ("AlreadySealed", "已盖章：证明")


@pytest.mark.parametrize("size", [1, 256, 70_000])
def test_a_binary_in_the_envelope(wire, size):
    assert wire().call("document", {"arg0": size}).value == bytes(n % 256 for n in range(size))


@pytest.mark.parametrize("size", [2_000, 70_000])
def test_a_binary_in_a_part_of_its_own(wire, url, peer, size):
    """The RI attaches only for who attaches; its answer to such a caller is given to our wire."""
    content, media = attached(url, size)
    assert b"xop:Include" in content

    def script(conversation):
        conversation.request()
        conversation.answer(content, media=media)

    reply = wire(peer(script).url).call("document", {"arg0": size})
    assert reply.value == bytes(n % 256 for n in range(size))
    assert reply.raw == content


def attached(url, size):
    envelope = (
        '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
        f'<n:document xmlns:n="urn:seal"><arg0>{size}</arg0></n:document></S:Body></S:Envelope>'
    )
    head = 'Content-Type: application/xop+xml; charset=utf-8; type="text/xml"\r\nContent-ID: <r>'
    told = f"--b\r\n{head}\r\n\r\n{envelope}\r\n--b--\r\n".encode()
    media = 'multipart/related; type="application/xop+xml"; start="<r>"; start-info="text/xml"'
    headers = {"Content-Type": f"{media}; boundary=b", "SOAPAction": '""'}
    with urllib.request.urlopen(urllib.request.Request(url, told, headers)) as answer:
        content_type = answer.headers["Content-Type"]
        assert re.match("multipart/related", content_type)
        return answer.read(), content_type
