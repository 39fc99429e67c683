"""What the broker's words are about, whatever their order."""

import doctest

from connectors import amqp_errors, amqp_options, amqp_queue, amqp_window
from connectors.amqp_window import Window


def gone(places):
    window = Window()
    for place in places:
        window.leave(place)
    return window


def test_one_word_may_be_about_all_up_to_a_number():
    window = gone("abcd")
    window.confirmed(3, True)
    assert window.words == {"a": "stored", "b": "stored", "c": "stored"}
    assert list(window.waiting.values()) == ["d"]


def test_a_word_about_one_leaves_the_earlier_ones_waiting():
    window = gone("abc")
    window.confirmed(3, False)
    window.refused(1, False)
    assert window.words == {"c": "stored", "a": "refused"}
    assert list(window.waiting.values()) == ["b"]


def test_what_came_back_is_not_stored_though_it_is_confirmed():
    window = gone("abc")
    window.returned(2)
    window.confirmed(3, True)
    assert window.words == {"a": "stored", "b": "unroutable", "c": "stored"}


def test_a_word_said_twice_changes_nothing():
    window = gone("ab")
    window.confirmed(1, False)
    window.refused(1, False)
    window.confirmed(1, True)
    assert window.words == {"a": "stored"}


def test_numbers_go_on_over_batches():
    window = gone("ab")
    window.confirmed(2, True)
    assert window.leave("c") == 3


def test_examples():
    for module in (amqp_errors, amqp_options, amqp_queue, amqp_window):
        assert doctest.testmod(module).failed == 0
