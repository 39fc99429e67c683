"""In which encoding a file was saved."""

import doctest

import pytest

from exchange.errors import Invalid
from matters import file_text

TEXT = "unit: hospital\ntitle: 溧水区示例妇幼保健院\n"


@pytest.mark.parametrize(
    ("data", "code", "facts"),
    [
        (TEXT.encode("gbk"), "file.not-utf8", {"line": 2, "found": "GBK"}),
        (TEXT.encode("utf-16"), "file.utf16", {}),
        (TEXT.encode("utf-16-le"), "file.utf16", {}),
        ("a: 1\ntitle: 医院\n".encode("gbk"), "file.not-utf8", {"line": 2, "found": "GBK"}),
        (b"a: \xff\xff\xff", "file.not-utf8", {"line": 1, "found": "?"}),
    ],
)
def test_what_it_is_instead_of_utf_8(data, code, facts):
    with pytest.raises(Invalid) as refused:
        file_text.decode(data, "x.yaml")
    assert refused.value.code == code
    assert refused.value.facts == {"file": "x.yaml", **facts}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_mark_at_the_beginning_does_no_harm(encoding):
    assert file_text.decode(TEXT.encode(encoding), "x.yaml") == TEXT


def test_compatibility_ideographs_are_left_alone():
    assert file_text.decomposed_line("title: \ufa11\uf900") == 0


def test_doctests():
    assert doctest.testmod(file_text).failed == 0
