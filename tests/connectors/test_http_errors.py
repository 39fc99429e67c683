import ssl

import pytest
import requests
from urllib3 import exceptions as theirs

from connectors.http_errors import ours
from exchange.errors import Fatal, Retriable, Unknown


def wrapped(cause):
    """As requests hands it out: three layers deep."""
    return requests.exceptions.ConnectionError(theirs.MaxRetryError(None, "/", cause))


def alert(reason):
    error = ssl.SSLError(1, f"[SSL: {reason}] alert")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (wrapped(theirs.NewConnectionError(None, "refused")), Retriable, "wire.refused"),
        (wrapped(theirs.ConnectTimeoutError()), Retriable, "wire.connect-timeout"),
        (wrapped(theirs.ProxyError("p", OSError())), Retriable, "wire.proxy"),
        (
            requests.exceptions.ReadTimeout(theirs.ReadTimeoutError(None, "/", "")),
            Unknown,
            "wire.no-answer",
        ),
        (
            requests.exceptions.ConnectionError(theirs.ProtocolError("", OSError())),
            Unknown,
            "wire.lost",
        ),
        (theirs.ProtocolError("", theirs.IncompleteRead(1, 2)), Unknown, "wire.cut-answer"),
        (requests.exceptions.InvalidHeader("h"), Fatal, "wire.header"),
        (requests.exceptions.InvalidURL("u"), Fatal, "wire.address"),
        (wrapped(theirs.SSLError(ssl.SSLEOFError(8, "EOF"))), Unknown, "wire.lost"),
        (wrapped(theirs.SSLError(alert("TLSV1_ALERT_INTERNAL_ERROR"))), Unknown, "wire.lost"),
        (requests.RequestException("never seen before"), Unknown, "wire.lost"),
    ],
)
def test_the_cause_decides_not_the_wrapping(error, kind, code):
    mapped = ours(error, "his:443")
    assert (type(mapped), mapped.code) == (kind, code)


def test_an_alert_about_our_certificate_after_sending_means_that_nothing_was_done():
    error = wrapped(theirs.SSLError(alert("TLSV13_ALERT_CERTIFICATE_REQUIRED")))
    mapped = ours(error, "his:443")
    assert (type(mapped), mapped.code) == (Retriable, "wire.tls")
    assert mapped.facts["reason"] == "TLSV13_ALERT_CERTIFICATE_REQUIRED"
