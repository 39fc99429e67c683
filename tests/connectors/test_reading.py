from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

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


DATE = {"Date": "Wed, 21 Oct 2026 07:28:00 GMT"}


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Wed, 21 Oct 2026 07:30:00 GMT", 120),
        ("Wednesday, 21-Oct-26 07:30:00 GMT", 120),
        ("Wed Oct 21 07:30:00 2026", 120),
        ("Wed, 21 Oct 2026 07:00:00 GMT", 0),
    ],
)
def test_the_time_to_wait_becomes_a_fact_in_seconds(told, seconds):
    assert read(503, **DATE, **{"Retry-After": told}).facts["retry_after"] == seconds


@pytest.mark.parametrize(
    "told", ["１", "-1", "soon", "1.5", "张三", "Wed, 99 Oct 2026 07:30:00 GMT"]
)
def test_what_is_no_time_to_wait_is_no_fact(told):
    assert "retry_after" not in read(503, **DATE, **{"Retry-After": told}).facts


def test_without_a_date_of_the_peer_s_our_clock_counts():
    asked = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 <= read(429, **{"Retry-After": asked}).facts["retry_after"] <= 90


def test_no_time_to_wait_is_no_fact():
    assert "retry_after" not in read(503).facts


def test_a_peer_may_mean_something_else():
    reading = Reading(statuses={503: Unknown, 404: Fatal, 200: Rejected, 500: Retriable})
    assert type(read(503, reading)) is Unknown
    assert type(read(404, reading)) is Fatal
    assert read(200, reading).raw == b"raw"
    assert read(500, reading).code == "wire.busy"
    assert type(read(502, reading)) is Unknown
