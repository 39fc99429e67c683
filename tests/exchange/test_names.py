"""A suggestion only where one is near; else what there is, in an order and a number that help."""

from __future__ import annotations

from exchange.names import LONGEST, MOST, nearest, similar


def test_a_name_that_is_not_near_is_no_suggestion() -> None:
    keys = ["join", "from", "required", "to"]
    assert similar("optional", keys) == "-"
    assert nearest("optional", keys) == "from | join | required | to"
    assert nearest("requird", keys) == "required"


def test_the_case_of_letters_is_no_difference() -> None:
    assert nearest("rtncode", ["RTNCODE", "RTNMSG"]) == "RTNCODE"


def test_a_long_list_is_cut() -> None:
    told = nearest("?", [f"{number:02}{'x' * 60}" for number in range(MOST + 5)])
    assert told.count(" | ") == MOST
    assert told.endswith(" | …")
    assert max(map(len, told.split(" | "))) == LONGEST


def test_where_nothing_is_known_nothing_is_said() -> None:
    assert nearest("x", []) == similar("x", []) == "-"
