import doctest

from connectors import soap_building


def test_the_examples_are_true():
    assert doctest.testmod(soap_building).failed == 0
