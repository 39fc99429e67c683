"""What the checks come to: a fold of a request's papers, of what the hub knows, and of the day.

In this order: what the letter does not cover is not told (``not-authorised``); what the order's stage does
not ask for is ``not-due``, and where the stage would decide and is not known, ``unknown``. Then, of what is
asked: one surely failing reason makes ``fail``, whatever else is unknown; else what is not known makes
``unknown``; else what a person has to look at makes ``manual``; else ``pass``. So nothing passes because
nobody said anything, nothing unknown hides a failure, and ``manual`` and ``pass`` are final for these facts.
Whatever the state, every reason that was found is told at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from matters import finance_case, finance_truth
from matters.finance_case import Case, View
from matters.finance_parts import (
    DOWN,
    NONE,
    ORDER,
    OWN,
    STAGES,
    Check,
    Checklist,
    Finding,
    Ground,
    Question,
    State,
    joined,
)
from matters.finance_reckoning import RULES
from matters.kleene import Truth

_STAGE = f"/{ORDER}/stage"


def weigh(checklist: Checklist, case: Case) -> tuple[Check, ...]:
    """Every check, in the order of the file. The same facts on the same day always come to the same."""
    return tuple(_check(checklist, each, case) for each in checklist.questions.values())


def is_complete(checks: Iterable[Check]) -> bool:
    """Is nothing unknown any more? What the letter does not cover is not waited for."""
    return all(each.state != "unknown" for each in checks)


def _check(checklist: Checklist, question: Question, case: Case) -> Check:
    if not _is_authorised(question, case):
        return Check(question.name, question.title, "not-authorised")
    due = _is_due(question, finance_case.stage(checklist, case))
    if due is False:
        return Check(question.name, question.title, "not-due")
    if due is None:
        codes = (DOWN,) if ORDER in case.down else ()
        return Check(question.name, question.title, "unknown", codes, lacks=(_STAGE,))
    return _told(checklist, question, case, _find(checklist, question, case))


def _is_authorised(question: Question, case: Case) -> bool:
    """The letter names the dataset, and no paper that it needs is of a day outside the letter's period."""
    there = [name for name in question.reads if name in case.papers]
    if any(finance_case.is_covered(case, name) is False for name in there):
        return False
    return question.dataset == NONE or question.dataset in case.datasets


def _is_due(question: Question, stage: str | None) -> Truth:
    """Is it asked at this stage? A check that is asked at every stage needs to know none."""
    first, last = STAGES.index(question.due_from), STAGES.index(question.until)
    if stage is None:
        return True if (first, last) == (0, len(STAGES) - 1) else None
    return first <= STAGES.index(stage) <= last


def _find(checklist: Checklist, question: Question, case: Case) -> Finding:
    view = finance_case.view(checklist, case, (*question.reads, *question.also))
    missing = tuple(name for name in question.reads if name not in view.papers)
    needed = tuple(path for path in question.needs if path not in view.fields)
    is_down = any(name in case.down for name in missing)
    is_denied = bool(question.denied) and not case.denied.isdisjoint(missing)
    denied = (question.denied,) if is_denied else ()
    parts = [
        Finding(fails=denied, lacks=(*missing, *needed), is_down=is_down),
        _of_conditions(question, view),
    ]
    if question.rule:
        parts.append(RULES[question.rule].reckon(view))
    return joined(parts)


def _of_conditions(question: Question, view: View) -> Finding:
    grounds = (*question.fails, *question.manual)
    lacks = (path for each in grounds for path in finance_truth.lacks(each.when, view.fields))
    return Finding(
        fails=tuple(_holding(question.fails, view)),
        manual=tuple(_holding(question.manual, view)),
        lacks=tuple(lacks),
    )


def _holding(grounds: Iterable[Ground], view: View) -> Iterator[str]:
    return (each.code for each in grounds if finance_truth.truth(each.when, view.fields))


def _told(checklist: Checklist, question: Question, case: Case, found: Finding) -> Check:
    codes = {*found.fails, *found.manual, *([DOWN] if found.is_down else [])}
    whose = _whose(checklist, question, case)
    paper = case.papers[whose] if whose else None
    return Check(
        name=question.name,
        title=question.title,
        state=_state(found),
        codes=tuple(sorted(codes)),
        basis=found.basis,
        source=paper.source if paper else "",
        as_of=paper.as_of if paper else None,
        document=paper.number if paper else "",
        lacks=found.lacks,
    )


def _state(found: Finding) -> State:
    if found.fails:
        return "fail"
    if found.lacks:
        return "unknown"
    return "manual" if found.manual else "pass"


def _whose(checklist: Checklist, question: Question, case: Case) -> str:
    """The first paper that it reads, where that is about this request; also where it is too old by now.

    The bank's own papers are nobody else's word; only a check of nothing else names them.
    """
    named = [name for name in question.reads if question.dataset == NONE or name not in OWN]
    if not named or not finance_case.is_about(checklist, case, named[0]):
        return ""
    return named[0] if finance_case.is_covered(case, named[0]) else ""
