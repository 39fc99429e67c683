"""Taking from a queue: what is not settled comes again."""

import threading
import time
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from exchange.errors import Fatal, Retriable


def bodies(received):
    return [parcel.raw for parcel in received[0]]


def keys(received):
    return [parcel.key for parcel in received[0]]


@pytest.fixture
def queue(mq):
    """A queue as the feed declares it."""
    feed = mq.feed()
    feed.receive(mq.queue, "", limit=1)
    feed.close()
    return mq.queue


def test_what_lies_there_is_taken_without_waiting_and_the_cursor_stays(mq, queue):
    mq.send(b"1", b"2", b"3")
    parcels, cursor = mq.feed().receive(queue, "as it was", limit=10)
    assert [parcel.raw for parcel in parcels] == [b"1", b"2", b"3"]
    assert cursor == "as it was"


def test_no_more_than_the_limit(mq, queue):
    mq.send(b"1", b"2", b"3")
    feed = mq.feed()
    first = feed.receive(queue, "", limit=2)
    feed.settle(queue, keys(first))
    assert bodies(first) == [b"1", b"2"]
    assert bodies(feed.receive(queue, "", limit=2, wait=5)) == [b"3"]


def test_an_empty_queue_is_no_error(mq, queue):
    assert bodies(mq.feed().receive(queue, "", limit=2)) == []


def test_the_wait_ends_with_the_first_message(mq, queue):
    feed = mq.feed()
    feed.receive(queue, "", limit=5)
    later = threading.Timer(0.3, mq.send, (b"late",))
    later.start()
    assert bodies(feed.receive(queue, "", limit=5, wait=60)) == [b"late"]
    later.join()


def test_the_key_is_the_senders_id_and_the_digest(mq, queue):
    at = datetime(2026, 1, 5, tzinfo=UTC)
    mq.send(b"1", message_id="CN-1", timestamp=int(at.timestamp()))
    mq.send("二".encode("gb18030"), content_encoding="utf-8")
    one, two = mq.feed().receive(queue, "", limit=5)[0]
    assert (one.key, one.at) == ("CN-1#sha256:" + sha256(b"1").hexdigest(), at)
    assert two.key == "sha256:" + sha256("二".encode("gb18030")).hexdigest()
    assert (two.raw, two.at) == ("二".encode("gb18030"), None)


@pytest.mark.guarantee("G1")
def test_nothing_is_acknowledged_before_it_is_settled(mq, queue):
    mq.send(b"1", b"2")
    feed = mq.feed()
    first = feed.receive(queue, "", limit=5)
    feed.settle(queue, keys(first)[:1])
    feed.close()
    assert [message.body for message in mq.stored()] == [b"2"]


def test_what_is_not_settled_is_given_again_before_what_is_new(mq, queue):
    mq.send(b"1", b"2")
    feed = mq.feed()
    feed.receive(queue, "", limit=5)
    mq.send(b"3")
    again = feed.receive(queue, "", limit=5)
    assert bodies(again)[:2] == [b"1", b"2"]
    feed.settle(queue, keys(again)[:2])
    assert bodies(feed.receive(queue, "", limit=5, wait=5)) == [b"3"]


def test_two_messages_with_one_id_are_two_parcels(mq, queue):
    mq.send(b"first", b"other", message_id="same")
    feed = mq.feed()
    both = feed.receive(queue, "", limit=5)
    assert bodies(both) == [b"first", b"other"]
    feed.settle(queue, keys(both)[:1])
    feed.close()
    assert [message.body for message in mq.stored()] == [b"other"]


def test_the_same_message_twice_is_never_in_hand_together(mq, queue):
    mq.send(b"first", b"first", message_id="same")
    feed = mq.feed()
    once = feed.receive(queue, "", limit=5)
    assert bodies(once) == [b"first"]
    feed.settle(queue, keys(once))
    assert bodies(feed.receive(queue, "", limit=5)) == [b"first"]
    feed.close()
    assert [message.body for message in mq.stored()] == [b"first"]


def test_another_limit_loses_nothing(mq, queue):
    mq.send(*[b"%d" % n for n in range(6)])
    feed = mq.feed()
    assert len(feed.receive(queue, "", limit=2)[0]) == 2
    everything = feed.receive(queue, "", limit=6, wait=5)
    assert bodies(everything) == [b"%d" % n for n in range(6)]
    feed.settle(queue, keys(everything))
    feed.close()
    assert mq.stored() == []


@pytest.mark.guarantee("G1")
def test_a_lost_connection_brings_back_what_was_not_settled(mq, queue, tcp_proxy):
    mq.send(b"1", b"2", message_id=None)
    with tcp_proxy.TcpProxy(("127.0.0.1", mq.broker.port)) as proxy:
        feed = mq.feed(port=proxy.port)
        first = feed.receive(queue, "", limit=2)
        assert bodies(first) == [b"1", b"2"]
        proxy.cut()
        # The tags are of the dead connection: settling them now must not touch the new one.
        again = feed.receive(queue, "", limit=1, wait=10)
        assert bodies(again) == [b"1"]
        feed.settle(queue, keys(first)[1:])
        feed.close()
    assert sorted(message.body for message in mq.stored()) == [b"1", b"2"]


