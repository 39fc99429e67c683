"""What a peer may answer in, and what it must not choose."""

import pytest

from connectors import charsets


@pytest.mark.parametrize("label", ["GBK", "utf-8", "Big5", "windows-936", "", "ISO-8859-1"])
def test_what_is_known_is_a_codec(label):
    assert b"{}".decode(charsets.known(label)) == "{}"


@pytest.mark.parametrize("label", ["Punycode", "idna", "utf-7", "unicode-escape", "hex", "none"])
def test_nothing_else_is_decoded(label):
    with pytest.raises(LookupError):
        charsets.known(label)
