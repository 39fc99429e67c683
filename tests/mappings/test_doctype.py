"""A DOCTYPE is found wherever it stands in a part, and in whatever encoding."""

from __future__ import annotations

import doctest
import io

import pytest

from mappings import doctype

DECLARED = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


@pytest.mark.parametrize(
    "part",
    [
        DECLARED.encode(),
        DECLARED.lower().replace("entity", "x").encode(),
        b"\xef\xbb\xbf" + DECLARED.encode(),
        DECLARED.encode("utf-16"),
        DECLARED.encode("utf-16-be"),
        f"<!--{'x' * 3_000_000}-->{DECLARED}".encode(),
        f"<!--{'x' * 3_000_000}-->{DECLARED}".encode("utf-16"),
        *(f"{' ' * (1_000_000 - n)}{DECLARED}".encode() for n in range(1, 12)),
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4APA-a/+AD4-',
        ('<?xml version="1.0" encoding="IBM037"?>' + DECLARED).encode("cp037"),
    ],
    ids=range(20),
)
def test_found(part: bytes) -> None:
    assert doctype.declares(io.BytesIO(part))


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b'<?xml version="1.0" encoding="UTF-8"?><a>DOCTYPE</a>',
        b"\x89PNG\0\xff",
        b"<a>&lt;!</a>",
    ],
)
def test_not_found(part: bytes) -> None:
    assert not doctype.declares(io.BytesIO(part))


def test_doctests() -> None:
    assert doctest.testmod(doctype).failed == 0
