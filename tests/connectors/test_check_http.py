"""A GET, seven steps: login, right, clock and encoding out of answers that servers really give."""

import base64
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from connectors.checks import check
from exchange.ports import Endpoint

NOW = datetime(2026, 1, 8, 4, 0, tzinfo=UTC)
PASSWORD = "口令-test"
PAGE = b'<html><form><input type="password"></form></html>'


def answers(body=b"{}", *, late_s=0, **more):
    date = f"Date: {format_datetime(NOW + timedelta(seconds=late_s), usegmt=True)}\r\n"
    asked = []

    def script(conversation):
        head, _ = conversation.request()
        asked.append(head)
        conversation.answer(body, more=date, **more)

    script.asked = asked
    return script


def guarded(body=b"{}", *, status="401 Unauthorized"):
    """Answers who logs in, refuses who does not."""
    date = f"Date: {format_datetime(NOW, usegmt=True)}\r\n"
    asked = []

    def script(conversation):
        head, _ = conversation.request()
        asked.append(head)
        allowed = b"Authorization:" in head
        conversation.answer(body, more=date, **({} if allowed else {"status": status}))

    script.asked = asked
    return script


def steps(url, *, alias="rest", options=None, password="", **extra):
    endpoint = Endpoint(url, "hub" if password else "", password, extra, clock=lambda: NOW)
    auth = {"auth": {"kind": "basic"}} if password else {}
    return {step.name: step for step in check(alias, {**auth, **(options or {})}, endpoint)}


def states(found):
    return {name: step.code or step.state for name, step in found.items()}


def test_all_is_well(peer, pki, server_tls):
    script = guarded('{"市": "南京"}'.encode())
    server = peer(script, tls=server_tls())
    found = steps(server.url, password=PASSWORD, ca=str(pki.ca))
    assert set(states(found).values()) - {"good"} == {"open"}
    assert [n for n, s in found.items() if s.state == "open"] == ["dns"]
    head, bare = script.asked
    told = base64.b64encode(f"hub:{PASSWORD}".encode())
    assert head.startswith(b"GET / ")
    assert b"Basic " + told in head
    assert bare.startswith(b"GET / ")
    assert b"Basic" not in bare


def test_a_200_that_everybody_gets_is_no_proof_of_a_login(peer):
    body = '{"code": "2001", "message": "只支持 POST"}'.encode()
    found = steps(peer(answers(body)).url, password=PASSWORD)
    assert (found["login"].state, found["permission"].state) == ("open", "open")
    assert "不能判断" in found["login"].note


def test_who_has_no_login_proves_none(peer):
    found = steps(peer(answers()).url)
    assert (found["login"].state, found["permission"].state) == ("open", "open")


def test_who_is_forbidden_without_login_and_answered_with_it_has_a_login(peer):
    server = peer(guarded(status="403 Forbidden"))
    assert steps(server.url, password=PASSWORD)["permission"].state == "good"


def test_a_wrong_password(peer):
    server = peer(answers(status="401 Unauthorized"))
    found = states(steps(server.url, password=PASSWORD))
    assert found["login"] == "wire.login-refused"
    assert (found["permission"], found["encoding"], found["clock"]) == ("open", "open", "good")


def test_a_login_page_is_no_success(peer):
    server = peer(answers(PAGE, media="text/html"))
    assert states(steps(server.url))["login"] == "wire.login-page"


def test_no_right(peer):
    server = peer(answers(status="403 Forbidden"))
    found = states(steps(server.url, password=PASSWORD))
    assert (found["login"], found["permission"]) == ("open", "wire.no-right")


@pytest.mark.parametrize("status", ["404 Not Found", "405 Method Not Allowed", "500 Oops"])
def test_what_says_neither_yes_nor_no_is_not_taken_for_a_yes(peer, status):
    server = peer(answers(status=status))
    found = states(steps(server.url, password=PASSWORD))
    assert (found["login"], found["permission"]) == ("open", "open")


@pytest.mark.parametrize(("late_s", "told"), [(59, "good"), (61, "bad"), (-3600, "bad")])
def test_the_clock(peer, late_s, told):
    step = steps(peer(answers(late_s=late_s)).url)["clock"]
    assert step.state == told
    if told == "bad":
        assert step.facts["seconds"] == f"{late_s:+d}"


@pytest.mark.parametrize(
    "date", ["", "Date: gestern\r\n", "Date: Thu, 08 Jan 2026 04:00:00 -0000\r\n"]
)
def test_a_peer_that_tells_no_time(peer, date):
    def script(conversation):
        conversation.request()
        conversation.answer(more=date)

    assert steps(peer(script).url)["clock"].state == "open"


