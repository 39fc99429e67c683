"""What is shown of what a procedure names, and of what it does not name any more."""

from __future__ import annotations

from matters import acceptance_words
from tests.matters.houses import PROCEDURE


def test_what_is_in_the_lists_has_its_title() -> None:
    assert acceptance_words.title(PROCEDURE.items, "fire") == "fire验收"
    assert acceptance_words.title(PROCEDURE.materials, "alarm") == "alarm图"
    assert acceptance_words.clause(PROCEDURE, "fire") == "fire验收（示例）"


def test_what_is_not_keeps_its_name() -> None:
    assert acceptance_words.title(PROCEDURE.items, "lifts") == "lifts"
    assert acceptance_words.clause(PROCEDURE, "lifts") == "lifts"


def test_several_stand_in_the_list_s_order_and_what_is_gone_after_them() -> None:
    told = {"gone": "1", "alarm": "2", "steel": "3"}
    assert acceptance_words.titles(PROCEDURE.materials, told) == ["steel图", "alarm图", "gone"]
