"""A message in somebody's OA: to one person, of a template that the site lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters import _oa_message
from exchange.errors import Invalid

TEMPLATE = "notice: born\ntitle: 办结\ntext: 您为{child}申报的事项已办结。\nfields: {child: {title: 姓名, max_chars: 20}}\n"


@pytest.fixture
def templates(tmp_path: Path) -> Any:
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices/born.yaml").write_text(TEMPLATE, "utf-8")
    return _oa_message.templates(tmp_path, ["born"])


def notice(**changed: Any) -> dict[str, Any]:
    return {"id": "n1", "template": "born", "to": "201", "values": {"child": "张小直"}, **changed}


def test_a_message_names_its_receiver_and_carries_our_key(templates: Any) -> None:
    fields = _oa_message.prepared(templates, notice(), "k1").body["fields"]
    assert (fields["blr"], fields["ywlsh"]) == ("201", "k1")
    assert fields["sxnr"] == "您为张小直申报的事项已办结。"


@pytest.mark.parametrize("to", ["", "张大直", "13800000000,201", "-1", 201, None])
def test_a_receiver_who_is_no_person_of_the_oa_is_told_by_place_only(
    templates: Any, to: Any
) -> None:
    with pytest.raises(Invalid, match=r"oa\.no-person") as caught:
        _oa_message.prepared(templates, notice(to=to), "k1")
    assert caught.value.facts == {"path": "/notice/to"}


def test_a_template_that_is_not_listed_cannot_be_used(templates: Any) -> None:
    with pytest.raises(Invalid, match=r"notification\.template-not-listed"):
        _oa_message.prepared(templates, notice(template="../born"), "k1")
