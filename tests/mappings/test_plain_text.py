"""Text that survives every wire."""

import pytest

from mappings.plain_text import first_bad, is_plain


@pytest.mark.parametrize(
    "name", ["𬀩", "㛃", "䶮", "阿卜杜热西提·阿卜杜热合曼", "O'Neil", "领", "\ue863"]
)
def test_names_are_plain(name: str) -> None:
    assert is_plain(name)


@pytest.mark.parametrize(
    "bad", ["\x00", "\x1b", "\n", "\x7f", "\x85", "\ud800", "\ufffd", "\uffff"]
)
def test_what_breaks_wires_or_shows_a_loss_is_found(bad: str) -> None:
    assert first_bad(f"张小{bad}") == 2
