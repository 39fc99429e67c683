"""Lines of the doctor's: an error is a line, a defect too, and the worst one counts."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.errors import Fatal, Invalid, Problem
from zhida.doctor_line import Line, Part, worst

PART = Part("store")


def test_an_error_ends_its_look_and_is_told_with_its_remedy() -> None:
    def look() -> Iterator[Line]:
        yield PART.good("连接")
        raise Fatal("store.not-initialised")

    first, second = PART.tried("库表", look)
    assert (first.state, second.state, second.code) == ("good", "bad", "store.not-initialised")
    assert second.remedy
    assert second.told()["state_zh"] == "坏"


def test_every_problem_of_an_error_has_its_line() -> None:
    def look() -> Iterator[Line]:
        raise Invalid.of([Problem("site.date"), Problem("site.no-key")])

    assert [each.code for each in PART.tried("x", look)] == ["site.date", "site.no-key"]


def test_a_defect_is_told_by_its_kind_and_not_by_its_text() -> None:
    def look() -> list[Line]:
        raise KeyError("a secret")

    (line,) = PART.tried("x", look)
    assert (line.state, line.code) == ("bad", "cli.defect")
    assert "secret" not in line.what


def test_the_exit_code_is_the_worst_ones() -> None:
    good, note, bad = PART.good("a"), PART.note("a", "doctor.umask"), PART.bad("a", "doctor.mode")
    assert [worst(each) for each in ([good], [good, note], [bad, note], [PART.open("a", "")])] == [
        0, 1, 2, 0,
    ]  # fmt: skip
