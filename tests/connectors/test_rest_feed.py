"""Lists by page since a cursor: each row comes, none twice as long as the cursor is kept."""

import json
from contextlib import closing
from urllib.parse import parse_qs

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import json_text, rest_feed
from connectors.wires import wire
from exchange.errors import Fatal, Retriable
from exchange.ports import Endpoint, Reply
from exchange.problems import describe

ABOUT = {"call": "GET /list", "cursor": "since", "rows": "/data/rows", "next": "/data/next"}
VALID = jsonschema_rs.validator_for(rest_feed.OPTIONS)


class Peer:
    """Stands where the connector does: a list that grows, told by page since a number."""

    def __init__(self, size=1000):
        self.rows, self.size, self.asked = [], size, []

    def call(self, operation, body):
        self.asked.append((operation, dict(body)))
        start, size = int(body.get("since", 0)), min(self.size, body.get("size", 1000))
        page = self.rows[start : start + size]
        value = {"data": {"rows": page, "next": str(start + len(page))}}
        return Reply(json_text.written(value), value)

    def close(self):
        pass


def feed(peer, **about):
    told = {"streams": {"list": {**ABOUT, **about}}}
    VALID.validate(told)
    defaults = rest_feed._DEFAULTS
    return rest_feed.RestFeed(peer, {n: defaults | s for n, s in told["streams"].items()})


@given(
    bursts=st.lists(st.integers(0, 9), max_size=8),
    size=st.integers(1, 4),
    limit=st.integers(1, 5),
)
def test_every_row_comes_once_and_in_order_however_the_list_grows(bursts, size, limit):
    peer, cursor, seen = Peer(size), "", []
    source = feed(peer, size_field="size", size=3)
    for burst in [*bursts, *[0] * 72]:
        peer.rows += [{"id": len(peer.rows) + n} for n in range(burst)]
        found, cursor = source.receive("list", cursor, limit=limit)
        assert len(found) <= min(limit, 3)
        seen += [json.loads(one.raw) for one in found]
    assert seen == peer.rows


def test_who_asks_again_with_the_old_cursor_gets_the_same_under_the_same_names():
    peer = Peer()
    peer.rows = [{"id": 2**70, "姓名": "示例"}]
    source = feed(peer)
    first, after = source.receive("list", "", limit=9)
    source.settle("list", [one.key for one in first])
    assert source.receive("list", "", limit=9) == (first, after)
    assert json_text.read(first[0].raw) == peer.rows[0]
    assert source.receive("list", after, limit=9) == ([], after)


def test_what_is_asked():
    peer = Peer()
    peer.rows = [{"id": 1}]
    source = feed(peer, first="0", constants={"kind": "all"}, size_field="size", size=50)
    _, after = source.receive("list", "", limit=20)
    source.receive("list", after, limit=200)
    assert peer.asked == [
        ("GET /list", {"kind": "all", "since": "0", "size": 20}),
        ("GET /list", {"kind": "all", "since": "1", "size": 50}),
    ]
    feed(peer).receive("list", "", limit=20)
    assert peer.asked[-1] == ("GET /list", {})


def test_a_waiting_look_is_looked_again_once():
    peer = Peer()
    assert feed(peer).receive("list", "7", limit=1, wait=0.01) == ([], "7")
    assert len(peer.asked) == 2


@pytest.mark.parametrize("after", ["", "7"])
def test_rows_without_a_further_cursor_are_not_believed(served, after):
    served.will({"data": {"rows": [{"id": 1}], "next": after}})
    error = failed(served, Fatal, cursor="7")
    assert error.code == "rest.no-next"


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ({"code": "4000", "msg": "no"}, Fatal, "rest.no-rows"),
        ({"status": "400 Bad Request"}, Retriable, "rest.unreadable-page"),
        ({"status": "503 Service Unavailable"}, Retriable, "wire.busy"),
        ({"media": "text/html"}, Retriable, None),
    ],
)
def test_no_list_is_never_an_empty_list(served, answer, kind, code):
    more = answer if {"status", "media"} & answer.keys() else {}
    served.will({} if more else answer, **more)
    error = failed(served, kind)
    assert error.code == code or code is None


def test_a_stream_that_is_not_told_of_is_answered_with_the_nearest():
    for act in (lambda s: s.receive("lisst", "", limit=1), lambda s: s.settle("lisst", [])):
        with pytest.raises(Fatal, match=r"wire\.no-stream") as raised:
            act(feed(Peer()))
        assert raised.value.facts["nearest"] == "list"


def test_over_a_real_wire_by_the_alias_that_sites_write(served):
    served.will({"data": {"rows": [{"id": 1}], "next": "1"}})
    with closing(opened(served, {**ABOUT, "constants": {"unit": "溧水"}})) as source:
        found, after = source.receive("list", "", limit=5)
    assert (json.loads(found[0].raw), after) == ({"id": 1}, "1")
    method, path, _ = served.line(0).split(" ")
    assert method == "GET"
    assert parse_qs(path.partition("?")[2]) == {"unit": ["溧水"]}


def test_a_lost_answer_to_a_question_is_no_doubt(served):
    served.will(None)
    with (
        closing(opened(served, {**ABOUT, "call": "POST /list"})) as source,
        pytest.raises(Retriable),
    ):
        source.receive("list", "", limit=5)


def opened(served, about):
    told = {"timeout_s": 5, "streams": {"list": about}}
    VALID.validate(told)
    return wire("rest").open_feed(told, Endpoint(served.url))


def failed(served, kind, cursor=""):
    with closing(opened(served, ABOUT)) as source, pytest.raises(kind) as raised:
        source.receive("list", cursor, limit=5)
    told = "".join(describe(raised.value.code, raised.value.facts))
    assert "?" not in told
    return raised.value
