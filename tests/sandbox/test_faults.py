"""The switchboard alone; what the faults do to a wire is in ``test_port``."""

from collections.abc import Callable
from threading import Thread

import pytest

from sandbox.faults import Faults, UnknownFault


def test_a_fault_strikes_as_often_as_it_was_told() -> None:
    faults = Faults()
    faults.arm("reset", times=2)
    assert [faults.take("reset", "csdj", stage="after") is not None for _ in range(3)] == [
        True,
        True,
        False,
    ]


def test_a_fault_without_times_strikes_until_cleared() -> None:
    faults = Faults()
    faults.arm("html")
    assert all(faults.take("html", "any") is not None for _ in range(5))
    faults.clear()
    assert faults.take("html", "any") is None


def test_once503_is_once_unless_told() -> None:
    faults = Faults()
    faults.arm("once503")
    assert faults.take("once503", "x") is not None
    assert faults.take("once503", "x") is None


def test_a_fault_for_one_operation_spares_the_others() -> None:
    faults = Faults()
    faults.arm("refuse", operation="csdj", reason="无户口")
    assert faults.take("refuse", "csdjcx") is None
    refusal = faults.take("refuse", "csdj")
    assert refusal is not None
    assert refusal["reason"] == "无户口"


def test_a_staged_fault_waits_for_its_stage() -> None:
    faults = Faults()
    faults.arm("slow", seconds=1, stage="before")
    assert faults.take("slow", "x", stage="after") is None
    assert faults.take("slow", "x", stage="before") is not None


def test_what_is_held_is_told_and_released(wait_until: Callable[..., None]) -> None:
    faults = Faults()
    faults.arm("hold", stage="after", times=1)
    held = Thread(target=faults.wait_while_held, args=("csdj", "after"))
    held.start()
    wait_until(10, faults.held, faults.armed)
    assert (faults.held()[0]["operation"], faults.held()[0]["stage"]) == ("csdj", "after")
    assert faults.release() == 1
    held.join(5)
    assert not held.is_alive()
    assert faults.held() == []


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("explode", {}),
        ("slow", {"minutes": 1}),
        ("down", {"times": 3}),
        ("once503", {"stage": "x"}),
    ],
)
def test_what_it_does_not_know_it_refuses(name: str, options: dict[str, object]) -> None:
    with pytest.raises(UnknownFault):
        Faults().arm(name, **options)
