from decimal import Decimal

import pytest

from connectors.reading import Reading
from connectors.rest_body import Writing
from connectors.rest_call import Rest
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown
from exchange.problems import describe


@pytest.fixture
def rest():
    """``rest(url, …)``: a wire that is closed after the test."""
    opened = []

    def made(url, **more):
        opened.append(Rest(url, **{"timeout": 5.0, **more}))
        return opened[-1]

    yield made
    for one in opened:
        one.close()


@pytest.fixture
def answering(peer):
    """``answering(body, status=…, media=…)``: base URL and the list of requests that came."""

    def made(body=b"{}", **more):
        came = []

        def script(conversation):
            came.append(conversation.request())
            conversation.answer(body, **more)

        return peer(script).url, came

    return made


def error_of(kind, wire, operation="POST /act", body=None):
    with pytest.raises(kind) as raised:
        wire.call(operation, body)
    assert type(raised.value) is kind
    told = "".join(describe(raised.value.code, raised.value.facts))
    assert "?" not in told, "a fact that the text names is missing"
    return raised.value


def test_json_goes_out_and_comes_back_digit_by_digit(rest, answering):
    url, came = answering(b'{"id":12345678901234567890123,"fee":0.10}')
    reply = rest(url + "/base/").call("POST /act", {"name": "张小直", "n": 2**64 + 1})
    head, body = came[0]
    assert head.startswith(b"POST /base/act HTTP/1.1\r\n")
    assert b"Content-Type: application/json; charset=utf-8" in head
    assert body.decode() == '{"name":"张小直","n":18446744073709551617}'
    assert reply.value == {"id": 12345678901234567890123, "fee": Decimal("0.10")}
    assert reply.raw == b'{"id":12345678901234567890123,"fee":0.10}'


def test_a_get_carries_its_body_as_parameters(rest, answering):
    url, came = answering()
    rest(url).call("GET /people", {"page": 2, "unit": "溧水"})
    assert came[0][0].startswith(b"GET /people?page=2&unit=%E6%BA%A7%E6%B0%B4 HTTP/1.1")
    assert came[0][1] == b""


def test_each_request_is_signed_by_the_given_callable(rest, answering):
    def signed(request):
        request.headers["X-Digest"] = str(len(request.body))
        return request

    url, came = answering()
    rest(url, auth=signed, writing=Writing(headers={"X-Unit": "hub"})).call("POST /act", [1])
    assert b"X-Digest: 3" in came[0][0]
    assert b"X-Unit: hub" in came[0][0]


@pytest.mark.parametrize(
    ("value", "kind", "code"),
    [("张三", Fatal, "wire.header"), ("a\r\nX-Evil: 1", Unknown, "wire.lost")],
)
def test_a_header_that_http_cannot_hold_is_not_sent(rest, answering, value, kind, code):
    """Of a signer's own making: ours look at their headers first. No foreign exception crosses."""

    def signed(request):
        request.headers["X-Login"] = value
        return request

    url, came = answering()
    assert error_of(kind, rest(url, auth=signed)).code == code
    assert came == []


@pytest.mark.parametrize(
    "operation", ["act", "POST act", "TRACE /act", "POST //evil/", "POST /a b", "POST /\r\nX: 1"]
)
def test_an_operation_is_a_method_and_a_path(rest, operation):
    assert error_of(Fatal, rest("http://127.0.0.1:1"), operation).code == "rest.operation"


def test_what_json_cannot_say_exactly_is_not_sent(rest, answering):
    url, came = answering()
    error = error_of(Invalid, rest(url), body={"fee": 0.1})
    assert (error.code, error.facts) == ("rest.not-json-able", {"path": "/fee", "type": "float"})
    assert came == []


@pytest.mark.parametrize("status", ["201 Created", "202 Accepted", "204 No Content"])
def test_some_answers_need_no_body(rest, answering, status):
    assert rest(answering(b"", status=status)[0]).call("POST /act").value is None


@pytest.mark.parametrize(
    ("body", "media", "code"),
    [
        (b"", "application/json", "rest.empty"),
        (b"  \r\n", "application/json", "rest.empty"),
        (b'{"half":', "application/json", "rest.unreadable"),
        (b'{"a":1,"a":2}', "application/json", "rest.unreadable"),
        ('{"xm":"张小直"}'.encode("gbk"), "application/json", "rest.unreadable"),
        (b"{}", "application/json; charset=no-such", "rest.unreadable"),
        (b"[" * 100_000, "application/json", "rest.unreadable"),
        (b"{}", "text/plain", "rest.content-type"),
        (b"<html><h1>Tomcat</h1></html>", "text/html", "rest.content-type"),
    ],
)
def test_an_unreadable_answer_leaves_the_effect_unknown(rest, answering, body, media, code):
    error = error_of(Unknown, rest(answering(body, media=media)[0]))
    assert error.code == code
    assert error.facts["operation"] == "POST /act"


