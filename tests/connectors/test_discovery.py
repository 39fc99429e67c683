"""Only what can be asked is asked; a wire whose peers are mute says so."""

import pytest

from connectors.discovery import DISCOVERIES, discover
from connectors.wires import WIRES
from exchange.errors import Fatal
from exchange.ports import Endpoint


@pytest.mark.parametrize("alias", ["amqp", "mllp", "unheard-of"])
def test_a_mute_wire(alias):
    with pytest.raises(Fatal, match=r"wire\.tells-nothing"):
        discover(alias, {}, Endpoint("x:1"))


def test_every_other_wire_is_asked():
    assert set(WIRES) - {"amqp"} <= set(DISCOVERIES)
