"""Who may connect to a broker, and what a refusal is called."""

import jsonschema_rs
import pytest

from connectors.amqp import OPTIONS, Outgoing, open_feed, open_publisher
from exchange.errors import Fatal, Retriable
from exchange.ports import Endpoint

MESSAGE = Outgoing("nobody", b"{}", "key")


def told(endpoint, kind, code):
    """Both sides tell the same."""
    feed, publisher = open_feed({"pause_s": 0.1}, endpoint), open_publisher({}, endpoint)
    with pytest.raises(kind) as raised:
        feed.receive("q", "", limit=1)
    (outcome,) = publisher.publish([MESSAGE])
    assert raised.value.code == code
    assert (type(outcome), outcome.code) == (kind, code)
    feed.close()
    publisher.close()
    return raised.value.facts


def test_a_wrong_password_is_for_a_person_to_repair(mq):
    told(mq.endpoint(password="wrong"), Fatal, "amqp.login")


def test_so_is_a_virtual_host_that_is_not_there(mq):
    assert told(mq.endpoint(vhost="nowhere"), Fatal, "amqp.vhost")["vhost"] == "nowhere"


def test_a_broker_that_is_down_is_tried_again(mq, free_port):
    told(mq.endpoint(port=free_port()), Retriable, "wire.refused")


def test_a_name_that_nobody_knows():
    endpoint = Endpoint("mq.invalid:5671", "u", "p", {"ca": "/etc/ssl/certs/ca-certificates.crt"})
    told(endpoint, Retriable, "wire.name")


def test_a_port_where_something_else_listens(mq, peer):
    def web_page(talk):
        talk.connection.recv(100)
        talk.answer(b"<html>" + b"x" * 200, media="text/html")

    web = peer(web_page)
    told(mq.endpoint(port=web.port), Retriable, "amqp.handshake")


def test_a_peer_that_accepts_and_is_silent(peer):
    mute = peer(lambda talk: talk.connection.recv(100) and talk.connection.recv(100))
    feed = open_feed({"timeout_s": 0.3}, Endpoint(f"127.0.0.1:{mute.port}", "u", "p"))
    with pytest.raises(Retriable, match="wire.connect-timeout"):
        feed.receive("q", "", limit=1)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", ":5672", "127.0.0.1：5672", "127.0.0.1:99999", "u:p@mq:5672"]
)
def test_an_address_that_is_none(address):
    with pytest.raises(Fatal, match="wire.address") as raised:
        open_feed({}, Endpoint(address))
    assert "u:p" not in str(raised.value)


def test_no_plain_text_leaves_the_machine():
    with pytest.raises(Fatal, match="amqp.plain"):
        open_publisher({}, Endpoint("mq.example:5672", "u", "p"))


def test_tls_with_certificates_of_both_sides(mq, pki, our_certificate):
    endpoint = mq.endpoint(port=mq.broker.tls_port, ca=str(pki.ca), **our_certificate)
    feed, publisher = open_feed({}, endpoint), open_publisher({}, endpoint)
    feed.receive(mq.queue, "", limit=1)
    assert publisher.publish(mq.messages(300)) == [None] * 300
    assert len(feed.receive(mq.queue, "", limit=300, wait=5)[0]) == 300
    feed.close()
    publisher.close()


def test_tls_with_another_authority_is_no_connection(mq, pki, our_certificate):
    endpoint = mq.endpoint(port=mq.broker.tls_port, ca=str(pki.foreign_ca), **our_certificate)
    facts = told(endpoint, Retriable, "wire.tls")
    assert "certificate" in facts["reason"]


def test_who_shows_no_certificate_is_not_let_in(mq, pki):
    with pytest.raises(Retriable) as caught:
        open_feed({}, mq.endpoint(port=mq.broker.tls_port, ca=str(pki.ca))).receive(
            mq.queue, "", limit=1
        )
    assert caught.value.code in ("wire.tls", "amqp.lost", "wire.lost", "wire.reset")


def test_the_password_is_in_no_text_of_a_feed(mq):
    assert mq.broker.password not in repr(mq.endpoint())


def test_the_options_are_a_schema_with_a_chinese_title_for_each():
    jsonschema_rs.meta.validate(OPTIONS)
    jsonschema_rs.validate(OPTIONS, {"exchange": "births", "window": 100})
    assert all(about["title"] for about in OPTIONS["properties"].values())
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(OPTIONS, {"windows": 100})
