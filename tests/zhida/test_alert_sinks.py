"""The line to a robot is as careful as every other line of the hub."""

from __future__ import annotations

import doctest
from types import SimpleNamespace
from typing import Any

import pytest

from exchange.errors import Fatal
from exchange.ports import Endpoint
from zhida import alert_sinks


def hub(**extra: str) -> Any:
    """A site whose robot is told of over TLS, with these files."""
    return SimpleNamespace(
        site=SimpleNamespace(alerts=SimpleNamespace(webhook="robot", style="dingtalk")),
        endpoint=lambda _: Endpoint("https://127.0.0.1:9", extra=extra),
    )


@pytest.mark.parametrize("name", ["ca", "cert", "crl"])
def test_every_file_of_the_connection_counts(name: str) -> None:
    """A list of revoked certificates too: one that can't be read is no line at all."""
    with (
        pytest.raises(Fatal, match=r"wire\.tls-file"),
        alert_sinks.open_sink(hub(**{name: "/nowhere/file.pem"})),
    ):
        pass


def test_doctests() -> None:
    assert doctest.testmod(alert_sinks).failed == 0
