import pytest

from connectors.soap_multiref import Unresolvable, inlined


def test_an_answer_without_references_is_not_touched():
    raw = b"<?xml version='1.0' encoding='GBK'?><a href='http://x/#top' id='1'/>"
    assert inlined(raw) is raw


def test_the_content_and_attributes_of_the_target_take_the_place_of_the_reference():
    raw = b'<B><r><o href="#a"/>tail</r><m id="a" t="1">x<i/>y</m></B>'
    assert inlined(raw) == b'<B><r><o t="1">x<i/>y</o>tail</r></B>'


def test_references_inside_of_targets_and_twice_to_one_target():
    raw = b'<B><a href="#1"/><b href="#1"/><m id="1"><x href="#2"/></m><m id="2">7</m></B>'
    assert inlined(raw) == b"<B><a><x>7</x></a><b><x>7</x></b></B>"


def test_prefixes_that_a_type_speaks_in_come_along():
    raw = b'<B><o href="#a"/><m id="a" xmlns:q="urn:q" xmlns:xsi="urn:i" xsi:type="q:string">7</m></B>'
    assert b'xmlns:q="urn:q"' in inlined(raw)
    assert inlined(raw).count(b"urn:q") == 1


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
