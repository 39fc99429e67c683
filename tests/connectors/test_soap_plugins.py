from types import SimpleNamespace

import pytest
import zeep.exceptions
from lxml import etree

from connectors.soap_plugins import Expected, Nil

XSI = "http://www.w3.org/2001/XMLSchema-instance"
DOCUMENT = SimpleNamespace(
    style="document", output=SimpleNamespace(body=SimpleNamespace(qname=etree.QName("urn:a", "r")))
)


def envelope(body):
    return etree.fromstring(f'<e:Envelope xmlns:e="urn:e"><e:Body>{body}</e:Body></e:Envelope>')


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (f'<m xmlns:i="{XSI}" i:nil="true" i:type="x:Person" id="1"/>', 0),
        (f'<m xmlns:i="{XSI}" i:nil="1"/>', 0),
        (f'<m xmlns:i="{XSI}" i:nil="false" id="1"/>', 2),
        (f'<m xmlns:i="{XSI}" i:nil="true" id="1">7</m>', 2),
        ('<m nil="true"/>', 1),
    ],
)
def test_what_is_nil_and_empty_is_nothing(body, left):
    told, _ = Nil().ingress(envelope(body), {}, None)
    assert len(told[0][0].attrib) == left


@pytest.mark.parametrize(
    ("body", "strict", "loose"),
    [
        ('<r xmlns="urn:a"/>', True, True),
        ('<r xmlns="urn:b"/>', False, True),
        ("<r/>", False, True),
        ('<s xmlns="urn:a"/>', False, False),
        ("<Fault/>", True, True),
        ("", True, True),
    ],
)
def test_a_stranger_is_not_taken_for_an_empty_answer(body, strict, loose):
    for mode, taken in ((True, strict), (False, loose)):
        if taken:
            Expected(mode).ingress(envelope(body), {}, DOCUMENT)
        else:
            with pytest.raises(zeep.exceptions.XMLParseError):
                Expected(mode).ingress(envelope(body), {}, DOCUMENT)


def test_the_names_of_rpc_answers_are_left_to_the_peer():
    rpc = SimpleNamespace(style="rpc", output=DOCUMENT.output)
    assert Expected(True).ingress(envelope("<any/>"), {}, rpc)
    assert Nil().egress(1, 2, None, None) == Expected(True).egress(1, 2, None, None) == (1, 2)
