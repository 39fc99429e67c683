"""A recipient of what syncs give: by a queue or as files; what it raises is why nothing moves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import _recipient_files, _recipient_queue, recipient
from adapters.recipient import Consignment
from connectors.amqp import AmqpPublisher, Outgoing
from exchange import canonical
from exchange.errors import Invalid, Rejected, Unknown
from exchange.ports import Endpoint


def what(**more: Any) -> Consignment:
    told: dict[str, Any] = {
        "sync": "firms", "document": "firm-row", "batch": "5be1a0f29c", "number": 3, "key": ("no",),
        "columns": ("no", "name"), "rows": [{"no": "1", "name": "甲"}, {"no": "2"}],
    }  # fmt: skip
    return Consignment(**{**told, **more})


class Broker(AmqpPublisher):
    """Says of each message what it is told to."""

    def __init__(self, *words: Any) -> None:
        self.words, self.came = words, list[Outgoing]()

    def publish(self, messages: Any) -> Any:
        self.came += messages
        return list(self.words)


def test_a_message_a_row_with_its_id() -> None:
    broker = Broker(None, None)
    _recipient_queue.publish(broker, what(ids=["a", "b"], route="firms"))
    assert [(e.routing_key, e.key, json.loads(e.body)["row"]) for e in broker.came] == [
        ("firms", "a", {"no": "1", "name": "甲"}),
        ("firms", "b", {"no": "2"}),
    ]


@given(
    st.dictionaries(st.text(), st.text() | st.booleans() | st.integers(-9, 9), max_size=3),
    st.text(),
)
def test_a_message_is_the_canonical_json_of_all_of_it(row: dict[str, Any], told: str) -> None:
    """Whatever the texts around the row say."""
    for about in ({"sync": told, "document": '"row":{}'}, {"key": ('"row":{}', told)}):
        made = what(rows=[row], **about)
        whole = canonical.dumps({**made.about, "row": row})
        assert _recipient_queue.bodies(made) == [whole]


@pytest.mark.parametrize(
    "error",
    [
        Unknown("amqp.unconfirmed", peer="-", operation="-"),
        Rejected("amqp.unroutable", peer="-", operation="-", exchange="-"),
    ],
)
def test_one_that_is_not_confirmed_is_raised(error: Exception) -> None:
    with pytest.raises(type(error)):
        _recipient_queue.publish(Broker(None, error), what(ids=["a", "b"]))


def test_a_message_that_is_too_long_is_told_before() -> None:
    assert _recipient_queue.unfit(what(), 1000) == {}
    found = _recipient_queue.unfit(what(rows=[{"no": "1"}, {"no": "长" * 200}]), 400)
    assert {number: error.code for number, error in found.items()} == {1: "recipient.too-long"}


@pytest.mark.parametrize(("form", "end"), [("csv", "csv"), ("xlsx", "xlsx")])
def test_a_file_and_its_companion_are_put_once(tmp_path: Path, form: str, end: str) -> None:
    (tmp_path / "in").mkdir()
    options = {"wire": "files", "settings": {"folders": {"out": {"folder": "in"}}}}
    system = recipient.open_system(options, Endpoint(str(tmp_path)))
    told = what(file={"folder": "out", "format": form})
    for _ in range(2):
        system.give(told)
    name = f"firms-000000003-5be1a0f2.{end}"
    assert sorted(each.name for each in (tmp_path / "in").iterdir()) == [name, f"{name}.json"]
    with pytest.raises(Rejected, match=r"files\.other-content"):
        system.give(what(file={"folder": "out", "format": form}, rows=[{"no": "3"}]))
    system.close()


def test_a_row_that_has_no_place_in_the_file_is_told_alone() -> None:
    layout = {"columns": [{"name": "no", "width": 2}, {"name": "name", "width": 4}]}
    file = {"folder": "out", "format": "fixed", "layout": layout, "encoding": "gbk"}
    rows = [{"no": "1", "name": "甲乙"}, {"no": "2", "name": "甲乙丙"}, {"no": "3", "other": "x"}]
    assert set(_recipient_files.unfit(what(file=file, rows=rows))) == {1, 2}
    assert _recipient_files.unfit(what(file=file, gone=True, rows=[{"no": "1"}])) == {}


def test_settings_of_another_wire_are_told() -> None:
    with pytest.raises(Invalid, match=r"feed\.unknown-setting"):
        recipient.open_system(
            {"wire": "amqp", "settings": {"folders": {}}}, Endpoint("127.0.0.1:1")
        )
    assert recipient.mistakes({"wire": "files"}, None)
