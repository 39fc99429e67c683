"""Airflow tasks of a sweep. They only translate: all work is ``zhida.sweep``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowSkipException

if TYPE_CHECKING:
    from matters.matter import Matter
    from zhida.hub import Hub
    from zhida.sweep import Report

# Every task process parses its dag file anew, so what only running needs is imported by `execute`.


class WaitForWork(BaseOperator):
    """Sleeps without a worker until work is due; a quiet while ends the run (skipped).

    ``matter``: whose sweep; empty: until something that did not answer is to be asked again.
    """

    def __init__(self, *, matter: str = "", quiet_s: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.matter = matter
        self.quiet_s = quiet_s

    def execute(self, context: Any) -> None:
        """Hand over to the triggerer."""
        from zhida.airflow.triggers import WorkTrigger

        del context
        trigger = WorkTrigger(matter=self.matter, quiet_s=self.quiet_s)
        self.defer(trigger=trigger, method_name="resume")

    def resume(self, context: Any, event: str) -> None:
        """By ``dag.test()`` only, which resumes what its trigger has ended; ``event``: its state."""
        del context
        if event == "skipped":
            raise AirflowSkipException("没有待办 (nothing is due)")


class TakeIn(BaseOperator):
    """Looks at the sources that open cases."""

    def __init__(self, *, matter: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.matter = matter

    def execute(self, context: Any) -> dict[str, int]:
        """Counts only: XCom never holds more."""
        from zhida import sweep

        del context
        return _turn(self.matter, lambda hub, matter: sweep.take_in(hub, matter, well=True))


class SweepItem(BaseOperator):
    """One item's turn: all cases that are ready for it. Red only if its leg is sick."""

    def __init__(self, *, matter: str, item: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.matter = matter
        self.item = item

    def execute(self, context: Any) -> dict[str, int]:
        """Counts only: XCom never holds more."""
        from zhida import sweep

        del context
        return _turn(
            self.matter,
            lambda hub, matter: sweep.sweep_item(hub, matter, matter.items[self.item], well=True),
        )


class AskAgain(BaseOperator):
    """Asks each system and source that did not answer, once, side by side."""

    def execute(self, context: Any) -> dict[str, int]:
        """How many answer now, and how many do not."""
        from zhida import recovery
        from zhida.airflow import connections
        from zhida.hub import open_hub

        del context
        with open_hub(find=connections.find) as hub:
            return dict(recovery.ask_again(hub))


class Close(BaseOperator):
    """The end of a sweep, whatever became of its items: people are told of incidents."""

    def __init__(self, *, matter: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.matter = matter

    def execute(self, context: Any) -> dict[str, int]:
        """How many lines were told; the lines themselves stay out of XCom."""
        from zhida import sweep_times
        from zhida.airflow import connections, figures
        from zhida.hub import open_hub

        del context
        with open_hub(find=connections.find) as hub:
            told = sweep_times.close(hub, hub.site.matter(self.matter))
            figures.of_sweep(hub, self.matter)
        return {"told": told}


def _turn(matter: str, turn: Callable[[Hub, Matter], Report]) -> dict[str, int]:
    from zhida import site_words
    from zhida.airflow import connections
    from zhida.hub import open_hub

    with open_hub(find=connections.find) as hub:
        report = turn(hub, hub.site.matter(matter))
        if report.sick is not None:
            what, remedy = site_words.describe(hub.site, report.sick.code, report.sick.facts)
            raise AirflowException(f"{report.title}：{what} [{report.sick.code}] {remedy}")
    return dict(report.states)