def test_a_login_page_with_a_good_status_leaves_an_effect_unknown(rest, answering):
    page = b"<!DOCTYPE html><form><input type='password' name='p'></form>"
    error = error_of(Unknown, rest(answering(page, media="text/html")[0]))
    assert error.code == "rest.login-page"


def test_gbk_answers_are_read_by_their_label(rest, answering):
    body = '{"xm":"张㛃"}'.encode("gb18030")
    url, _ = answering(body, media="application/json;charset=GBK")
    assert rest(url).call("POST /act").value == {"xm": "张㛃"}


@pytest.mark.parametrize("media", ["application/problem+json", "TEXT/JSON"])
def test_other_names_of_json(rest, answering, media):
    assert rest(answering(b"1", media=media)[0]).call("POST /act").value == 1


def test_a_peer_may_call_its_json_otherwise(rest, answering):
    url, _ = answering(b"[1]", media="text/html;charset=utf-8")
    reading = Reading(json_types=frozenset({"text/html"}))
    assert rest(url, reading=reading).call("POST /act").value == [1]


def test_a_refusal_keeps_the_peer_s_answer(rest, answering):
    url, _ = answering(b'{"code":"no-such-document"}', status="404 Not Found")
    error = error_of(Rejected, rest(url))
    assert (error.code, error.facts["status"]) == ("wire.status-refused", 404)
    assert error.raw == b'{"code":"no-such-document"}'


def test_a_busy_peer_says_how_long_to_wait(rest, answering):
    url, _ = answering(status="503 Service Unavailable", more="Retry-After: 7\r\n")
    error = error_of(Retriable, rest(url))
    assert (error.code, error.facts["retry_after"]) == ("wire.busy", 7)


def test_a_failure_inside_the_peer_leaves_the_effect_unknown(rest, answering):
    url, _ = answering(status="500 Internal Server Error")
    assert error_of(Unknown, rest(url)).code == "wire.status-unknown"


@pytest.mark.parametrize("operation", ["GET /read", "POST /query"])
def test_what_changes_nothing_may_simply_be_asked_again(rest, answering, operation):
    url, _ = answering(status="500 Internal Server Error")
    reading = Reading(reads=frozenset({"POST /query"}))
    error = error_of(Retriable, rest(url, reading=reading), operation)
    assert error.code == "wire.status-unknown"


def test_the_maker_of_duplicates_is_unknown_and_the_request_came(rest, answering, tcp_proxy):
    url, came = answering()
    port = int(url.rpartition(":")[2])
    with tcp_proxy.TcpProxy(("127.0.0.1", port)) as proxy:
        proxy.mode = tcp_proxy.Mode.RESET_BEFORE_ANSWER
        wire = rest(f"http://127.0.0.1:{proxy.port}")
        assert error_of(Unknown, wire).code == "wire.lost"
        assert len(came) == 1
        proxy.mode = tcp_proxy.Mode.PASS
        assert wire.call("POST /act").value == {}


@pytest.mark.parametrize(
    ("mode", "amount", "code"),
    [("CUT_ANSWER", 70, "wire.cut-answer"), ("CLOSE_BEFORE_ANSWER", 0, "wire.lost")],
)
def test_a_cut_line_is_unknown(rest, answering, tcp_proxy, mode, amount, code):
    url, _ = answering(b'"' + b"x" * 500 + b'"')
    port = int(url.rpartition(":")[2])
    mode = tcp_proxy.Mode[mode]
    with tcp_proxy.TcpProxy(("127.0.0.1", port), mode=mode, amount=amount) as proxy:
        assert error_of(Unknown, rest(f"http://127.0.0.1:{proxy.port}")).code == code


def test_a_peer_that_speaks_in_texts_is_given_one_and_its_answer_is_one(rest, answering):
    url, came = answering("<r>成功</r>".encode("gbk"), media="text/xml")
    more = {"reading": Reading(text_types=frozenset({"text/xml"}))}
    wire = rest(url, writing=Writing(body="text", charset="gbk"), **more)
    assert wire.call("POST /act", "<a>张</a>").value == "<r>成功</r>"
    head, body = came[0]
    assert b"Content-Type: text/xml; charset=GBK" in head
    assert body == "<a>张</a>".encode("gbk")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'<html><input name="p" type="password"></html>', "rest.login-page"),
        (b"\xff\xff", "rest.unreadable"),
        (b" ", "rest.empty"),
    ],
)
def test_what_is_no_text_of_the_peer_is_unknown(rest, answering, body, code):
    url, _ = answering(body, media="text/html")
    wire = rest(url, reading=Reading(text_types=frozenset({"text/html"})))
    assert error_of(Unknown, wire).code == code
