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


def told(plan: Plan, wrong: Invalid, form: Form) -> str:
    """What is wrong, for the person who filled it in: by the labels of the form's fields.

    A mapping tells a column, a shape a field of the document that was to come of it.
    """
    labels = {f"/{column}": label for column, label in form.labels.items() if label}
    rules = plan.record.file.rules if plan.record else ()
    made = {rule.to: labels.get(rule.paths()[0], rule.to) for rule in rules if rule.paths()}
    return remark(wrong.problems, made | labels)


def remark(problems: Sequence[Problem], labels: Mapping[str, str]) -> str:
    """The same by a table of labels.

    >>> remark([Problem("desk.no-result", {"request": "7", "path": "/bljg"})], {"/bljg": "办理结果"})
    '填写有误，请改正后再提交：未选择办理结果（办理结果）'
    """
    return f"填写有误，请改正后再提交：{'；'.join(_described(each, labels) for each in problems)}"


def _described(problem: Problem, labels: Mapping[str, str]) -> str:
    path = str(problem.facts.get("path", ""))
    known = {**problem.facts, "path": labels.get(path.lower(), path), "kind": "表单"}
    return describe(problem.code, known)[0].rstrip("。")
