"""What a person wrote into a form of ours: done, with the record, or not, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from adapters._desk_plan import Plan
from adapters._oa_form import Form
from exchange import pointer
from exchange.errors import Invalid, Problem, Rejected
from exchange.ports import Answer, Prepared, Record
from exchange.problems import describe

REFUSED = "oa.person-refused"


def read(plan: Plan, prepared: Prepared, form: Form, raw: bytes) -> Answer:
    """The answer. ``Rejected``: the person said no. ``Invalid``: it can't be told what was said."""
    request, word, reason = (
        form.request_id,
        form.fields.get("bljg", ""),
        form.fields.get("blyj", ""),
    )
    if word == "0":
        raise Rejected(REFUSED, request=request).answered(raw, reason)
    if word != "1":
        raise Invalid("desk.no-result", request=request, path="/bljg")
    if plan.record is None:
        return Answer(raw, request)
    record = plan.record.apply(dict(form.fields))
    problems = list(_about_another(plan, prepared, record))
    if problems:
        raise Invalid.of(problems)
    return Answer(raw, request, record=record, mapping_digest=plan.record.digest)


def _about_another(plan: Plan, prepared: Prepared, record: Record) -> Iterator[Problem]:
    """What identifies the thing stands in the form from the start, and nobody may change it."""
    for path, asked in prepared.body["same"].items():
        told = pointer.get(record, path)
        if told is not None and told != asked:
            yield Problem("desk.another", {"path": _column(plan, path)})


def _column(plan: Plan, path: str) -> str:
    rules = plan.record.file.rules if plan.record else ()
    return next((rule.paths()[0] for rule in rules if rule.to == path), path)


def remark(problems: Sequence[Problem], labels: Mapping[str, str]) -> str:
    """What is wrong with a form, for the person who filled it in: by the labels of its fields.

    >>> remark([Problem("desk.no-result", {"request": "7", "path": "/bljg"})], {"bljg": "办理结果"})
    '填写有误，请改正后再提交：未选择办理结果（办理结果）'
    """
    told = "；".join(_described(each, labels) for each in problems)
    return f"填写有误，请改正后再提交：{told}"


def _described(problem: Problem, labels: Mapping[str, str]) -> str:
    path = str(problem.facts.get("path", ""))
    label = labels.get(path.removeprefix("/").lower()) or path
    return describe(problem.code, {**problem.facts, "path": label})[0].rstrip("。")
