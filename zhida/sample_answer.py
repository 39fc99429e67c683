"""``zhida system call --answer``: the rules of a system's file tried on a sample, nothing sent.

The sample comes out of a vendor's document and is the engineer's own file: values are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from exchange.errors import Fact, Fatal, Invalid, Problem, Rejected, Unknown, ZhidaError
from exchange.ports import Adapter, Answer, Prepared
from exchange.problems import describe
from mappings.shapes import Shapes

if TYPE_CHECKING:
    from adapters._generic_trial import Trial

VERDICTS = {
    "success": "办成",
    "stored": "已收下，等对方办理",
    "there": "查到已办成",
    "waiting": "查到已收下，对方还没有办",
    "not_there": "肯定没有",
    "refused": "拒绝",
    "busy": "繁忙，稍后重试",
    "login": "登录或权限有误",
    "unknown": "对方自己说不清",
}
UNKNOWN = "结果未知"


def rehearsed(adapter: Adapter, message: Prepared, sample: bytes, *, probe: bool) -> Trial:
    """What the sample comes to. ``Fatal`` for a system whose answers are not read by rules."""
    from adapters.generic import Generic

    if not isinstance(adapter, Generic):
        raise Fatal("call.no-rules", operation=message.operation)
    return adapter.rehearse(message, sample, probe=probe)


def told(trial: Trial, kind: str, known: Shapes) -> dict[str, Any]:
    """The trial as JSON; ``kind``: of the document that the operation gives, empty if none."""
    from adapters._generic_trial import leaves

    found = _outcome(trial.outcome, trial.verdict)
    if trial.answer is not None:
        found["unread"] = [at for at, _ in trial.answer.idle]
        found["places"] = {at: _plain(value) for at, value in leaves(trial.answer.value)}
    found["rules"] = [
        {"rule": name, "holds": all(test.holds for test in tests), "tests": _tests(tests)}
        for name, tests in trial.rules.items()
    ]
    found["same"] = [asdict(pair) | {"holds": pair.holds} for pair in trial.same]
    if found["verdict"] == "refused":
        found["refusal_code"] = trial.code or found["refusal_code"]
    problems = [*trial.record_problems, *_document_problems(trial.outcome, kind, known)]
    return found | {"record_problems": [_problem(each.code, each.facts) for each in problems]}


def is_understood(found: Mapping[str, Any]) -> bool:
    """Does the core know what became of the effect, and has it got its document?"""
    return found["verdict"] != "" and not found["record_problems"]


def _outcome(outcome: Answer | ZhidaError | None, verdict: str) -> dict[str, Any]:
    if outcome is None:
        return {"verdict": "not_there"}
    if isinstance(outcome, Answer):
        record = {"record": dict(outcome.record)} if outcome.record is not None else {}
        as_of = {"as_of": outcome.as_of.isoformat()} if outcome.as_of else {}
        return {"verdict": verdict, "reference": outcome.reference, **record, **as_of}
    if isinstance(outcome, Unknown):
        return {"verdict": "", "problem": _problem(outcome.code, outcome.facts)}
    problem = {"problem": _problem(outcome.code, outcome.facts)}
    if isinstance(outcome, Rejected):
        code = str(outcome.facts.get("code", outcome.facts.get("fault", "")))
        return {"verdict": "refused", "refusal": outcome.reason, "refusal_code": code} | problem
    return {"verdict": verdict or "busy"} | problem


def _tests(tests: Iterable[Any]) -> list[dict[str, Any]]:
    return [asdict(test) | {"found": _plain(test.found)} for test in tests]


def _plain(value: Any) -> Any:
    """As JSON has it: an amount as text, so that no digit is lost; a file's bytes only counted."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, Decimal) else value


def _document_problems(outcome: Any, kind: str, known: Shapes) -> tuple[Problem, ...]:
    if not isinstance(outcome, Answer) or outcome.record is None or kind not in known.kinds():
        return ()
    try:
        known.find(kind).validate(outcome.record)
    except Invalid as error:
        return error.problems
    return ()


def _problem(code: str, facts: Mapping[str, Fact]) -> dict[str, Any]:
    what, remedy = describe(code, facts)
    return {"code": code, "facts": dict(facts), "what": what, "remedy": remedy}
