"""What is reused of a request must never be what belongs to one of them."""

import pytest

from connectors.http import line, open_session


@pytest.fixture
def seen(peer):
    """Requests as they arrived, and the address to send them to."""
    requests = []

    def script(conversation):
        while True:
            requests.append(conversation.request())
            conversation.answer(more="Set-Cookie: a=b\r\n")

    return requests, peer(script).url + "/services/x?wsdl"


def head(request):
    lines = request[0].decode().split("\r\n")
    return lines[0], dict(line.split(": ", 1) for line in lines[1:])


def test_each_request_has_its_own_body_and_length(seen):
    requests, url = seen
    wire = line(None, seconds=5, max_bytes=1000)
    for body in (b"first", b"second one", b""):
        wire.post(url, body, {"SOAPAction": '"a"'})
    wire.close()
    assert [body for _, body in requests] == [b"first", b"second one", b""]
    assert [head(each)[1]["Content-Length"] for each in requests] == ["5", "10", "0"]
    assert {head(each)[0] for each in requests} == {"POST /services/x?wsdl HTTP/1.1"}
    assert all("Cookie" not in head(each)[1] for each in requests)


def test_headers_are_those_of_the_request(seen):
    requests, url = seen
    wire = line(None, seconds=5, max_bytes=1000, headers={"User-Agent": "hub"})
    for action in ('"a"', '"b"', '"a"'):
        wire.post(url, b"x", {"SOAPAction": action})
    wire.close()
    assert [head(each)[1]["SOAPAction"] for each in requests] == ['"a"', '"b"', '"a"']
    assert {head(each)[1]["User-Agent"] for each in requests} == {"hub"}


def test_a_signature_is_made_for_each_body(seen):
    requests, url = seen

    def sign(prepared):
        prepared.headers["X-Sign"] = str(len(prepared.body))
        return prepared

    wire = line(None, seconds=5, max_bytes=1000, auth=sign)
    for body in (b"1", b"22"):
        wire.post(url, body, {})
    wire.close()
    assert [head(each)[1]["X-Sign"] for each in requests] == ["1", "2"]


def test_a_given_session_keeps_its_own_ways(seen):
    requests, url = seen
    with open_session(headers={"X-Own": "1"}) as session:
        wire = line(session, seconds=5, max_bytes=1000)
        wire.post(url, b"x", {})
        session.headers["X-Own"] = "2"
        wire.post(url, b"x", {})
    assert [head(each)[1]["X-Own"] for each in requests] == ["1", "2"]
