import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.framing import Frames, TooBig, framed
from exchange.errors import Invalid

messages = st.lists(st.binary().map(lambda b: b.replace(b"\x0b", b"").replace(b"\x1c", b"")))
noise = st.binary(max_size=5).map(lambda b: b.replace(b"\x0b", b""))


def cut(stream, sizes):
    at, pieces = 0, []
    for size in sizes:
        pieces.append(stream[at : at + size])
        at += size
    return [*pieces, stream[at:]]


@given(messages, noise, st.lists(st.integers(1, 7)))
def test_messages_survive_any_cutting_of_the_stream_and_noise_between_them(sent, between, sizes):
    stream = between + between.join(framed(message) for message in sent)
    frames, got = Frames(max_bytes=10_000), []
    for piece in cut(stream, sizes):
        got += frames.feed(piece)
    assert got == sent


def test_a_message_given_up_by_its_sender_is_forgotten():
    frames = Frames(max_bytes=100)
    assert list(frames.feed(b"\x0bMSH|half\x0bMSH|whole\x1c\r")) == [b"MSH|whole"]


def test_an_end_mark_across_two_deliveries_is_seen():
    frames = Frames(max_bytes=100)
    assert list(frames.feed(b"\x0bMSH\x1c")) == []
    assert list(frames.feed(b"\r")) == [b"MSH"]


def test_noise_alone_is_not_kept():
    frames = Frames(max_bytes=10)
    assert list(frames.feed(b"GET / HTTP/1.1\r\n" * 100)) == []
    assert not frames.partial


def test_a_block_over_the_limit_is_refused_before_its_end_and_its_head_is_known():
    frames = Frames(max_bytes=10)
    with pytest.raises(TooBig):
        list(frames.feed(b"\x0bMSH|^~\\&|abcdef"))
    assert frames.head.startswith(b"MSH|^~\\&|")


def test_complete_messages_before_an_endless_one_are_still_handed_out():
    found = Frames(max_bytes=5).feed(b"\x0bone\x1c\r\x0bendless")
    assert next(found) == b"one"
    with pytest.raises(TooBig):
        next(found)


@pytest.mark.parametrize(("mark", "name"), [(b"\x0b", "0x0B"), (b"\x1c", "0x1C")])
def test_a_framing_character_inside_of_a_message_is_bad_data(mark, name):
    with pytest.raises(Invalid) as raised:
        framed(b"MSH" + mark)
    assert raised.value.facts == {"byte": name, "at": 4}


def test_no_chinese_character_holds_a_framing_byte_in_the_two_character_sets():
    text = "".join(map(chr, [*range(0x4E00, 0xA000), *range(0x3400, 0x4DC0), 0x2C029]))
    for charset in ("utf-8", "gb18030"):
        framed(text.encode(charset))
