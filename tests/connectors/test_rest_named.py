"""A call is found among those that the options name, also with values in its places."""

import pytest

from connectors.rest_named import named
from exchange.errors import Retriable

CALL = "POST /person/{/id}"


@pytest.mark.parametrize(
    ("operation", "found"),
    [
        ("POST /person/7", CALL),
        ("POST /person/%E5%BC%A0%2F7", CALL),
        ("POST /person/", ""),
        ("POST /person/7/more", ""),
        ("POST /person/7?x=1", ""),
        ("GET /person/7", ""),
        ("POST /person/new", "POST /person/new"),
        ("POST /xperson/7", ""),
    ],
)
def test_a_call_with_a_value_in_its_place(operation, found):
    assert named(operation, [CALL, "POST /person/new", "POST /a.b"]) == found
    assert named("POST /aXb", ["POST /a.b"]) == ""


def test_a_body_s_style_and_a_harmless_call_are_found_by_the_call_with_its_place(served, opened):
    served.will(None)
    wire = opened(bodies={CALL: "form"}, reads=[CALL])
    with pytest.raises(Retriable, match=r"wire\.lost"):
        wire.call("POST /person/7", {"a": "1"})
    assert served.came[0][1] == b"a=1"


def test_a_signature_sees_the_style_that_the_call_was_written_in(served, opened):
    served.will()
    rule = {"kind": "signature", "content": "{parameters}{secret}", "digest": "sm3"}
    rule |= {"encoding": "hex", "place": "body", "names": {"sign": "sign"}}
    wire = opened(rule, bodies={"POST /a|b": "form"})
    assert wire.call("POST /a|b", {"a": "张"}).value == {}
    assert served.came[0][1].startswith(b"a=%E5%BC%A0&sign=")


def test_the_sharing_platform_s_number_of_a_call_with_a_place(served, opened):
    served.will({"code": "0", "data": {"secret": "s", "secretEndTime": 1767574860000}})
    served.will()
    rule = {"kind": "sharing-platform", "operation": "POST /secret", "rid": "rid-secret"}
    wire = opened({**rule, "rids": {CALL: "rid-person"}, "cipher": "none"})
    wire.call("POST /person/7")
    assert served.header(1, "gjgxjhpt_rid") == "rid-person"
