"""What is sent shows neither the connection's credentials nor the person, wherever it is printed."""

from __future__ import annotations

import pytest

from adapters._generic_plan import Message
from adapters._generic_request import built
from adapters._generic_system import Asked
from exchange.ports import Prepared


@pytest.mark.guarantee("G8")
def test_a_prepared_call_prints_as_the_site_wrote_it() -> None:
    message = Message(
        call="POST /person/{/name}",
        constants={"/name": "张小直", "/id": "320117202601050015"},
        credentials={"/password": "S3cret"},
    )
    sent = built(message, {}, "k")
    assert sent.body["password"] == "S3cret"
    shown = repr(Prepared("act", "k", Asked(sent, sent)))
    assert "POST /person/{/name}" in shown
    for secret in ("S3cret", "张小直", "%E5%BC%A0", "320117202601050015"):
        assert secret not in shown
