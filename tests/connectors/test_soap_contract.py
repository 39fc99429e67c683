import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

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


def bound(wsdl, contract=None):
    return Bound(wsdl, contract or Contract(), max_bytes=10)


@pytest.fixture
def importing(tmp_path):
    file = tmp_path / "service.wsdl"
    file.write_text(IMPORTING, "utf-8")
    return file


def test_the_operations_of_a_wsdl_file(wsdl):
    assert "doCreateWorkflowRequest" in bound(wsdl).operations


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
    ("content", "reason"),
    [
        ("", "no markup"),
        ("<html><input type='password'></html>", "<html>"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]>" + IMPORTING, "<!doctype>"),
        (IMPORTING[:200], "line 3"),
    ],
)
def test_what_is_no_wsdl_is_a_fault_of_the_site(tmp_path, content, reason):
    file = Path(tmp_path / "page.wsdl")
    file.write_text(content, "utf-8")
    with pytest.raises(Fatal, match=r"soap\.wsdl") as raised:
        bound(file)
    assert reason in raised.value.facts["reason"]


def test_a_wsdl_with_a_doctype_is_refused_even_if_it_declares_nothing(wsdl, tmp_path):
    declared, _, rest = wsdl.read_text("utf-8").partition("?>")
    file = tmp_path / "declared.wsdl"
    file.write_text(f"{declared}?><!DOCTYPE definitions>{rest}", "utf-8")
    with pytest.raises(Fatal, match=r"soap\.wsdl "):
        bound(file)


def test_without_a_name_the_first_port_that_speaks_soap_is_taken(tmp_path, wsdl):
    """.NET offers the same operations by GET, mostly first."""
    get = """<binding name="Get" type="t:P"><h:binding xmlns:h="http://schemas.xmlsoap.org/wsdl/http/"
     verb="GET"/></binding><service name="S"><port name="Get" binding="t:Get">
     <h:address xmlns:h="http://schemas.xmlsoap.org/wsdl/http/" location="http://x/"/></port>"""
    text = IMPORTING.replace('<service name="S">', get).replace("c:code", "string")
    file = tmp_path / "net.wsdl"
    file.write_text(re.sub("<import[^>]*>", "", text), "utf-8")
    assert bound(file).operations == ("ask",)
    with pytest.raises(Fatal, match=r"soap\.wsdl-port"):
        bound(file, Contract(service="T"))


@pytest.mark.filterwarnings("ignore::UserWarning")  # zeep says what it leaves out
@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_damaged_wsdl_is_loaded_or_is_a_fault_of_the_site(damaged, data):
    """No exception of zeep's comes through, whatever was cut off in a copy of it."""
    root = etree.fromstring(damaged.with_name("whole.wsdl").read_bytes())
    nodes = [node for node in root.iter(etree.Element) if node is not root]
    node = nodes[data.draw(st.integers(0, len(nodes) - 1))]
    if data.draw(st.booleans()) and node.attrib:
        name = data.draw(st.sampled_from(sorted(node.attrib)))
        node.set(name, data.draw(st.sampled_from(["", "x:y", node.get(name) + "x", "直"])))
    else:
        node.getparent().remove(node)
    damaged.write_bytes(etree.tostring(root))
    with contextlib.suppress(Fatal):
        bound(damaged)


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("damaged")
    text = IMPORTING.replace("c:code", "string")
    (folder / "whole.wsdl").write_text(re.sub("<import[^>]*>", "", text), "utf-8")
    return folder / "some.wsdl"
