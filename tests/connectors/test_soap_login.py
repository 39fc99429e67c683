"""Logins in the envelope; the arithmetic against the example of the standard's own profile."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from lxml import etree

from connectors.soap_login import WSSE, WSU, UsernameToken, VendorHeader, basic, of
from exchange.errors import Fatal
from exchange.ports import Endpoint

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
NOW = datetime(2026, 11, 28, 16, 30, 5, 123456, timezone(timedelta(hours=8)))


def envelope(header=""):
    return etree.fromstring(f'<e:Envelope xmlns:e="{SOAP}">{header}<e:Body/></e:Envelope>')


def token(**more):
    return UsernameToken(
        "hub", "口令&<", lambda: NOW, **{"nonce": lambda: b"0123456789abcdef", **more}
    )


def texts(told):
    return {etree.QName(node).localname: node.text for node in told.iter(etree.Element)}


def test_a_plain_token_stands_in_the_header_before_the_body():
    told, headers = token().apply(envelope(), {"a": "b"})
    assert [etree.QName(child).localname for child in told] == ["Header", "Body"]
    assert (texts(told)["Username"], texts(told)["Password"]) == ("hub", "口令&<")
    assert told.find(f".//{{{WSSE}}}Password").get("Type").endswith("#PasswordText")
    assert told.find(f".//{{{WSU}}}Timestamp") is None
    assert headers == {"a": "b"}


def test_a_header_that_is_there_keeps_what_it_holds():
    told, _ = token().apply(envelope('<e:Header><x xmlns="urn:x"/></e:Header>'), {})
    assert [etree.QName(child).localname for child in told[0]] == ["Security", "x"]
    assert len(told) == 2


def test_a_digest_hides_the_password():
    told, _ = token(digest=True).apply(envelope(), {})
    found = texts(told)
    created = "2026-11-28T08:30:05.123Z"
    expected = hashlib.sha1(b"0123456789abcdef" + created.encode() + "口令&<".encode()).digest()
    assert base64.b64decode(found["Password"]) == expected
    assert (base64.b64decode(found["Nonce"]), found["Created"]) == (b"0123456789abcdef", created)
    assert "口令" not in etree.tostring(told, encoding="unicode")


def test_the_clock_is_read_once_for_a_request():
    moments = iter([NOW])
    one = UsernameToken("hub", "x", lambda: next(moments), digest=True, valid_s=60)
    told, _ = one.apply(envelope(), {})
    assert len({node.text for node in told.iter(f"{{{WSU}}}Created")}) == 1


def test_each_request_has_its_own_nonce():
    one = UsernameToken("hub", "x", lambda: datetime.now(UTC), digest=True)
    first, second = (texts(one.apply(envelope(), {})[0])["Nonce"] for _ in range(2))
    assert first != second
    assert len(base64.b64decode(first)) == 16


def test_a_timestamp_ends_when_it_is_said():
    told, _ = token(valid_s=300).apply(envelope(), {})
    stamp = told.find(f".//{{{WSU}}}Timestamp")
    assert [node.text for node in stamp] == ["2026-11-28T08:30:05.123Z", "2026-11-28T08:35:05.123Z"]


@pytest.mark.parametrize("namespace", ["http://tempuri.org/", "relative", ""])
def test_a_header_of_the_vendor_s(namespace):
    name = f"{{{namespace}}}AuthHeader" if namespace else "AuthHeader"
    login = VendorHeader(name, {"UserName": "hub", "PassWord": "口令&<"})
    told, _ = login.apply(envelope(), {})
    assert {
        etree.QName(node).namespace or "" for node in told[0].iter() if node is not told[0]
    } == {namespace}
    assert (texts(told)["UserName"], texts(told)["PassWord"]) == ("hub", "口令&<")


def test_no_login_is_ever_shown():
    shown = repr(token()) + repr(VendorHeader("{urn:x}A", {"p": "口令&<"}))
    assert "口令" not in shown


# --- out of the options ------------------------------------------------------------------------------


def made(kind, login="hub", password="secret", **more):
    address, plain = more.pop("address", "https://h"), more.pop("plain_login", False)
    known = {"login": kind, "valid_s": 0, "plain_login": plain, **more}
    return of(known, Endpoint(address, login, password))


def test_each_kind_of_login():
    about = {"namespace": "urn:x", "name": "A", "login": "u", "password": "p"}
    assert made("none", login="") is None
    assert made("username-token").digest is False
    assert made("username-digest", valid_s=60).digest is True
    assert made("header", login_header=about).name == "{urn:x}A"
    assert made("basic") is None


@pytest.mark.parametrize("kind", ["basic", "username-token", "username-digest", "header"])
def test_a_login_that_is_not_there_is_a_fault_of_the_connection(kind):
    with pytest.raises(Fatal, match=r"soap\.login-missing"):
        made(kind, login="")
    with pytest.raises(Fatal, match=r"soap\.login-missing") as raised:
        made(kind, password="a\x01b")
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_basic_is_a_header_of_http_in_utf_8():
    told = basic({"login": "basic"}, Endpoint("http://h", "中心", "p:w"))["Authorization"]
    assert base64.b64decode(told.removeprefix("Basic ")).decode() == "中心:p:w"
    assert basic({"login": "none"}, Endpoint("http://h", "a", "b")) == {}


@pytest.mark.parametrize("kind", ["basic", "username-token", "header"])
def test_no_password_goes_in_clear_to_another_machine_unasked(kind):
    about = {"namespace": "urn:x", "name": "A", "login": "u", "password": "p"}
    with pytest.raises(Fatal) as raised:
        made(kind, address="http://oa.example:8060/x", login_header=about)
    assert (raised.value.code, raised.value.facts["peer"]) == ("soap.plain", "oa.example:8060")
    for more in ({"address": "http://127.0.0.1:1"}, {"address": "http://h", "plain_login": True}):
        made(kind, login_header=about, **more)
    assert made("username-digest", address="http://h").digest
