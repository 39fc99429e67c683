from pathlib import Path

import pytest

from connectors.soap_contract import Bound, Contract
from exchange.errors import Fatal

IMPORTING = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:t"
 xmlns:t="urn:t" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"><types>
 <schema xmlns="http://www.w3.org/2001/XMLSchema" xmlns:c="urn:code" targetNamespace="urn:t">
  <import namespace="urn:code" schemaLocation="http://schemas.example/code.xsd"/>
  <element name="ask" type="c:code"/></schema></types>
 <message name="ask"><part name="body" element="t:ask"/></message>
 <portType name="P"><operation name="ask"><input message="t:ask"/></operation></portType>
 <binding name="B" type="t:P"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
  <operation name="ask"><soap:operation soapAction=""/>
   <input><soap:body use="literal"/></input></operation></binding>
 <service name="S"><port name="One" binding="t:B"><soap:address location="http://x/"/></port>
 </service></definitions>"""

CODE = """<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:code">
 <simpleType name="code"><restriction base="string"/></simpleType></schema>"""


def never(address, message, headers):
    raise AssertionError("nothing is sent while loading")


def bound(wsdl, contract=None):
    return Bound(wsdl, contract or Contract(), post=never, max_bytes=10)


@pytest.fixture
def importing(tmp_path):
    file = tmp_path / "service.wsdl"
    file.write_text(IMPORTING, "utf-8")
    return file


def test_the_operations_of_a_wsdl_file(wsdl):
    assert "doCreateWorkflowRequest" in bound(wsdl).operations


def test_a_url_is_never_fetched_but_named(importing):
    with pytest.raises(Fatal) as raised:
        bound(importing)
    assert raised.value.code == "soap.schema-not-at-hand"
    assert raised.value.facts == {"url": "http://schemas.example/code.xsd"}


def test_the_site_can_supply_the_file_of_a_url(importing, tmp_path):
    (tmp_path / "code.xsd").write_text(CODE, "utf-8")
    schemas = {"http://schemas.example/code.xsd": tmp_path / "code.xsd"}
    assert bound(importing, Contract(schemas=schemas)).operations == ("ask",)


def test_a_schema_beside_the_wsdl_is_found_by_its_relative_path(importing, tmp_path):
    importing.write_text(IMPORTING.replace("http://schemas.example/", ""), "utf-8")
    (tmp_path / "code.xsd").write_text(CODE, "utf-8")
    assert bound(importing, Contract(service="S", port="One")).operations == ("ask",)


@pytest.mark.parametrize(
    ("contract", "name"), [(Contract(service="No"), "No"), (Contract(port="No"), "No")]
)
def test_an_unknown_service_or_port_is_named(wsdl, contract, name):
    with pytest.raises(Fatal) as raised:
        bound(wsdl, contract)
    assert (raised.value.code, raised.value.facts["name"]) == ("soap.wsdl-port", name)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(Fatal) as raised:
        bound(tmp_path / "no.wsdl")
    assert raised.value.facts == {"file": str(tmp_path / "no.wsdl")}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<html><input type='password'></html>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]>" + IMPORTING,
        IMPORTING[:200],
    ],
)
def test_what_is_no_wsdl_is_a_fault_of_the_site(tmp_path, content):
    file = Path(tmp_path / "page.wsdl")
    file.write_text(content, "utf-8")
    with pytest.raises(Fatal):
        bound(file)


def test_a_wsdl_with_a_doctype_is_refused_even_if_it_declares_nothing(wsdl, tmp_path):
    declared, _, rest = wsdl.read_text("utf-8").partition("?>")
    file = tmp_path / "declared.wsdl"
    file.write_text(f"{declared}?><!DOCTYPE definitions>{rest}", "utf-8")
    with pytest.raises(Fatal, match=r"soap\.wsdl "):
        bound(file)
