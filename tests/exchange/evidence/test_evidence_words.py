"""A title stands before the signed name and never in its place."""

import doctest

from exchange import evidence_words
from exchange.evidence_words import AsSigned, both, every


def test_without_words_every_name_is_as_it_was_signed():
    words = AsSigned()
    assert every(words, "birth-record", ["/a", "/b"], "`") == ["`/a`", "`/b`"]
    assert (words.kind("x"), words.purpose("y"), words.meaning("x", "/a", "1")) == ("x", "y", "")


def test_the_signed_name_is_always_there():
    assert both("姓名", "/name", "`").endswith("`/name`")


def test_doctests():
    assert doctest.testmod(evidence_words).failed == 0
