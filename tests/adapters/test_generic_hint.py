"""An answer that no rule names tells where it differs from the rules, and nothing about anybody."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import _generic_answer, _generic_hint
from adapters._generic_plan import Reading
from adapters._generic_request import Sent
from adapters._generic_unwrap import Unwrapped
from exchange.errors import Rejected, Unknown, ZhidaError
from exchange.ports import Reply
from exchange.problems import describe
from mappings.masks import mask

SENT = Sent("POST /x", "POST /x", {}, {})
WRAPPED = {"unwrap": [{"at": "/return", "as": "xml"}]}
HEAD = {"success": [{"at": "/HEAD/RTNCODE", "equals": "0000"}, {"at": "/BODY/ID", "present": True}]}


def told(answer: dict[str, Any], value: Any) -> Unknown:
    with pytest.raises(Unknown) as caught:
        _generic_answer.read(Reading.of(answer, None), Reply(b"", value), SENT, "act")
    return caught.value


def test_a_pointer_that_forgets_the_root_is_answered_with_the_right_one() -> None:
    xml = "<RESP><HEAD><RTNCODE>0000</RTNCODE><MSG>办理成功</MSG></HEAD></RESP>"
    error = told({"unwrap": [{"at": "", "as": "xml"}], **HEAD}, xml)
    assert error.code == "generic.unclear"
    assert error.facts == {
        "operation": "act",
        "seen": "/HEAD/RTNCODE: - → /RESP/HEAD/RTNCODE, /BODY/ID: -",
        "places": "/RESP/HEAD/RTNCODE, /RESP/HEAD/MSG",
        "unread": "-",
        "wanted": "success /HEAD/RTNCODE = 0000 (-), /BODY/ID present (-)",
        "place": "answer",
    }
    what, remedy = describe(error.code, error.facts)
    assert "/HEAD/RTNCODE: - → /RESP/HEAD/RTNCODE" in what
    assert "应答中有：/RESP/HEAD/RTNCODE" in what
    assert "XML 的根元素也是位置的一部分" in remedy
    assert "--answer" in remedy


def test_a_value_that_is_not_the_one_that_was_wanted_is_told_with_it_and_its_step() -> None:
    reading = Reading.of({"there": [{"at": "/code", "equals": "200"}]}, None)
    with pytest.raises(Unknown) as caught:
        _generic_answer.read(reading, Reply(b"", {"code": "0000", "name": "张小直"}), SENT, "act")
    assert caught.value.facts["wanted"] == "there /code = 200 (0000)"
    assert caught.value.facts["place"] == "probe"
    what, _ = describe(caught.value.code, caught.value.facts)
    assert "there /code = 200 (0000)" in what
    assert "张小直" not in what


@pytest.mark.parametrize(
    ("at", "value", "unread"),
    [
        ("", {"return": "<A/>"}, '"": object'),
        ("/retrun", {"return": "<A/>"}, "/retrun: -"),
        ("/return", {"return": " "}, "/return: ␣"),
        ("/return", {"return": ["<A/>"]}, "/return: list"),
    ],
)
def test_an_unwrap_that_found_no_text_is_told(at: str, value: Any, unread: str) -> None:
    error = told({"unwrap": [{"at": at, "as": "xml"}], **HEAD}, value)
    assert error.facts["unread"] == unread
    assert "/return" in str(error.facts["places"])


def test_a_contradiction_shows_the_codes_and_the_forms() -> None:
    rules = {
        "success": [{"at": "/code", "equals": "0"}],
        "busy": [{"at": "/msg", "matches": ".*忙.*"}],
    }
    error = told(rules, {"code": 0, "msg": "忙"})
    assert error.code == "generic.contradictory"
    assert error.facts["seen"] == "/code: 0, /msg: 汉"


@pytest.mark.parametrize(
    ("test", "value", "shown"),
    [
        ({"equals": "0"}, "E_9.1-a", "E_9.1-a"),
        ({"one_of": [0, 1]}, 12345678, "12345678"),
        ({"equals": "0"}, 123456789, "integer 9×9"),
        ({"equals": "0"}, "张小直", "汉×3"),
        ({"equals": "0"}, True, "true"),
        ({"equals": "0"}, {"#text": "0"}, "object → /a/#text"),
        ({"matches": "[0-9]"}, "E1", "A9"),
        ({"present": True}, "E1", "A9"),
        ({"absent": True}, "E1", "A9"),
        ({"absent": True}, None, "-"),
        ({"present": True}, {"x": "E1"}, "object"),
        ({"equals": "E1"}, ["E1"], "list → /a/0"),
    ],
)
def test_only_a_code_that_a_rule_compares_is_shown(test: Any, value: Any, shown: str) -> None:
    rules = {"busy": [{"at": "/a", **test}]}
    assert _generic_hint.facts(rules, Unwrapped({"a": value}))["seen"] == f"/a: {shown}"


def test_a_place_that_another_rule_matches_a_pattern_on_is_no_code() -> None:
    rules = {"success": [{"at": "/a", "equals": "0"}], "busy": [{"at": "/a", "matches": "x.*"}]}
    assert _generic_hint.facts(rules, Unwrapped({"a": "Zhang"}))["seen"] == "/a: Aa×4"


def test_an_unreadable_text_shows_its_form() -> None:
    error = told({**WRAPPED, **HEAD}, {"return": "系统维护", "time": "20260105"})
    assert error.code == "generic.unreadable-answer"
    assert error.facts["path"] == "/return"
    assert error.facts["seen"] == "/return: 汉×4"
    assert error.facts["places"] == "/return, /time"


def test_the_words_of_a_refusal_by_status_are_read_after_unwrapping() -> None:
    rules = {"when": [{"at": "/return/R/CODE", "equals": "1"}], "text": "/return/R/MSG"}
    reading = Reading.of({**WRAPPED, **HEAD, "refused": rules}, None)
    refusal = Rejected("wire.status-refused", status=400).answered(
        '{"return": "<R><CODE>1</CODE><MSG>材料不全</MSG></R>"}'.encode()
    )
    found = _generic_answer.despite(reading, refusal, SENT, "act")
    assert isinstance(found, Rejected)
    assert (found.code, found.reason) == ("generic.refused", "材料不全")


def test_no_answer_at_all_is_told_as_such() -> None:
    facts = _generic_hint.facts(HEAD, Unwrapped(None))
    assert facts["seen"] == '"": -, /HEAD/RTNCODE: -, /BODY/ID: -'
    assert facts["places"] == "-"
    assert _generic_hint.facts(HEAD, Unwrapped("Zhang San"))["seen"].startswith('"": Aa×4␣Aa×2')


# --- nobody is named ---------------------------------------------------------------------------

PEOPLE = {"320117202601050015": 1, "13912345678": 1, "张小直": {"code": 1}, "a" * 41: 1, "a b": 1}


def test_a_name_that_may_be_a_person_s_is_hidden_unless_a_rule_says_it() -> None:
    facts = _generic_hint.facts(HEAD, Unwrapped({"rows": [PEOPLE]}))
    assert facts["places"] == "/rows/0/?/code, /rows/0/?"
    rules = {"success": [{"at": "/结果/代码", "equals": "0"}]}
    found = _generic_hint.facts(rules, Unwrapped({"R": {"结果": {"代码": "0", "姓名": "张"}}}))
    assert found["seen"] == "/结果/代码: - → /R/结果/代码"
    assert found["places"] == "/R/结果/代码, /R/结果/?"


def test_facts_stay_short_and_quick_whatever_comes() -> None:
    deep: Any = "x"
    for number in range(3000):
        deep = {f"n{number}": deep}
    wide = {
        f"m{number}": {"x" * 30 + str(number): 0 for number in range(50)} for number in range(500)
    }
    rules = {"success": [{"at": f"/{'y' * 60}/{number}", "equals": 0} for number in range(20)]}
    for answer in (deep, wide, [[[[]]]] * 1000):
        facts = _generic_hint.facts(rules, Unwrapped(answer))
        assert all(len(text) <= _generic_hint.LONGEST + 1 for text in facts.values())
        assert facts["places"].count(",") < _generic_hint.MOST


LETTERS = "bcdefghijkBCDEFGHIJK1234567李王赵"
"""None of those that masks are made of, nor of the names below: found in a fact, it was leaked."""
LONG = st.text(LETTERS, min_size=9, max_size=40)
VALUES = LONG | st.integers(10**9, 10**18) | st.binary(min_size=9)
NAMES = st.sampled_from(["code", "data", "msg", "rows", "return", "x"])
PERSONS = st.text("李王赵", min_size=2, max_size=3) | st.from_regex(
    "[1-9][0-9]{10,17}", fullmatch=True
)
TESTS = st.builds(
    lambda at, test: {"at": at, **test},
    st.sampled_from(["", "/code", "/data/code", "/return/R/x", "/rows/0/x", "/nothing"]),
    st.sampled_from(
        [
            {"equals": "0"},
            {"one_of": ["1", 2]},
            {"matches": "z.*"},
            {"present": True},
            {"absent": True},
            {"empty": True},
        ]
    ),
)
ANSWERS = st.recursive(
    VALUES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(NAMES | PERSONS, inner, max_size=4)
    ),
    max_leaves=15,
)


@settings(max_examples=1000, deadline=None)
@given(
    answer=ANSWERS,
    rules=st.dictionaries(
        st.sampled_from(["success", "busy", "unknown", "login", "ours"]),
        st.lists(TESTS, min_size=1, max_size=3),
        min_size=1,
    ),
    at=st.sampled_from(["", "/return", "/data", "/nothing"]),
    kind=st.sampled_from(["xml", "json", "csv-row"]),
)
def test_no_value_longer_than_a_code_gets_into_a_fact(
    answer: Any, rules: dict[str, Any], at: str, kind: str
) -> None:
    reading = Reading.of({**rules, "unwrap": [{"at": at, "as": kind}]}, None)
    try:
        _generic_answer.read(reading, Reply(b"", answer), SENT, "act")
    except ZhidaError as error:
        facts = " ".join(str(fact) for name, fact in error.facts.items() if name != "operation")
        for value in leaves(answer):
            assert str(value) not in facts or str(value) == mask(value)
        assert not set("李王赵") & set(facts)


def leaves(node: Any) -> list[Any]:
    if isinstance(node, dict):
        own = [name for name in node if len(name) > 8]
        return own + [leaf for child in node.values() for leaf in leaves(child)]
    if isinstance(node, list):
        return [leaf for child in node for leaf in leaves(child)]
    return [node]