def test_settling_on_a_dead_connection_is_told(mq, queue, tcp_proxy):
    mq.send(*[b"%d" % n for n in range(50)])
    with tcp_proxy.TcpProxy(("127.0.0.1", mq.broker.port)) as proxy:
        feed = mq.feed(port=proxy.port)
        first = feed.receive(queue, "", limit=50)
        proxy.cut()
        with pytest.raises(Retriable, match=r"amqp\.lost"):
            for key in keys(first):
                feed.settle(queue, [key])
                time.sleep(0.1)  # until the reset has come over
        feed.settle(queue, keys(first))
        assert len(feed.receive(queue, "", limit=50, wait=10)[0]) == 50
        feed.close()


@pytest.mark.guarantee("G1")
def test_a_message_that_ends_its_reader_each_time_goes_to_the_dead_letters(mq):
    first = mq.feed(delivery_limit=2)
    first.receive(mq.queue, "", limit=1)
    first.close()
    mq.send(b"poison")
    taken = 0
    for _ in range(6):
        feed = mq.feed(delivery_limit=2)
        taken += len(feed.receive(mq.queue, "", limit=1, wait=0.5)[0])
        feed.close()
    assert taken == 3  # the first delivery and two more
    assert wait_for(lambda: first.dead_letters(mq.queue) == 1)
    assert [message.body for message in mq.stored(f"{mq.queue}.dead")] == [b"poison"]


def wait_for(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def test_heartbeats_keep_a_connection_through_a_long_wait(mq, queue, tcp_proxy):
    with tcp_proxy.TcpProxy(("127.0.0.1", mq.broker.port)) as proxy:
        feed = mq.feed(port=proxy.port, heartbeat_s=1)
        assert bodies(feed.receive(queue, "", limit=1, wait=5)) == []
        assert proxy.connections == 1
        feed.close()


def test_a_half_open_connection_is_noticed_by_its_missing_heartbeats(mq, queue, tcp_proxy):
    with tcp_proxy.TcpProxy(("127.0.0.1", mq.broker.port)) as proxy:
        feed = mq.feed(port=proxy.port, heartbeat_s=1)
        feed.receive(queue, "", limit=1)
        proxy.mode = tcp_proxy.Mode.HOLD_ANSWER
        mq.send(b"1")
        with pytest.raises(Retriable):
            feed.receive(queue, "", limit=1, wait=4)
        assert proxy.connections > 1
        proxy.cut()
        proxy.mode = tcp_proxy.Mode.PASS
        assert bodies(feed.receive(queue, "", limit=1, wait=20)) == [b"1"]
        feed.close()


@pytest.mark.guarantee("G1")
def test_a_feed_goes_on_after_kill_9_of_the_broker(mq, queue):
    mq.send(b"1", b"2", delivery_mode=2)
    feed = mq.feed()
    first = feed.receive(queue, "", limit=2)
    feed.settle(queue, keys(first)[:1])
    feed.dead_letters(queue)  # a whole conversation later, the broker has read what we settled
    mq.settled()
    mq.broker.kill()
    with pytest.raises(Retriable, match=r"wire\.refused"):
        feed.receive(queue, "", limit=2)
    again = threading.Thread(target=mq.restart)
    again.start()
    assert b"2" in bodies(feed.receive(queue, "", limit=2, wait=120))
    again.join()


def test_a_queue_that_somebody_declared_otherwise_is_left_alone(mq):
    mq.declare()
    with pytest.raises(Fatal, match=r"amqp\.queue-differs"):
        mq.feed().receive(mq.queue, "", limit=1)


def test_unless_it_is_used_as_it_is(mq):
    mq.declare()
    mq.send(b"1")
    assert bodies(mq.feed(declare=False).receive(mq.queue, "", limit=1)) == [b"1"]


def test_a_queue_that_is_not_there_is_not_made_then(mq):
    with pytest.raises(Fatal, match=r"amqp\.not-found"):
        mq.feed(declare=False).receive(mq.queue, "", limit=1)


def test_a_queue_is_bound_to_the_exchange_by_its_keys(mq):
    feed = mq.feed(exchange="amq.topic", routing_keys=["birth.#"])
    feed.receive(mq.queue, "", limit=1)
    publisher = mq.publisher(exchange="amq.topic")
    publisher.call("birth.declared", b"1")
    assert bodies(feed.receive(mq.queue, "", limit=1, wait=5)) == [b"1"]


def test_a_missing_exchange_is_an_error(mq):
    with pytest.raises(Fatal, match=r"amqp\.not-found"):
        mq.feed(exchange="missing").receive(mq.queue, "", limit=1)


def test_a_message_without_a_body_is_a_parcel_without_bytes(mq):
    feed = mq.feed()
    feed.receive(mq.queue, "", limit=1)
    mq.send(b"")
    (parcel,), _ = feed.receive(mq.queue, "", limit=1, wait=5)
    assert parcel.raw == b""
