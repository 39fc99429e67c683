"""One line of the doctor's: what was looked at, how it is, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from exchange.errors import Fact, Fatal, Problem, ZhidaError
from exchange.problems import describe

State = Literal["good", "note", "bad", "open"]
WORDS = {"good": "好", "note": "注意", "bad": "坏", "open": "没查"}


@dataclass(frozen=True, slots=True)
class Line:
    """``part`` groups lines (``store``, ``keys``); ``open``: not looked at, and why."""

    part: str
    title: str
    state: State
    what: str
    code: str = ""
    remedy: str = ""

    def told(self) -> dict[str, str]:
        """As JSON."""
        return {
            "part": self.part,
            "title": self.title,
            "state": self.state,
            "state_zh": WORDS[self.state],
            "what": self.what,
            "code": self.code,
            "remedy": self.remedy,
        }


@dataclass(frozen=True, slots=True)
class Part:
    """Makes the lines of one part."""

    name: str

    def good(self, title: str, what: str = "正常") -> Line:
        """Looked at, and right."""
        return Line(self.name, title, "good", what)

    def open(self, title: str, why: str) -> Line:
        """Not looked at."""
        return Line(self.name, title, "open", why)

    def note(self, title: str, code: str, **facts: Fact) -> Line:
        """It works, and somebody should see to it."""
        return self.of(title, Problem(code, facts), "note")

    def bad(self, title: str, code: str, **facts: Fact) -> Line:
        """It does not work, or will not hold."""
        return self.of(title, Problem(code, facts))

    def of(self, title: str, problem: Problem, state: State = "bad") -> Line:
        """A problem that another part of the hub has found."""
        what, remedy = describe(problem.code, problem.facts)
        return Line(self.name, title, state, what, problem.code, remedy)

    def tried(self, title: str, look: Callable[[], Iterable[Line]]) -> Iterator[Line]:
        """The lines of a look; an error of ours is a line too, and so is a defect: whoever is ill
        must still hear about the rest.
        """
        try:
            yield from look()
        except ZhidaError as error:
            for problem in error.problems:
                yield self.of(title, problem)
        except Exception as error:  # noqa: BLE001 - told by its kind
            defect = Fatal("cli.defect", type=type(error).__name__)
            yield self.of(title, defect.problems[0])


def worst(lines: Iterable[Line]) -> int:
    """The exit code: 0 everything is well, 1 something is to be seen to, 2 something is bad.

    >>> worst([Line("a", "t", "open", ""), Line("a", "t", "note", "")]), worst([])
    (1, 0)
    """
    return max(({"note": 1, "bad": 2}.get(line.state, 0) for line in lines), default=0)
