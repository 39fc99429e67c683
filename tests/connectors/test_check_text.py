"""The bytes are believed, not the label."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.check_steps import Open
from connectors.check_text import guess, judge
from exchange.errors import Fatal

NAME = "张三丰，住溧水区"


@pytest.mark.parametrize(
    ("encoding", "label"), [("utf-8", "UTF-8"), ("gbk", "GBK"), ("gbk", "gb2312")]
)
def test_a_right_label(encoding, label):
    told = judge(NAME.encode(encoding), f"text/xml; charset={label}", "his")
    assert told == {"utf-8": "utf-8", "gbk": "gb18030"}[encoding]


@pytest.mark.parametrize(
    ("data", "label"),
    [
        (NAME.encode("gbk"), "application/json; charset=utf-8"),
        (NAME.encode("gbk"), "application/json"),
        (NAME.encode(), "text/xml;charset=GBK"),
        (b'<?xml version="1.0" encoding="UTF-8"?><a>' + NAME.encode("gbk"), "text/xml;charset=GBK"),
        (NAME.encode("utf-16"), "text/xml;charset=utf-8"),
        (b"\xff\xff\xff\xff", "text/xml;charset=utf-8"),
    ],
)
def test_a_lying_label_is_told(data, label):
    with pytest.raises(Fatal, match=r"wire\.encoding"):
        judge(data, label, "his")


@pytest.mark.parametrize("data", [b"", b" \n", b"<ok/>"])
def test_nothing_is_concluded_from_ascii(data):
    assert isinstance(judge(data, "text/xml; charset=GBK", "his"), Open)


@given(
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1), st.booleans()
)
def test_a_sample_that_ends_within_a_character_is_still_recognised(text, cut):
    data = text.encode()
    assert guess(data[: len(data) - cut] if len(data) > 3 else data) == "utf-8"
