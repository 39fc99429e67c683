"""Publishing: nothing counts as sent before the broker says so."""

import threading

import pytest

from connectors.amqp import Outgoing, open_feed, open_publisher
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown
from tests.kills import UNCONFIRMED


def kinds(outcomes):
    return [(type(each).__name__, each.code) if each else "stored" for each in outcomes]


@pytest.mark.guarantee("G1")
def test_a_batch_larger_than_the_window_is_stored_once_and_in_order(mq):
    mq.declare()
    assert mq.publisher(window=64).publish(mq.messages(1000)) == [None] * 1000
    assert [message.body for message in mq.stored()] == [b"body %d" % n for n in range(1000)]


def test_a_message_is_persistent_and_bears_its_effect_key(mq):
    mq.declare()
    mq.publisher().publish([Outgoing(mq.queue, "张小直".encode(), "effect-1", "text/plain")])
    (message,) = mq.stored()
    told = message.properties
    assert told["message_id"] == "effect-1"
    assert told["content_type"] == "text/plain"
    assert told["delivery_mode"] == 2
    assert set(told["application_headers"]) == {"zhida-number"}


def test_what_no_queue_wants_is_told_for_exactly_this_message(mq):
    mq.declare()
    good, lost = mq.messages(2)
    lost = Outgoing("nobody", lost.body, good.key)
    outcomes = mq.publisher().publish([good, lost, good, lost])
    unroutable = ("Rejected", "amqp.unroutable")
    assert kinds(outcomes) == ["stored", unroutable, "stored", unroutable]
    assert outcomes[1].facts["operation"] == "nobody"


def test_a_missing_exchange_is_an_error(mq):
    outcomes = mq.publisher(exchange="missing").publish(mq.messages(2))
    assert kinds(outcomes) == [("Fatal", "amqp.not-found")] * 2
    assert outcomes[0].facts["name"] == "missing"


def test_an_exchange_that_goes_away_is_noticed(mq):
    name = f"x-{mq.queue}"
    mq.declare()
    with mq.channel() as channel:
        channel.exchange_declare(name, "direct", durable=True, auto_delete=False)
        channel.queue_bind(mq.queue, name, mq.queue)
    publisher = mq.publisher(exchange=name)
    assert publisher.publish(mq.messages(1)) == [None]
    with mq.channel() as channel:
        channel.exchange_delete(name)
    (outcome,) = publisher.publish(mq.messages(1, start=1))
    assert isinstance(outcome, Unknown)
    assert kinds(publisher.publish(mq.messages(1))) == [("Fatal", "amqp.not-found")]
    assert len(mq.stored()) == 1


def test_a_full_queue_refuses_and_is_tried_again_later(mq):
    mq.declare(x_max_length=2, x_overflow="reject-publish")
    publisher = mq.publisher(window=1)
    outcomes = kinds(publisher.publish(mq.messages(20)))
    refused = outcomes.count(("Retriable", "amqp.refused"))
    assert refused > 0
    assert len(mq.stored()) == outcomes.count("stored") == 20 - refused


def test_what_can_not_be_sent_does_not_hold_the_others(mq):
    mq.declare()
    good, other = mq.messages(2)
    bad = Outgoing(mq.queue, b"x" * 101, "big")
    long = Outgoing("路" * 100, b"", "long")
    outcomes = mq.publisher(max_bytes=100).publish([good, bad, long, other])
    expected = ["wire.request-too-big", "amqp.too-long"]
    assert [each.code for each in outcomes if each] == expected
    assert isinstance(outcomes[1], Invalid)
    assert len(mq.stored()) == 2


@pytest.mark.parametrize("mode", ["RESET_BEFORE_ANSWER", "CLOSE_BEFORE_ANSWER"])
def test_a_connection_lost_before_the_confirm_leaves_it_unknown(mq, tcp_proxy, mode):
    mq.declare()
    with tcp_proxy.TcpProxy(("127.0.0.1", mq.broker.port)) as proxy:
        publisher = mq.publisher(port=proxy.port, window=4)
        assert publisher.publish(mq.messages(1)) == [None]
        proxy.mode = tcp_proxy.Mode[mode]
        outcomes = publisher.publish(mq.messages(10, start=1))
        proxy.mode = tcp_proxy.Mode.PASS
        unknown = [each for each in outcomes if isinstance(each, Unknown)]
        unsent = [each for each in outcomes if isinstance(each, Retriable)]
        assert 1 <= len(unknown) <= 4
        assert len(unknown) + len(unsent) == 10
        assert publisher.publish(mq.messages(1, start=11)) == [None]
        publisher.close()


def test_a_connection_that_broke_while_idle_costs_no_certainty(mq, tcp_proxy):
    mq.declare()
    with tcp_proxy.TcpProxy(("127.0.0.1", mq.broker.port)) as proxy:
        publisher = mq.publisher(port=proxy.port)
        assert publisher.publish(mq.messages(1)) == [None]
        proxy.cut()
        assert publisher.publish(mq.messages(1, start=1)) == [None]
        publisher.close()


