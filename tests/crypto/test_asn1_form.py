"""DER as a tree: what asn1crypto writes is read, and no other encoding of it (G10)."""

from __future__ import annotations

import contextlib

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from crypto import asn1_form
from crypto.asn1_form import INTEGER, OCTETS, Node
from crypto.errors import Malformed


def nested(node: Node) -> object:
    if node.tag == INTEGER:
        return node.integer()
    return [nested(each) for each in node.parts] if node.parts or node.tag == 0x30 else node.body


def written(value: object) -> bytes:
    if isinstance(value, int):
        return bytes(core.Integer(value).dump())
    if isinstance(value, bytes):
        return bytes(core.OctetString(value).dump())
    assert isinstance(value, list)
    body = b"".join(map(written, value))
    return bytes(core.Sequence(contents=body).dump())


VALUES = st.recursive(
    st.integers(-(2**70), 2**70) | st.binary(max_size=300), lambda of: st.lists(of, max_size=4)
)


@given(VALUES)
def test_what_was_written_is_read(value: object) -> None:
    data = written(value)
    node = asn1_form.parse(data)
    assert nested(node) == value
    assert node.raw == data


@given(VALUES, st.data())
def test_a_cut_or_a_tail_is_no_value(value: object, draw: st.DataObject) -> None:
    data = written(value)
    at = draw.draw(st.integers(0, len(data) - 1))
    for wrong in (data[:at], data + b"\0"):
        with pytest.raises(Malformed):
            asn1_form.parse(wrong)


@given(st.binary(max_size=80))
def test_hostile_bytes_are_malformed_or_a_value(data: bytes) -> None:
    with contextlib.suppress(Malformed):
        assert asn1_form.parse(data).raw == data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "30",
        "3080",
        "30800000",
        "308103020101",
        "30820003020101",
        "3f0100",
        "02820001",
        "3004020101",
    ],
)
def test_other_encodings(text: str) -> None:
    with pytest.raises(Malformed):
        asn1_form.parse(bytes.fromhex(text))


@pytest.mark.parametrize("text", ["0200", "02020001", "0202ff80", "040101"])
def test_a_number_has_one_form(text: str) -> None:
    with pytest.raises(Malformed):
        asn1_form.parse(bytes.fromhex(text)).integer()


@pytest.mark.parametrize("text", ["0600", "060180", "040101"])
def test_what_is_no_object_identifier(text: str) -> None:
    with pytest.raises(Malformed):
        asn1_form.parse(bytes.fromhex(text)).oid()


def test_nothing_is_nested_without_end() -> None:
    data = bytes([OCTETS, 0])
    for _ in range(25):
        data = bytes(core.Sequence(contents=data).dump())
    with pytest.raises(Malformed):
        asn1_form.parse(data)
    assert asn1_form.parse(data[2:]).tag == 0x30
