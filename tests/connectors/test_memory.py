import pytest

from connectors.memory import Memory
from exchange.errors import Fatal, Rejected, Retriable, Unknown
from exchange.ports import Reply


def failing(error):
    def operation(body):
        raise error

    return operation


def test_an_operation_is_answered_by_its_callable():
    reply = Memory({"add": sum}).call("add", [1, 2])
    assert (reply.value, reply.raw) == (3, b"3")


def test_the_raw_answer_of_a_value_is_canonical_json():
    assert Memory({"read": lambda body: {"b": "直", "a": 1}}).call("read", None).raw == (
        '{"a":1,"b":"直"}'.encode()
    )


def test_bytes_and_whole_replies_are_handed_on_as_they_are():
    wire = Memory({"bytes": lambda body: b"\x00", "reply": lambda body: Reply(b"raw", "value")})
    assert wire.call("bytes", None) == Reply(b"\x00", b"\x00")
    assert wire.call("reply", None) == Reply(b"raw", "value")


@pytest.mark.parametrize(
    ("theirs", "ours", "code"),
    [
        (ConnectionRefusedError(), Retriable, "wire.refused"),
        (ConnectionResetError(), Unknown, "wire.lost"),
        (TimeoutError(), Unknown, "wire.no-answer"),
    ],
)
def test_a_callable_fails_like_a_network(theirs, ours, code):
    with pytest.raises(ours) as raised:
        Memory({"act": failing(theirs)}).call("act", None)
    assert raised.value.code == code


def test_our_own_errors_pass_unchanged():
    refusal = Rejected("test.refused").answered(b"no")
    with pytest.raises(Rejected) as raised:
        Memory({"act": failing(refusal)}).call("act", None)
    assert raised.value is refusal


def test_a_bug_in_a_callable_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        Memory({"act": lambda body: 1 / 0}).call("act", None)


def test_an_unknown_operation_names_the_nearest():
    with pytest.raises(Fatal) as raised:
        Memory({"register": id}).call("regster", None)
    assert raised.value.facts == {"operation": "regster", "nearest": "register"}


def test_two_instances_share_nothing_and_a_closed_one_answers_nothing():
    operations = {"echo": str}
    first, second = Memory(operations), Memory(operations)
    operations.clear()
    first.close()
    assert second.call("echo", 1).value == "1"
    with pytest.raises(Fatal, match=r"wire\.closed"):
        first.call("echo", 1)
