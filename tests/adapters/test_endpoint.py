"""Wires are opened from the connection's files and the schema's defaults, in one way."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from adapters import _endpoint
from exchange.errors import Fatal
from exchange.ports import Endpoint


def test_plain_http_needs_no_tls() -> None:
    assert _endpoint.context(Endpoint("http://127.0.0.1:1")) is None


def test_https_checks_the_peer_against_the_connection_s_authority(tmp_path: Path) -> None:
    with pytest.raises(Fatal) as caught:
        _endpoint.context(Endpoint("https://h:1", extra={"ca": str(tmp_path / "none.pem")}))
    assert caught.value.code == "wire.tls-file"
    opened = _endpoint.context(Endpoint("HTTPS://h:1"))
    assert opened is not None
    assert opened.verify_mode is ssl.CERT_REQUIRED
    assert opened.check_hostname


def test_what_the_site_says_counts_before_the_default() -> None:
    schema = {"properties": {"a": {"default": 1}, "b": {"default": 2}}}
    assert _endpoint.completed(schema, {"b": 3}) == {"a": 1, "b": 3}
