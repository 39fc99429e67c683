"""Every shipped mapping compiles, passes its own tests, and forgets no source field."""

import pytest

from mappings.compiler import load, names


@pytest.mark.parametrize("name", names())
def test_a_shipped_mapping_keeps_its_word(name: str) -> None:
    mapping = load(name)
    assert mapping.check() == ()
    assert mapping.file.tests, "a mapping without tests proves nothing"
