"""Envelopes by hand, and what is not let in."""

import pytest
from lxml import etree

from sandbox import soap


def test_an_envelope_gives_back_its_child() -> None:
    child = etree.Element("{urn:x}ask")
    child.text = "张小直"
    again = soap.payload(soap.envelope(child))
    assert (again.tag, again.text) == ("{urn:x}ask", "张小直")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"plain",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
        b'<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body/></Envelope>',
    ],
)
def test_what_is_no_message_is_malformed(body: bytes) -> None:
    with pytest.raises(soap.Malformed):
        soap.payload(body)


def test_a_fault_is_http_500() -> None:
    answer = soap.fault("no")
    assert answer.status == 500
    assert soap.payload(answer.body).findtext("faultstring") == "no"
