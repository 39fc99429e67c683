"""A file on its way through a gate: what it says of itself, and what cannot be believed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.gate_file import Forged, Head, NotOurs, name, opened, sealed

HEAD = Head(
    kind="part", channel="main", sender="hub", sequence=7, part=1, parts=2, message="a" * 64,
    size=3, digest="b" * 64, content="",
)  # fmt: skip


@given(st.binary(max_size=300), st.sampled_from(["", "secret"]))
def test_what_is_sealed_is_opened(content, secret):
    raw = sealed(HEAD, content, secret)
    assert raw.isascii()
    for changed in (raw, raw.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + raw):
        assert opened(changed, secret).content == content
        assert replace(opened(changed, secret).head, content="") == HEAD


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_byte_is_noticed(at, change):
    raw = bytearray(sealed(HEAD, b"some content" * 20, "secret"))
    raw[at % len(raw)] ^= change
    try:
        found = opened(bytes(raw), "secret")
    except (NotOurs, Forged):
        return
    assert found.content in (None, b"some content" * 20)
    assert replace(found.head, content="") == HEAD


@pytest.mark.parametrize("keep", [0, 1, 100, -1, -10])
def test_a_cut_file_has_no_content(keep):
    raw = sealed(HEAD, b"x" * 100, "")
    try:
        assert opened(raw[:keep], "").content in (None, *([b"x" * 100] if keep == -1 else []))
    except NotOurs:
        assert keep in (0, 1, 100)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "other"}, {"sequence": 0}, {"sequence": 36**5}, {"part": 3}, {"part": 0},
        {"parts": 2000, "part": 1999}, {"outcome": "received"}, {"digest": "../../etc"},
        {"message": "B" * 64}, {"size": -1}, {"sequence": True}, {"sender": 7}, {"size": 1.5},
    ],
)  # fmt: skip
def test_a_head_that_cannot_be_is_none(wrong):
    raw = sealed(replace(HEAD, **wrong), b"x", "secret")
    with pytest.raises(NotOurs):
        opened(raw, "secret")


def test_another_secret_is_noticed_and_none_at_all():
    for secret in ("", "other"):
        with pytest.raises(Forged):
            opened(sealed(HEAD, b"x", secret), "secret")


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"zhida-gate":2}', b'{"zhida-gate":1}', b"\xff", b"[" * 9999]
)
def test_what_is_no_such_file_is_none(raw):
    with pytest.raises((NotOurs, Forged)):
        opened(raw, "")


def test_names_are_short_lower_and_unlike():
    receipt = replace(HEAD, kind="receipt", part=0, outcome="received")
    heads = [HEAD, replace(HEAD, part=2), replace(HEAD, sequence=8), receipt]
    heads.append(replace(receipt, outcome="damaged"))
    names = [name(head, "txt") for head in heads]
    assert len(set(names)) == 5
    assert all(len(each) == 12 and each == each.lower() for each in names)
