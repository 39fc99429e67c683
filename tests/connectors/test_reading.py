import pytest

from connectors.http import Received
from connectors.reading import Reading
from exchange.errors import Fatal, Rejected, Retriable, Unknown


def read(status, reading=None, **headers):
    return (reading or Reading()).error(Received(status, headers, b"raw"), peer="p")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_good_status_is_no_error(status):
    assert read(status) is None


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (301, Fatal, "wire.moved"),
        (302, Unknown, "wire.redirected"),
        (308, Fatal, "wire.moved"),
        (400, Rejected, "wire.status-refused"),
        (401, Fatal, "wire.login-refused"),
        (404, Rejected, "wire.status-refused"),
        (408, Retriable, "wire.busy"),
        (422, Rejected, "wire.status-refused"),
        (429, Retriable, "wire.busy"),
        (500, Unknown, "wire.status-unknown"),
        (502, Unknown, "wire.status-unknown"),
        (503, Retriable, "wire.busy"),
        (504, Unknown, "wire.status-unknown"),
        (104, Unknown, "wire.status-unknown"),
        (999, Unknown, "wire.status-unknown"),
    ],
)
def test_a_status_says_what_the_caller_must_do(status, kind, code):
    error = read(status)
    assert (type(error), error.code, error.facts["status"]) == (kind, code, status)


def test_a_refusal_keeps_the_answer():
    assert read(422).raw == b"raw"


@pytest.mark.parametrize(
    ("told", "fact"),
    [
        ("120", 120),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT"),
        ("１", "１"),
    ],
)
def test_the_time_to_wait_becomes_a_fact(told, fact):
    assert read(503, **{"Retry-After": told}).facts["retry_after"] == fact


def test_no_time_to_wait_is_no_fact():
    assert "retry_after" not in read(503).facts


def test_a_peer_may_mean_something_else():
    reading = Reading(statuses={503: Unknown, 404: Fatal, 200: Rejected, 500: Retriable})
    assert type(read(503, reading)) is Unknown
    assert type(read(404, reading)) is Fatal
    assert read(200, reading).raw == b"raw"
    assert read(500, reading).code == "wire.busy"
    assert type(read(502, reading)) is Unknown
