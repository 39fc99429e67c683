import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import json_text
from connectors.rest_pages import PAGING, pages
from exchange.errors import Fatal, Rejected, Retriable
from exchange.ports import Reply

NUMBERS = {
    "kind": "page",
    "rows": "/data/list",
    "field": "pageNo",
    "size_field": "pageSize",
    "size": 3,
}
TOTAL = {**NUMBERS, "total": "/data/total"}
CURSORS = {"kind": "cursor", "rows": "/list", "field": "after", "next": "/next"}


class Peer:
    """Gives out rows by page, at most ``most`` at a time whatever it is asked for."""

    def __init__(self, count, most=1000):
        self.rows, self.most, self.asked = [{"id": n} for n in range(count)], most, []

    def __call__(self, body):
        self.asked.append(dict(body))
        size = min(body["pageSize"], self.most)
        start = (body["pageNo"] - 1) * size
        return self.answer({"list": self.rows[start : start + size], "total": len(self.rows)})

    @staticmethod
    def answer(data):
        return replied({"data": data})


def replied(value):
    return Reply(json_text.written(value), value)


def read(ask, rule, **more):
    jsonschema_rs.validator_for(PAGING).validate(rule)
    return [row for page in pages(ask, {"unit": "溧水"}, rule, **more) for row in page.rows]


@pytest.mark.parametrize("rule", [NUMBERS, TOTAL])
@given(count=st.integers(0, 20), most=st.integers(1, 5))
def test_all_rows_come_once_and_in_order_even_if_the_peer_cuts_its_pages(rule, count, most):
    peer = Peer(count, most)
    assert read(peer, rule) == peer.rows


def test_what_is_asked():
    peer = Peer(4)
    read(peer, TOTAL)
    assert peer.asked == [
        {"unit": "溧水", "pageSize": 3, "pageNo": 1},
        {"unit": "溧水", "pageSize": 3, "pageNo": 2},
    ]
    peer = Peer(3)
    read(peer, NUMBERS)
    assert [asked["pageNo"] for asked in peer.asked] == [1, 2]


def test_pages_may_begin_with_zero():
    asked = []

    def ask(body):
        asked.append(body["pageNo"])
        return Peer.answer({"list": [{"n": 1}] if body["pageNo"] == 0 else []})

    assert read(ask, {**NUMBERS, "first": 0}) == [{"n": 1}]
    assert asked == [0, 1]


def test_cursors_are_followed_to_the_end_through_empty_pages():
    answers = {"": ([1], "a"), "a": ([], 7), "7": ([2, 3], "")}
    asked = []

    def ask(body):
        asked.append(body.get("after", ""))
        rows, following = answers[asked[-1]]
        return replied({"list": rows, "next": following})

    assert read(ask, CURSORS) == [1, 2, 3]
    assert asked == ["", "a", "7"]


def one(value):
    """A peer with a single page, then empty ones."""
    answers = [value, {"data": {"list": []}}]
    return lambda _: replied(answers.pop(0))


def test_a_single_result_may_be_an_object():
    assert read(one({"data": {"list": {"id": 1}}}), NUMBERS) == [{"id": 1}]


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_no_result_may_be_written_in_several_ways(empty):
    assert read(lambda _: replied({"data": {"list": empty}}), NUMBERS) == []


def test_a_total_of_zero_needs_no_list():
    assert read(lambda _: replied({"data": {"total": "0"}}), TOTAL) == []


@pytest.mark.parametrize("value", [{}, {"data": None}, {"data": {"List": []}}, [], "busy", None])
def test_an_answer_without_the_list_is_not_an_empty_list(value):
    with pytest.raises(Fatal, match=r"rest\.no-rows"):
        read(lambda _: replied(value), NUMBERS)


def test_a_total_that_is_none_is_told():
    with pytest.raises(Fatal, match=r"rest\.no-rows.*total"):
        read(lambda _: Peer.answer({"list": [1], "total": "many"}), TOTAL)


def test_a_peer_that_ignores_the_page_is_found_out():
    with pytest.raises(Fatal, match=r"rest\.pages-repeat"):
        read(lambda _: Peer.answer({"list": [{"id": 1}]}), NUMBERS)


def test_a_list_without_an_end_is_left():
    counter = iter(range(100))
    with pytest.raises(Fatal, match=r"rest\.pages-endless"):
        read(lambda _: Peer.answer({"list": [next(counter)]}), {**NUMBERS, "max_pages": 5})


@pytest.mark.parametrize(
    "answers",
    [
        [{"list": [1, 2], "total": 4}, {"list": [], "total": 4}],
        [{"list": [1, 2], "total": 4}, {"list": [3, 4], "total": 5}],
        [{"list": [1, 2], "total": 1}],
    ],
)
def test_a_list_that_changes_while_it_is_read_is_read_again(answers):
    left = list(answers)
    with pytest.raises(Retriable, match=r"rest\.pages-changed"):
        read(lambda _: Peer.answer(left.pop(0)), TOTAL)


def test_a_refusal_in_good_clothes_is_the_caller_s_to_see():
    def judge(reply):
        if reply.value["code"] != "0":
            raise Rejected("x.y")

    with pytest.raises(Rejected):
        read(lambda _: replied({"code": "1"}), NUMBERS, judge=judge)
