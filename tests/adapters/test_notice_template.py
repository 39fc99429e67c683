"""Only what a placeholder permits goes into a message; a number that points to somebody never does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import _notice_template
from exchange.errors import Fatal, Invalid

TEXT = """notice: born
title: 办结
text: 您为{child}申报的事项已于{day}办结。
fields:
  child: {title: 姓名, max_chars: 20}
  day: {title: 日期, max_chars: 12}
"""
VALUES = {"child": "张小直", "day": "1月8日"}


def _site(folder: Path, text: str = TEXT) -> Path:
    (folder / "notices").mkdir()
    (folder / "notices/born.yaml").write_text(text, "utf-8")
    return folder


@pytest.fixture
def template(tmp_path: Path) -> Any:
    return _notice_template.load(_site(tmp_path), "born")


def test_a_text_is_filled(template: Any) -> None:
    assert template.filled(VALUES) == "您为张小直申报的事项已于1月8日办结。"


def test_a_value_as_long_as_its_placeholder_permits_fits(template: Any) -> None:
    assert "直" * 20 in template.filled(VALUES | {"child": "直" * 20})


@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        ({"mother": "李小达"}, "notification.not-permitted", "/notice/values/mother"),
        ({"李小达": "x"}, "notification.not-permitted", "/notice/values"),
        ({"day": ""}, "notification.missing", "/notice/values/day"),
        ({"day": 8}, "notification.missing", "/notice/values/day"),
        ({"child": "直" * 21}, "notification.does-not-fit", "/notice/values/child"),
        ({"child": "张\n小"}, "notification.does-not-fit", "/notice/values/child"),
        ({"child": "11010519491231002X"}, "notification.number-in-text", "/notice/values/child"),
        ({"child": "110105 1949 1231 002x"}, "notification.does-not-fit", "/notice/values/child"),
        (
            {"child": "１１０１０５１９４９１２３１００２Ｘ"},
            "notification.number-in-text",
            "/notice/values/child",
        ),
        ({"child": "电话13812345678"}, "notification.number-in-text", "/notice/values/child"),
    ],
)
def test_what_must_not_stand_there_is_refused_without_being_told(
    template: Any, changed: dict[str, Any], code: str, path: str
) -> None:
    with pytest.raises(Invalid) as caught:
        template.filled(VALUES | changed)
    (problem,) = caught.value.problems
    assert (problem.code, problem.facts["path"]) == (code, path)
    for value in changed.values():
        assert not value or str(value) not in repr(problem)


def test_everything_is_told_at_once(template: Any) -> None:
    with pytest.raises(Invalid) as caught:
        template.filled({"x": "1"})
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (TEXT.replace("{day}", "昨日"), "placeholders"),
        (TEXT.replace("{day}", "{date}"), "placeholders"),
        (TEXT.replace("{day}", "{day} {"), "placeholders"),
        (TEXT.replace("notice: born", "notice: other"), "placeholders"),
        (TEXT.replace("max_chars: 12", "max_chars: 1200"), "不大于 100（maximum）"),
        (TEXT.replace("title: 办结", "titel: 办结"), "additionalProperties: titel"),
    ],
)
def test_a_template_that_does_not_hold_together_is_told_with_its_file(
    tmp_path: Path, text: str, rule: str
) -> None:
    with pytest.raises(Fatal) as caught:
        _notice_template.load(_site(tmp_path, text), "born")
    assert caught.value.code == "notification.template"
    assert caught.value.facts["file"] == "born.yaml"
    assert caught.value.facts["rule"] in (rule, "缺少 title（required）")


def test_a_missing_template_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(Fatal) as caught:
        _notice_template.load(tmp_path, "born")
    assert caught.value.facts == {"template": "born", "folder": "notices"}


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=30), max_size=3))
def test_whatever_comes_is_a_text_or_invalid(values: dict[str, str]) -> None:
    template = _notice_template.Template("t", "t", "有{a}和{b}", "", {"a": 5, "b": 5})
    try:
        told = template.filled(values)
    except Invalid:
        return
    assert told == f"有{values['a']}和{values['b']}"
