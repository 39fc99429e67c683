"""Steps go on after a mistake as far as they can be judged, and no further."""

import doctest

import pytest

from connectors import check_clock, check_steps, check_text
from connectors.check_steps import Open, Probe, run
from exchange.errors import Fatal


def fails():
    raise Fatal("wire.login-refused", peer="his:80", status=401)


def states(*probes):
    return {step.name: step.state for step in run(probes)}


def test_what_needs_a_bad_step_is_open_and_the_rest_is_judged():
    probes = [
        Probe("login", fails),
        Probe("permission", lambda: "yes", ("login",)),
        Probe("encoding", lambda: "yes", ("permission",)),
        Probe("clock", lambda: "0"),
    ]
    found = states(*probes)
    assert found == {"login": "bad", "permission": "open", "encoding": "open", "clock": "good"}


def test_an_open_step_holds_up_nobody():
    probes = [Probe("dns", lambda: Open("an address")), Probe("tcp", lambda: "x", ("dns",))]
    assert states(*probes) == {"dns": "open", "tcp": "good"}


def test_a_bad_step_keeps_code_and_facts():
    [step] = run([Probe("login", fails)])
    assert (step.code, step.facts) == ("wire.login-refused", {"peer": "his:80", "status": 401})


@pytest.mark.parametrize("module", [check_steps, check_clock, check_text])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted > 0
