"""Answers that nobody would write: whatever comes, only our errors leave, and soon."""

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.reading import Reading
from connectors.soap import Soap
from connectors.soap_contract import Contract
from exchange.errors import Rejected, Unknown
from exchange.ports import Reply

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
QUESTION = ("getWorkflowRequest", {"in0": 7, "in1": 900, "in2": 0})
FIELD = "<w:canEdit>true</w:canEdit><w:requestId>7</w:requestId>"
WHOLE = (
    f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{SOAP}"><s:Body>'
    '<r:getWorkflowRequestResponse xmlns:r="webservices.services.weaver.com.cn">'
    f'<r:out xmlns:w="http://webservices.workflow.weaver">{FIELD}</r:out>'
    "</r:getWorkflowRequestResponse></s:Body></s:Envelope>"
).encode()


def envelope(body):
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'.encode()


@pytest.fixture
def told(peer, wsdl):
    """``told(content, media, …)``: what the wire makes of an answer."""
    state = {}

    def script(conversation):
        while True:
            conversation.request()
            conversation.answer(state["content"], media=state["media"])

    url, wires = peer(script).url, {}

    def asked(content, media="text/xml", strict=True):
        if strict not in wires:
            reading = Reading(faults={"Server": Unknown})
            wires[strict] = Soap(
                wsdl, url, contract=Contract(strict=strict), reading=reading, timeout=10
            )
        state.update(content=content, media=media)
        return wires[strict].call(*QUESTION)

    yield asked
    for wire in wires.values():
        wire.close()


SAME_PEER = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@SAME_PEER
@given(st.data())
def test_a_damaged_answer_is_read_or_refused(told, data):
    content = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 9))] = data.draw(
            st.one_of(
                st.binary(max_size=4), st.sampled_from([b"&#xD800;", b"<a/>", b"]]>", b"&x;"])
            )
        )
    strict = data.draw(st.booleans())
    try:
        assert told(bytes(content), strict=strict).raw == bytes(content)
    except (Unknown, Rejected) as error:
        assert error.__suppress_context__ or error.__context__ is None


@SAME_PEER
@given(
    st.binary(max_size=200), st.sampled_from(["text/xml", "multipart/related; boundary=b", "", "x"])
)
def test_bytes_that_are_nothing(told, content, media):
    with pytest.raises(Unknown):
        told(content, media)


def many_references():
    levels = "".join(f'<m id="{n}">' + f'<x href="#{n + 1}"/>' * 10 + "</m>" for n in range(12))
    return envelope(f'<r href="#0"/>{levels}<m id="12">7</m>')


@pytest.mark.parametrize(
    "content",
    [
        envelope("<a>" * 5000 + "</a>" * 5000),
        b"<!--" + b"-" * 1_000_000,
        b"<?xml " + b" " * 1_000_000,
        b" " * 1_000_000 + b"<",
        many_references(),
        envelope("<a " + " ".join(f"b{n}='1'" for n in range(50_000)) + "/>"),
        envelope("<s:Fault><faultcode>" + "张" * 100_000 + "</faultcode></s:Fault>"),
        envelope("<s:Fault>" * 200 + "</s:Fault>" * 200),
        b"<?xml version='1.0' encoding='" + b"x" * 100_000 + b"'?><s:Envelope/>",
    ],
    ids=range(9),
)
def test_what_is_made_to_hurt_is_refused_soon_and_not_told(told, content):
    before = time.process_time()
    with pytest.raises((Unknown, Rejected)) as raised:
        told(content)
    assert time.process_time() - before < 5
    assert len(str(raised.value)) < 300
    assert "张" not in str(raised.value)


# --- nothing at all -----------------------------------------------------------------------------------


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("status", "one_way", "accepted"),
    [
        ("200 OK", True, True),
        ("202 Accepted", True, True),
        ("204 No Content", True, True),
        ("202 Accepted", False, True),
        ("200 OK", False, False),
        ("500 Oops", True, False),
    ],
)
def test_an_empty_answer_is_enough_where_none_was_promised(
    peer, wsdl, tmp_path, strict, status, one_way, accepted
):
    def script(conversation):
        conversation.request()
        conversation.answer(b"", media="text/xml", status=status)

    text = wsdl.read_text("utf-8")
    if one_way:
        text = re.sub('<wsdl:output message="op:getWorkflowRequestResponse"/>', "", text)
        told = '(<wsdl:operation name="getWorkflowRequest">\\s*<soap:operation[^>]*>.*?)<wsdl:output>.*?</wsdl:output>'
        text = re.sub(told, r"\1", text, count=1, flags=re.DOTALL)
    (tmp_path / "oa.wsdl").write_text(text, "utf-8")
    wire = Soap(tmp_path / "oa.wsdl", peer(script).url, contract=Contract(strict=strict), timeout=5)
    if accepted:
        assert wire.call(*QUESTION) == Reply(b"", None)
    else:
        with pytest.raises(Unknown):
            wire.call(*QUESTION)
    wire.close()