def test_gbk_labelled_as_utf_8(peer):
    server = peer(answers("姓名".encode("gbk"), media="text/xml; charset=utf-8"))
    step = steps(server.url)["encoding"]
    assert (step.code, step.facts["found"]) == ("wire.encoding", "gb18030")


def test_a_soap_port_is_asked_for_its_wsdl_and_nothing_else(peer):
    script = answers(b"<definitions/>", media="text/xml")
    found = steps(peer(script).url, alias="soap", options={"wsdl": "x", "path": "/services/A"})
    assert found["permission"].state == "open"  # who may read it need not be allowed to call
    assert script.asked[0].startswith(b"GET /services/A?wsdl ")


def test_our_certificate_is_refused_only_after_the_handshake(peer, pki, server_tls):
    server = peer(answers(), tls=server_tls(client_ca=pki.ca))
    found = states(steps(server.url, ca=str(pki.ca)))
    assert (found["tls"], found["login"]) == ("good", "wire.tls")


def test_a_token_that_is_not_given_is_the_login_s_fault(peer):
    def script(conversation):
        head, _ = conversation.request()
        refused = head.startswith(b"POST /token")
        conversation.answer(status="401 Unauthorized" if refused else "200 OK")

    auth = {"kind": "login", "operation": "POST /token", "fields": {"u": "{login}"}, "token": "/t"}
    found = states(steps(peer(script).url, password=PASSWORD, options={"auth": auth}))
    assert found["tcp"] == "good"
    assert found["login"].startswith(("wire.", "rest."))
    assert found["permission"] == "open"


def test_a_secret_that_the_connection_lacks(peer):
    found = states(steps(peer(answers()).url, options={"auth": {"kind": "basic"}}))
    assert found["login"] == "rest.no-secret"


def test_behind_a_proxy_the_network_is_the_proxy_s(peer, free_port):
    proxy = peer(answers())
    found = steps("http://his.invalid", options={"proxy": proxy.url})
    assert (found["clock"].state, found["login"].state) == ("good", "open")
    down = f"http://127.0.0.1:{free_port()}"
    assert states(steps("http://his.invalid", options={"proxy": down}))["tcp"] == "wire.refused"


@pytest.mark.parametrize("farewell", ["reset", "silence"])
def test_a_peer_that_goes_without_an_answer(peer, farewell):
    def script(conversation):
        conversation.request()
        if farewell == "reset":
            conversation.reset()

    found = states(steps(peer(script).url))
    assert (found["tcp"], found["login"]) == ("good", "wire.lost")
    assert found["encoding"] == "open"


def test_the_password_is_in_no_step(peer):
    server = peer(answers(status="401 Unauthorized"))
    found = steps(server.url, password=PASSWORD, secret="s-secret")
    assert PASSWORD not in repr(found)
    assert "s-secret" not in repr(found)


def test_a_soap_password_does_not_go_out_in_clear_for_a_check_either(peer, monkeypatch):
    script = answers(b"<definitions/>", media="text/xml")
    url = peer(script).url
    monkeypatch.setattr("connectors.soap_login.is_loopback", lambda host: False)
    basic = {"wsdl": "x", "login": "basic"}
    found = steps(url, alias="soap", options=basic, password=PASSWORD)
    assert (found["login"].code, script.asked) == ("soap.plain", [])
    steps(url, alias="soap", options={**basic, "plain_login": True}, password=PASSWORD)
    told = base64.b64encode(f"hub:{PASSWORD}".encode())
    assert b"Authorization: Basic " + told in script.asked[0]


def test_a_soap_peer_whose_certificate_lacks_its_address(peer, pki, server_tls):
    named = peer(answers(b"<definitions/>", media="text/xml"), tls=server_tls())
    url = named.url.replace("127.0.0.1", "127.1")  # the same to the network only
    for checked, expected in ((True, "wire.tls-other-name"), (False, "good")):
        options = {"wsdl": "x", "check_hostname": checked}
        found = states(steps(url, alias="soap", options=options, ca=str(pki.ca)))
        assert found["tls"] == expected
        assert found["clock"] == ("open" if checked else "good")


@pytest.mark.parametrize("alias", ["rest", "soap"])
def test_a_revoked_certificate_is_told_by_the_check(peer, pki, server_tls, alias):
    server = peer(answers(), tls=server_tls())
    found = steps(server.url, alias=alias, ca=str(pki.ca), crl=str(pki.old_crl))
    assert found["tls"].state == "bad"
