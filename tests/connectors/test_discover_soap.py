"""The operations of a WSDL with their fields, without a network."""

import pytest

from connectors.discovery import discover
from exchange.errors import Fatal
from exchange.ports import Endpoint
from tests.connectors.conftest import OWN_WSDL, VENDOR_WSDL

SITE = Endpoint("http://his.invalid", site=OWN_WSDL.parent)


def test_operations_and_fields():
    found = {each.name: each for each in discover("soap", {"wsdl": OWN_WSDL.name}, SITE)}
    submit = found["submitWorkflowRequest"]
    paths = {field.path: field for field in submit.takes}
    assert "/in1" in paths or "/in0" in paths
    assert any(field.path.count("/") > 1 for each in found.values() for field in each.takes)
    assert any("*" in field.path for each in found.values() for field in each.gives)
    assert all(field.type for each in found.values() for field in each.takes)


@pytest.mark.skipif(not VENDOR_WSDL.is_file(), reason="the vendor's WSDL is not at hand")
def test_the_vendors_own_wsdl():
    found = discover("soap", {}, Endpoint("x", site=VENDOR_WSDL.parent), VENDOR_WSDL.name)
    assert "doCreateWorkflowRequest" in {each.name for each in found}


@pytest.mark.parametrize(("settings", "wanted"), [({}, ""), ({"wsdl": "none.wsdl"}, "")])
def test_a_file_that_is_not_there(settings, wanted):
    with pytest.raises(Fatal, match=r"soap\.wsdl"):
        discover("soap", settings, SITE, wanted)


RECURSIVE = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:t"
 xmlns:t="urn:t" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:x="http://www.w3.org/2001/XMLSchema">
<types><x:schema targetNamespace="urn:t" elementFormDefault="qualified">
<x:complexType name="node"><x:sequence><x:element name="name" type="x:string"/>
<x:element name="child" type="t:node" minOccurs="0"/></x:sequence></x:complexType>
<x:element name="put" type="t:node"/></x:schema></types>
<message name="in"><part name="p" element="t:put"/></message>
<portType name="p"><operation name="put"><input message="t:in"/></operation></portType>
<binding name="b" type="t:p"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
<operation name="put"><soap:operation soapAction=""/><input><soap:body use="literal"/></input>
</operation></binding>
<service name="s"><port name="p" binding="t:b"><soap:address location="http://x"/></port></service>
</definitions>"""


def test_a_type_that_holds_itself_ends(tmp_path):
    (tmp_path / "a.wsdl").write_text(RECURSIVE)
    [found] = discover("soap", {"wsdl": "a.wsdl"}, Endpoint("x", site=tmp_path))
    assert 3 < len(found.takes) < 30
    assert found.gives == ()
