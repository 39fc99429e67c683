import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import soap_text
from connectors.http import Received
from connectors.soap_text import UndecodableError, as_utf8, declared, encoding_of

GBK_TYPE = {"Content-Type": "text/xml;charset='GB2312'"}
NAME = "张小直𠮷㛃"


def answer(content, headers=None):
    return Received(200, headers or {}, content)


def test_the_examples_are_true():
    assert doctest.testmod(soap_text).failed == 0


@pytest.mark.parametrize(
    ("content", "headers", "said", "codec"),
    [
        (b"<a/>", {}, "", "utf-8"),
        (b"<a/>", GBK_TYPE, "", "gb18030"),
        (b"<?xml version='1.0' encoding='GBK'?><a/>", {}, "", "gb18030"),
        (
            b"\xef\xbb\xbf<?xml version='1.0' encoding='gb2312' standalone='yes'?>",
            {},
            "",
            "gb18030",
        ),
        (b'<?xml version="1.0" encoding="UTF-8"?><a/>', GBK_TYPE, "", "utf-8"),
        (b"<a/>", {"Content-Type": "text/xml; charset=ISO-8859-1"}, "", "utf-8"),
        (b'<?xml version="1.0" encoding="UTF-8"?><a/>', {}, "gb18030", "gb18030"),
        (b'<?xml version="1.0" encoding="GBK"?><a/>', GBK_TYPE, "utf-8", "utf-8"),
        (b'<?xml version="1.0"?><a b="encoding=\'GBK\'"/>', {}, "", "utf-8"),
    ],
)
def test_who_is_believed(content, headers, said, codec):
    assert encoding_of(answer(content, headers), said) == codec


def test_an_answer_in_utf_8_is_not_copied():
    told = answer(f'<?xml version="1.0" encoding="UTF-8"?><a>{NAME}</a>'.encode())
    assert as_utf8(told) is told.content


@pytest.mark.parametrize("label", ["GBK", "gb2312", "GB18030", "cp936"])
def test_every_chinese_label_holds_every_character(label):
    told = answer(f'<?xml version="1.0" encoding="{label}"?>\n<a>{NAME}</a>'.encode("gb18030"))
    assert as_utf8(told).decode("utf-8") == f"\n<a>{NAME}</a>"


def test_a_lie_is_told_by_the_name_that_was_claimed():
    told = answer('<?xml version="1.0" encoding="UTF-8"?><a>张三丰</a>'.encode("gbk"))
    with pytest.raises(UndecodableError, match="utf-8"):
        as_utf8(told)
    assert as_utf8(told, "gb18030").decode() == "<a>张三丰</a>"


def test_the_site_can_say_that_what_is_labelled_gbk_is_utf_8():
    told = answer(f'<?xml version="1.0" encoding="GBK"?><a>{NAME}</a>'.encode())
    assert as_utf8(told, "utf-8").decode() == f"<a>{NAME}</a>"


def test_a_name_cut_in_two_is_never_read_as_other_characters():
    whole = f"<a>{'张小直' * 3}".encode()
    for end in range(4, len(whole)):
        cut = whole[:end] + b"</a>"
        if end % 3 != 0:
            with pytest.raises(UndecodableError):
                as_utf8(answer(cut))


def test_an_encoding_that_nobody_knows():
    with pytest.raises(UndecodableError, match="no-such"):
        as_utf8(answer(b'<?xml version="1.0" encoding="no-such"?><a/>'))


def test_a_codec_of_python_that_is_no_encoding_of_text():
    for trick in (b"hex", b"zip", b"rot13", b"unicode_escape", b"idna", b"utf-7"):
        told = answer(b"<?xml version='1.0' encoding='" + trick + b"'?><a>+ADw-b\\x41</a>")
        with pytest.raises(UndecodableError):
            as_utf8(told)


def test_the_words_of_a_fault_are_read_as_well_as_they_can_be():
    told = answer("<a>数据库错误</a>".encode("gbk"))
    assert as_utf8(told, tolerant=True).decode() == "<a>数据库错误</a>"
    assert b"\xef\xbf\xbd" in as_utf8(answer(b"<a>\xff\xff</a>"), tolerant=True)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_we_declare_is_what_we_send(text):
    told = declared(f"<a>{text}</a>", "gb18030")
    assert told.startswith(b'<?xml version="1.0" encoding="GB18030"?>\n')
    assert told.decode("gb18030").partition("\n")[2] == f"<a>{text}</a>"


@pytest.mark.parametrize("character", ["𠮷", "㛃", "€", "䶮"])
def test_gbk_refuses_what_it_cannot_hold(character):
    with pytest.raises(UnicodeEncodeError):
        declared(f"<a>{character}</a>", "gbk")
