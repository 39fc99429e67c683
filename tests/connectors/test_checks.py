"""Every wire has a check, and every check the same steps in the same order."""

import pytest

from connectors.check_steps import NAMES
from connectors.checks import CHECKS, check
from connectors.wires import WIRES
from exchange.errors import Fatal
from exchange.ports import Endpoint


def test_no_wire_is_without_a_check():
    assert set(WIRES) <= set(CHECKS)


@pytest.mark.parametrize("alias", [*CHECKS, "unheard-of"])
def test_the_steps_are_the_same_everywhere(alias, free_port, tmp_path):
    place = f"127.0.0.1:{free_port()}"
    address = {"rest": f"http://{place}", "soap": f"http://{place}", "files": str(tmp_path)}
    address["gate"] = str(tmp_path)
    options = {"driver": "postgresql", "database": "x"} if alias == "tables" else {}
    endpoint = Endpoint(address.get(alias, place), "hub", "test-only")
    assert tuple(step.name for step in check(alias, options, endpoint)) == NAMES


@pytest.mark.guarantee("G10")
@pytest.mark.parametrize("alias", ["amqp", "ftps", "mllp", "sftp", "tables", "unheard-of"])
def test_a_login_in_an_address_is_refused_and_stands_in_no_error(alias):
    options = {"driver": "postgresql", "database": "x"} if alias == "tables" else {}
    with pytest.raises(Fatal, match=r"wire\.address") as raised:
        list(check(alias, options, Endpoint("hub:w0rd@his.example:21")))
    assert raised.value.facts == {"address": "***@his.example:21"}
