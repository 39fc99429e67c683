"""Answers in parts, as literal bytes: binaries that look like anything, and parts that lack."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from connectors.http import Received
from connectors.soap_parts import UnpackableError, unpacked

TYPE = 'Multipart/Related; type="application/xop+xml"; boundary="=_b 1"; start="<root@x>"'
XOP = "http://www.w3.org/2004/08/xop/include"


def part(name, content, media="application/octet-stream"):
    head = f"\r\n--=_b 1\r\nContent-Type: {media}\r\nContent-ID: <{name}>\r\n\r\n"
    return head.encode() + content


def pointing(name, rest=""):
    return f'<e><f><x:Include xmlns:x="{XOP}" href="cid:{name}"/></f>{rest}</e>'.encode()


def answer(*parts, media=TYPE, end=b"\r\n--=_b 1--\r\n"):
    return Received(200, {"Content-Type": media}, b"".join(parts).lstrip() + end)


def test_an_answer_in_one_part_is_not_touched():
    told = Received(200, {"Content-Type": "text/xml"}, b"--x")
    assert unpacked(told) is told


@given(st.binary())
def test_every_binary_is_put_into_its_place(content):
    told = answer(part("root@x", pointing("a%2Fb@x"), "text/xml"), part("a/b@x", content))
    if b"--=_b 1" in content:
        return
    root = etree.fromstring(unpacked(told).content)
    assert base64.b64decode(root.findtext("f")) == content
    assert len(root.find("f")) == 0


def test_the_envelope_is_the_part_that_the_header_names():
    told = answer(part("other", b"<no/>"), part("root@x", b"<yes/>", "text/xml; charset=GBK"))
    found = unpacked(told)
    assert (found.content, found.headers["Content-Type"]) == (b"<yes/>", "text/xml; charset=GBK")


def test_without_a_name_it_is_the_first():
    told = answer(
        part("a", b"<yes/>"), part("b", b"<no/>"), media='multipart/related;boundary="=_b 1"'
    )
    assert unpacked(told).content == b"<yes/>"


def test_a_part_without_headers_and_lines_that_end_in_lf_only():
    told = Received(200, {"Content-Type": "multipart/related; boundary=b"}, b"--b\n\n<a/>\n--b--")
    assert unpacked(told).content == b"<a/>"


@pytest.mark.parametrize(
    "told",
    [
        answer(part("root@x", b"<a/>"), end=b""),
        answer(part("root@x", b"<a/>"), media="multipart/related"),
        answer(part("root@x", b"<a/>"), media="multipart/related; boundary=other"),
        answer(part("root@x", pointing("missing"))),
        answer(part("root@x", pointing("a")[:-3])),
        Received(200, {"Content-Type": "multipart/related; boundary=b"}, b"--b\r\nx\r\n--b--"),
        Received(200, {"Content-Type": "multipart/related; boundary=b"}, b""),
    ],
)
def test_what_is_not_whole_is_refused(told):
    with pytest.raises(UnpackableError):
        unpacked(told)


def test_no_entity_is_followed_while_parts_are_joined():
    evil = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + pointing("a")
    assert unpacked(answer(part("root@x", evil), part("a", b"x"))).content == evil
