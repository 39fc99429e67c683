"""A broker is asked who we are and what is there; nothing is made, taken or sent."""

import pytest

from connectors.checks import check


def states(mq, *queues, options=None, **more):
    told = {"timeout_s": 5, **(options or {})}
    found = check("amqp", told, mq.endpoint(**more), queues)
    return {step.name: step.code or step.state for step in found}


def test_all_is_well_with_tls(mq, rabbitmq, pki, our_certificate):
    mq.declare()
    mq.send(b"1", b"2")
    endpoint = {"port": rabbitmq.tls_port, "ca": str(pki.ca), **our_certificate}
    found = {s.name: s for s in check("amqp", {}, mq.endpoint(**endpoint), [mq.queue])}
    assert [found[name].state for name in ("tcp", "tls", "login", "permission")] == ["good"] * 4
    assert "1 个队列" in found["permission"].note
    assert len(mq.stored(least=2)) == 2


def test_a_wrong_password(mq):
    found = states(mq, mq.queue, password="wrong")
    assert (found["login"], found["permission"]) == ("amqp.login", "open")


def test_a_virtual_host_that_is_not_there(mq):
    assert states(mq, vhost="nowhere")["login"] == "amqp.vhost"


def test_a_port_where_nobody_listens(mq, free_port):
    found = states(mq, port=free_port())
    assert (found["tcp"], found["login"]) == ("wire.refused", "open")


@pytest.mark.parametrize(("declare", "told"), [(True, "open"), (False, "amqp.not-found")])
def test_a_queue_that_is_not_there_yet(mq, declare, told):
    assert states(mq, mq.queue, options={"declare": declare})["permission"] == told
    with mq.channel() as channel, pytest.raises(Exception, match="NOT_FOUND"):
        channel.queue_declare(mq.queue, passive=True)
