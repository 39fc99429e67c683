"""Nothing is fetched: what is public is at hand, the rest is asked for, all of it at once."""

import importlib.util
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

from connectors.soap_contract import Bound, Contract
from connectors.soap_documents import PUBLIC, Documents
from exchange.errors import Fatal

SCHEMAS = sorted((Path(__file__).parents[2] / "connectors" / "schemas").glob("*.xsd"))
WSDL = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:t"
 xmlns:t="urn:t" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:wsa="http://www.w3.org/2005/08/addressing"
 xmlns:mime="http://www.w3.org/2005/05/xmlmime" xmlns:ref="http://ws-i.org/profiles/basic/1.1/xsd"><types>
 <schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">IMPORTS
  <element name="ask"><complexType><sequence>ELEMENTS</sequence>ATTRIBUTES</complexType></element>
 </schema></types>
 <message name="ask"><part name="body" element="t:ask"/></message>
 <portType name="P"><operation name="ask"><input message="t:ask"/></operation></portType>
 <binding name="B" type="t:P"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
  <operation name="ask"><soap:operation soapAction=""/>
   <input><soap:body use="literal"/></input></operation></binding>
 <service name="S"><port name="One" binding="t:B"><soap:address location="http://x/"/></port>
 </service></definitions>"""


def imported(namespace, location):
    return f'<import namespace="{namespace}" schemaLocation="{location}"/>'


@pytest.fixture
def load(tmp_path):
    """``load(imports, elements, attributes)``: the operations of a WSDL with them."""

    def loaded(imports="", elements="", attributes="", name="service.wsdl", **contract):
        file = tmp_path / name
        text = WSDL.replace("IMPORTS", imports).replace("ELEMENTS", elements)
        file.write_text(text.replace("ATTRIBUTES", attributes), "utf-8")
        return Bound(file, Contract(**contract), max_bytes=10).operations

    return loaded


# --- public schemas ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("namespace", "location", "element", "attribute"),
    [
        ("http://schemas.xmlsoap.org/soap/encoding/", "", "enc:string", ""),
        ("http://schemas.xmlsoap.org/soap/encoding/", "self", "enc:Array", ""),
        ("http://www.w3.org/2005/05/xmlmime", "self", "mime:base64Binary", "mime:contentType"),
        ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2001/xml.xsd", "", "xml:lang"),
        ("http://www.w3.org/XML/1998/namespace", "", "", "xml:lang"),
        (
            "http://ws-i.org/profiles/basic/1.1/xsd",
            "http://ws-i.org/profiles/basic/1.1/swaref.xsd",
            "ref:swaRef",
            "",
        ),
        (
            "http://www.w3.org/2005/08/addressing",
            "https://www.w3.org/2006/03/addressing/ws-addr.xsd",
            "wsa:EndpointReferenceType",
            "",
        ),
    ],
)
def test_a_wsdl_with_a_public_schema_needs_no_network(
    load, namespace, location, element, attribute
):
    told = imported(namespace, namespace if location == "self" else location)
    told = told.replace(' schemaLocation=""', "")
    elements = f'<element name="a" type="{element}"/>' if element else ""
    attributes = f'<attribute ref="{attribute}"/>' if attribute else ""
    assert load(told, elements, attributes) == ("ask",)


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.stem)
def test_each_of_our_schemas_is_a_valid_schema_of_the_namespace_that_it_stands_for(file):
    tree = etree.parse(str(file))
    parser = etree.XMLParser(no_network=True)
    etree.XMLSchema(etree.fromstring(_alone(file), parser))
    namespace = tree.getroot().get("targetNamespace")
    hosts = {urlsplit(f"//{place}").netloc for place, name in PUBLIC.items() if name == file.name}
    assert urlsplit(namespace).netloc in hosts
    assert not {"license", "copyright"} & set(file.read_text("utf-8").lower().split())


def _alone(file):
    """libxml2 has the names of xml.xsd itself only when it is imported: it is left as it is."""
    return file.read_bytes()


def test_each_public_schema_has_its_file():
    assert {file.name for file in SCHEMAS} == set(PUBLIC.values())
    assert importlib.util.find_spec("connectors") is not None


# --- the site's ----------------------------------------------------------------------------------


def test_all_that_is_missing_is_told_at_once_with_its_hosts(load):
    told = imported("urn:a", "http://one.example/a.xsd") + imported(
        "urn:b", "https://two.example/b"
    )
    with pytest.raises(Fatal) as raised:
        load(told, '<element name="x" xmlns:b="urn:b" type="b:code"/>')
    assert raised.value.code == "soap.schema-not-at-hand"
    assert raised.value.facts == {
        "count": 2,
        "url": "http://one.example/a.xsd, https://two.example/b",
        "hosts": "one.example, two.example",
    }


def test_a_missing_schema_is_told_even_if_nothing_of_it_is_used(load):
    with pytest.raises(Fatal, match=r"soap\.schema-not-at-hand"):
        load(imported("urn:a", "http://one.example/a.xsd"))


def test_the_site_can_supply_the_file_of_a_url_and_it_goes_before_ours(load, tmp_path):
    own = tmp_path / "own.xsd"
    own.write_text(
        '<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2005/05'
        '/xmlmime"><simpleType name="mine"><restriction base="string"/></simpleType></schema>'
    )
    url = "http://www.w3.org/2005/05/xmlmime"
    told = imported(url, url), '<element name="x" type="mime:mine"/>'
    assert load(*told, schemas={url: own}) == ("ask",)
    with pytest.raises(Fatal, match=r"soap\.wsdl "):
        load(*told)


def test_a_schema_beside_the_wsdl_with_a_chinese_name(load, tmp_path):
    shutil.copy(SCHEMAS[0], tmp_path / "编码 1%.xsd")
    namespace = etree.parse(str(SCHEMAS[0])).getroot().get("targetNamespace")
    assert load(imported(namespace, "编码 1%.xsd"), name="服务.wsdl") == ("ask",)


@pytest.mark.parametrize("path", ["../outside.xsd", "/etc/hostname", "file:///etc/hostname"])
def test_a_wsdl_cannot_make_us_read_a_file_outside_of_the_site(load, tmp_path, path):
    inner = tmp_path / "site"
    inner.mkdir()
    (tmp_path / "outside.xsd").write_text("<schema xmlns='http://www.w3.org/2001/XMLSchema'/>")
    with pytest.raises(Fatal) as raised:
        load(imported("urn:a", path), name="site/service.wsdl")
    assert raised.value.code == "soap.wsdl-outside", raised.value
    if path.startswith(".."):
        assert load(imported("urn:a", path), name="site/service.wsdl", root=tmp_path) == ("ask",)


def test_a_link_that_leads_outside_is_not_followed(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "secret").write_text("x")
    (tmp_path / "site" / "a.xsd").symlink_to(tmp_path / "secret")
    with pytest.raises(Fatal, match=r"soap\.wsdl-outside"):
        Documents(tmp_path / "site", {}).load(str(tmp_path / "site" / "a.xsd"))


@pytest.mark.parametrize("url", ["ftp://h/a", "gopher://h", "http://www.w3.org.evil.example/xml"])
def test_other_schemes_and_hosts_are_not_reached(tmp_path, url):
    documents = Documents(tmp_path, {})
    with pytest.raises(Fatal) as raised, documents.complete():
        documents.load(url)
    assert raised.value.facts["url"] == url
