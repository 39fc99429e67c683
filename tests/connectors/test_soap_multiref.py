import pytest
from lxml import etree

from connectors.soap_multiref import Unresolvable, inlined

XSI = "http://www.w3.org/2001/XMLSchema-instance"
ENC = "http://schemas.xmlsoap.org/soap/encoding/"


def test_an_answer_without_references_is_not_touched():
    raw = b"<?xml version='1.0' encoding='GBK'?><a href='http://x/#top' id='1'/>"
    assert inlined(raw) is raw


def test_the_content_and_attributes_of_the_target_take_the_place_of_the_reference():
    raw = b'<B><r><o href="#a"/>tail</r><m id="a" t="1">x<i/>y</m></B>'
    assert inlined(raw) == b'<B><r><o t="1">x<i/>y</o>tail</r></B>'


def test_references_inside_of_targets_and_twice_to_one_target():
    raw = b'<B><a href="#1"/><b href="#1"/><m id="1"><x href="#2"/></m><m id="2">7</m></B>'
    assert inlined(raw) == b"<B><a><x>7</x></a><b><x>7</x></b></B>"


@pytest.mark.parametrize("outer", ["urn:q", "urn:other"])
@pytest.mark.parametrize("name", ["xsi:type", "enc:arrayType"])
def test_the_type_of_a_target_keeps_its_namespace_whatever_is_declared_where_it_goes(name, outer):
    """Axis declares ns1 on the answer and ns2, for the same namespace, on a multiRef."""
    raw = (
        f'<B xmlns:xsi="{XSI}" xmlns:enc="{ENC}"><p:o xmlns:p="{outer}"><i href="#a"/></p:o>'
        f'<m id="a" xmlns:q="urn:q" {name}="q:Person[2]"><x href="#b"/></m>'
        f'<m id="b" xmlns:r="urn:q" {name}="r:string">7</m></B>'
    )
    told = etree.fromstring(inlined(raw.encode()))
    found = {}
    for node in told.iter():
        for value in node.attrib.values():
            prefix, _, rest = value.partition(":")
            found[node.tag] = (node.nsmap[prefix], rest)
    assert found == {"i": ("urn:q", "Person[2]"), "x": ("urn:q", "string")}


def test_an_element_without_namespace_stays_without():
    raw = b'<p:B xmlns:p="urn:p"><o href="#a"/><m xmlns="urn:d" id="a">7</m></p:B>'
    assert b"<o>7</o>" in inlined(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b'<B><o href="#a"/><m id="a"><x href="#a"/></m></B>',
        b'<B><o href="#a"/><m id="a"><x href="#b"/></m><m id="b"><y href="#a"/></m></B>',
        b'<m id="a" href="#a"/>',
    ],
)
def test_a_circle_is_refused(raw):
    with pytest.raises(Unresolvable):
        inlined(raw)


def test_references_that_multiply_without_end_are_refused():
    levels = "".join(f'<m id="{n}">' + f'<x href="#{n + 1}"/>' * 10 + "</m>" for n in range(12))
    with pytest.raises(Unresolvable):
        inlined(f'<B><o href="#0"/>{levels}<m id="12">7</m></B>'.encode())