def test_a_peer_that_falls_silent_is_given_up_by_its_missing_heartbeats(mq, tcp_proxy):
    mq.declare()
    with tcp_proxy.TcpProxy(("127.0.0.1", mq.broker.port)) as proxy:
        publisher = mq.publisher(port=proxy.port, heartbeat_s=1, timeout_s=60)
        assert publisher.publish(mq.messages(1)) == [None]
        proxy.mode = tcp_proxy.Mode.HOLD_ANSWER
        assert kinds(publisher.publish(mq.messages(1, start=1))) == [
            ("Unknown", "amqp.unconfirmed")
        ]
        publisher.close()


def test_a_confirm_that_does_not_come_in_time_is_unknown(mq, tcp_proxy):
    mq.declare()
    with tcp_proxy.TcpProxy(("127.0.0.1", mq.broker.port)) as proxy:
        publisher = mq.publisher(port=proxy.port, timeout_s=0.5)
        assert publisher.publish(mq.messages(1)) == [None]
        proxy.mode = tcp_proxy.Mode.HOLD_ANSWER
        assert (
            kinds(publisher.publish(mq.messages(2, start=1)))
            == [("Unknown", "amqp.unconfirmed")] * 2
        )
        publisher.close()


def test_as_a_connector_it_publishes_one_and_raises(mq):
    mq.declare()
    publisher = mq.publisher()
    publisher.call(mq.queue, b"{}")
    publisher.call(mq.queue, Outgoing("", b"{}", "effect-2"))
    assert [m.properties["message_id"] for m in mq.stored()][1] == "effect-2"
    with pytest.raises(Rejected, match=r"amqp\.unroutable") as raised:
        publisher.call("nobody", b"{}")
    assert raised.value.facts["exchange"] == "(AMQP default)"


def test_threads_take_turns(mq):
    mq.declare()
    publisher, outcomes = mq.publisher(window=8), []

    def publish(start):
        outcomes.extend(publisher.publish(mq.messages(50, start=start)))

    threads = [threading.Thread(target=publish, args=(50 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert outcomes == [None] * 200
    assert len({message.body for message in mq.stored()}) == 200


@pytest.fixture
def limited(mq):
    """A login that may use the queue's own names, and no others."""
    mq.broker.ctl("add_user", "limited", "its-password")
    mq.broker.ctl("set_permissions", "limited", "^$", "^$", "^$")
    yield mq.endpoint(login="limited", password="its-password")
    mq.broker.ctl("delete_user", "limited")


def test_a_missing_right_is_for_a_person_to_repair(mq, limited):
    publisher, feed = open_publisher({"exchange": "amq.topic"}, limited), open_feed({}, limited)
    (outcome,) = publisher.publish(mq.messages(1))
    assert isinstance(outcome, Unknown)  # the broker says so only after the message left
    with pytest.raises(Fatal, match=r"amqp\.forbidden"):
        feed.receive(mq.queue, "", limit=1)
    publisher.close()
    feed.close()


def test_an_alarm_at_the_broker_stops_publishing_until_it_is_over(mq):
    mq.declare()
    publisher = mq.publisher(timeout_s=3, window=4)
    mq.broker.ctl("set_vm_memory_high_watermark", "0.000001")
    try:
        outcomes = kinds(publisher.publish(mq.messages(20)))
    finally:
        mq.broker.ctl("set_vm_memory_high_watermark", "0.4")
    unknown = outcomes.count(("Unknown", "amqp.unconfirmed"))
    assert 1 <= unknown <= 4
    assert outcomes[unknown:] == [("Retriable", "amqp.blocked")] * (20 - unknown)
    assert publisher.publish(mq.messages(1, start=20)) == [None]


@pytest.mark.guarantee("G1")
def test_what_was_confirmed_survives_kill_9_of_the_broker(mq, kills, record_property):
    kills.of("the message broker")
    mq.declare()
    mq.settled()
    publisher, confirmed, unknown = mq.publisher(window=64), set(), set()
    killer = threading.Timer(0.5, mq.broker.kill)
    killer.start()
    for start in range(0, 200_000, 500):
        batch = mq.messages(500, start=start)
        outcomes = publisher.publish(batch)
        pairs = list(zip(batch, outcomes, strict=True))
        confirmed |= {message.key for message, outcome in pairs if outcome is None}
        unknown |= {message.key for message, told in pairs if isinstance(told, Unknown)}
        if any(outcomes):
            break
    killer.join()
    assert confirmed, "the kill came before anything was confirmed"
    assert unknown, "the kill hit nothing in flight"
    kills.fell[UNCONFIRMED] += 1
    assert kinds(publisher.publish(mq.messages(1))) == [("Retriable", "wire.refused")]
    mq.restart()
    stored = {message.properties["message_id"] for message in mq.stored(least=len(confirmed))}
    record_property("rounds", 1)
    record_property("confirmed", len(confirmed))
    assert confirmed <= stored
    assert stored <= confirmed | unknown
    assert publisher.publish([Outgoing(mq.queue, b"after", "after")]) == [None]
