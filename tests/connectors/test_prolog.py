import pytest

from connectors.prolog import first_markup, is_login_page, plain_name


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"<Envelope/>", "envelope"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\r\n<!-- <!DOCTYPE a> --><S:Envelope>", "s:envelope"),
        (b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x/>", "!doctype"),
        (b"<!doctype\nHTML PUBLIC '-//W3C//DTD'>", "html"),
        ("<?xml version='1.0' encoding='GBK'?><!-- 张小直 --><回/>".encode("gbk"), ""),
        (b"<HTML><body>", "html"),
        (b"", ""),
        (b"   ", ""),
        (b'{"a": "<!DOCTYPE"}', ""),
        (b"<!-- never closed <!DOCTYPE a>", ""),
        ("<!DOCTYPE a><a/>".encode("utf-16"), ""),
    ],
)
def test_the_first_markup_is_found_behind_everything_that_may_precede_it(raw, name):
    assert first_markup(raw) == name


def test_a_doctype_inside_of_data_is_no_doctype():
    assert first_markup(b"<a><![CDATA[<!DOCTYPE b>]]></a>") == "a"


def test_a_login_page_is_html_that_asks_for_a_password():
    assert is_login_page(b"<!DOCTYPE html><form><input TYPE='password'></form>")
    assert not is_login_page(b'{"type": "password"}')


def test_what_a_peer_calls_something_becomes_a_fact_without_names_in_it():
    assert plain_name("张三") == ""
    assert plain_name("a" * 99) == "a" * 40
    assert plain_name("application/xml") == "application/xml"
