"""The OA: forms polled, results written back once, tasks for people; with the vendor's quirks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import mappings
from adapters import _oa_desk, oa
from adapters._oa_soap import SoapDesk
from adapters.oa import FormKind, Settings
from connectors.memory import Memory
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown

Record = dict[str, Any]

HUB, CLERK = 900, 101
FORM = {
    "cszmbh": "X320117001",
    "xsexm": "张小直",
    "xsemz": "汉族",
    "lhfs": "0",
    "sbrxm": "李小达",
    "sbrsfz": "320117199303120025",
    "sbrlxdh": "13800000000",
    "sbrgx": "母亲",
    "cbd": "320117",
    "sqrq": "2026-01-08",
    "tysq": "1",
}
RESULT = {
    "request_id": "447473",
    "summary": "全部办结",
    "items": {"household": "applied", "insurance": "applied"},
}
KIND = FormKind("birth-declaration", "oa_form_615_birth_declaration", "result_oa_form_615")


@dataclass
class Office:
    """A small workflow service in memory, answering as the SOAP wire would."""

    forms: dict[str, Record] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    reads: list[str] = field(default_factory=list)
    out: str = "success"
    lists: int = 0
    most: int = 1000
    """On a page, however many are asked for."""

    def add(self, request: str, workflow: str = "615", **changed: str) -> None:
        table = {"WorkflowRequestTableField": _rows({**FORM, **changed})}
        records = {"WorkflowRequestTableRecord": [{"workflowRequestTableFields": table}]}
        self.forms[request] = {
            "requestId": request,
            "requestName": "出生一件事",
            "receiveTime": "2026-01-08 09:00:00",
            "lastOperateTime": "2026-01-08 09:00:00",
            "currentNodeName": "部门联办",
            "workflowBaseInfo": {"workflowId": workflow},
            "workflowMainTableInfo": {"requestRecords": records},
        }
        self.waiting.insert(0, request)

    def send_again(self, request: str, *, at: str, **changed: str) -> None:
        """It was sent back, mended and submitted again, all between two looks at the list."""
        self.waiting.remove(request)
        self.add(request, **changed)
        self.forms[request] |= {"receiveTime": at, "lastOperateTime": at}

    def connector(self) -> Memory:
        return Memory(
            {
                "getToDoWorkflowRequestList": lambda body: self._page(body, self.waiting),
                "getMyWorkflowRequestList": lambda body: self._page(body, list(self.forms)),
                "getWorkflowRequest": self._read,
                "doCreateWorkflowRequest": self._create,
                "submitWorkflowRequest": self._submit,
            }
        )

    def _page(self, body: Record, requests: list[str]) -> Any:
        self.lists += 1
        page, size = body["in0"], min(body["in1"], self.most)
        chosen = [self.forms[r] for r in requests[(page - 1) * size : page * size]]
        headlines = [{**info, "workflowMainTableInfo": None} for info in chosen]
        return {"WorkflowRequestInfo": headlines} if headlines else None

    def _read(self, body: Record) -> Any:
        request = str(body["in0"])
        self.reads.append(request)
        if request in self.lost:
            raise Retriable("wire.no-answer")
        return {"canView": False} if request in self.hidden else self.forms[request]

    def _create(self, body: Record) -> str:
        if not self.out.isdigit():
            return self.out
        info = body["in0"]
        base = {"requestId": self.out, "currentNodeName": "部门办理"}
        self.forms[self.out] = info | base
        return self.out

    def _submit(self, body: Record) -> str:
        request = str(body["in1"])
        if self.out != "success" or request not in self.waiting:
            return "failed" if self.out == "success" else self.out
        self.forms[request] = self.forms[request] | {
            "workflowMainTableInfo": body["in0"]["workflowMainTableInfo"],
            "currentNodeName": "办结",
        }
        self.waiting.remove(request)
        return self.out

    def finish(self, request: str, decision: str, opinion: str) -> None:
        info = self.forms[request]
        (record,) = info["workflowMainTableInfo"]["requestRecords"]["WorkflowRequestTableRecord"]
        rows = record["workflowRequestTableFields"]["WorkflowRequestTableField"]
        rows += _rows({"bljg": decision, "blyj": opinion})
        info["currentNodeName"] = "办结"


def _rows(fields: Record) -> list[Record]:
    return [{"fieldName": name, "fieldValue": value} for name, value in fields.items()]


def _adapter(office: Office, **settings: Any) -> oa.Oa:
    forms = settings.pop("forms", {"615": KIND})
    desk = SoapDesk(office.connector(), HUB, settings.get("page_size", 50))
    return oa.Oa(desk, Settings(HUB, forms, **settings))


def _request(mark: str) -> str:
    return mark.partition(".")[0]


# --- mappings of the site's own ---------------------------------------------------------------

SHIPPED = Path(str(mappings.__file__)).parent / "files"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "mappings").mkdir()
    for name, own in ((KIND.mapping, "own_form"), (KIND.reply, "own_reply")):
        text = (SHIPPED / f"{name}.yaml").read_text("utf-8")
        text = text.replace(f"mapping: {name}", f"mapping: {own}", 1)
        (tmp_path / "mappings" / f"{own}.yaml").write_text(text, "utf-8")
    return tmp_path


def test_a_form_is_read_and_answered_by_mappings_of_the_site_s_own(site: Path) -> None:
    office = Office()
    office.add("447473")
    adapter = _adapter(
        office, forms={"615": replace(KIND, mapping="own_form", reply="own_reply", site=site)}
    )
    (arrival,), _ = adapter.poll("form:615", "")
    assert arrival.record is not None
    assert adapter.prepare("reply", {"result": RESULT}, "k").body["fields"]["jghk"] == "办结"


def test_a_mapping_that_is_not_there_is_a_mistake_with_its_place(site: Path) -> None:
    form = {"kind": "birth-declaration", "mapping": "own_from", "reply": "own_reply"}
    [(at, problem)] = oa.mistakes({"forms": {"615": form}}, site)
    assert (at, problem.code) == ("/forms/615/mapping", "mapping.no-such-mapping")


# --- forms that arrive -----------------------------------------------------------------------


def test_a_form_becomes_a_declaration_under_its_request_id() -> None:
    office = Office()
    office.add("447473")
    arrivals, cursor = _adapter(office).poll("form:615", "")
    (arrival,) = arrivals
    assert (arrival.key, arrival.kind) == ("447473", "birth-declaration")
    assert [_request(mark) for mark in cursor.split(",")] == ["447473"]
    assert arrival.record is not None
    assert arrival.record["child"] == {"name": "张小直", "ethnicity": "01"}
    assert arrival.record["household"] == {"follows": "father"}
    assert "X320117001" in arrival.raw.decode()
    assert arrival.mapping_digest


@pytest.mark.parametrize("name", ["张㛃", "张𬀩", "张䶮", "阿卜杜热西提·阿卜杜热合曼"])
def test_rare_names_come_through_unchanged(name: str) -> None:
    office = Office()
    office.add("447473", xsexm=name)
    ((arrival,), _) = _adapter(office).poll("form:615", "")
    assert arrival.record is not None
    assert arrival.record["child"]["name"] == name


def test_an_unreadable_form_is_told_and_the_others_go_on() -> None:
    office = Office()
    for request, ethnicity in (("1", "汉族"), ("2", "火星族"), ("3", "01")):
        office.add(request, xsemz=ethnicity)
    office.forms["4"] = {"requestId": "4", "workflowBaseInfo": {"workflowId": "615"}}
    office.waiting.append("4")
    arrivals, cursor = _adapter(office).poll("form:615", "")
    errors = {a.key: a.error for a in arrivals}
    assert isinstance(errors["2"], Invalid)
    assert errors["2"].problems[0].facts["path"] == "/xsemz"
    assert isinstance(errors["4"], Invalid)
    assert errors["1"] is None
    assert errors["3"] is None
    assert {_request(mark) for mark in cursor.split(",")} == {"1", "2", "3", "4"}
    assert all(arrival.raw for arrival in arrivals)


def test_what_was_read_is_not_read_again_and_a_late_lower_id_is_not_missed() -> None:
    office = Office()
    office.add("20")
    adapter = _adapter(office)
    _, cursor = adapter.poll("form:615", "")
    office.add("10")
    office.reads.clear()
    arrivals, cursor = adapter.poll("form:615", cursor)
    assert [a.key for a in arrivals] == office.reads == ["10"]
    assert adapter.poll("form:615", cursor) == ([], cursor)


def test_a_form_that_left_the_to_do_list_and_came_back_is_read_again() -> None:
    office = Office()
    office.add("20")
    adapter = _adapter(office)
    _, cursor = adapter.poll("form:615", "")
    office.waiting.clear()
    _, cursor = adapter.poll("form:615", cursor)
    office.waiting.append("20")
    arrivals, _ = adapter.poll("form:615", cursor)
    assert [a.key for a in arrivals] == ["20"]


def _ethnicities(arrivals: Any) -> list[str]:
    return [arrival.record["child"]["ethnicity"] for arrival in arrivals]


def test_a_form_that_was_sent_back_and_mended_between_two_polls_is_read_again() -> None:
    office = Office()
    office.add("20", xsemz="火星族")
    office.add("21")
    adapter = _adapter(office)
    _, cursor = adapter.poll("form:615", "")
    office.send_again("20", at="2026-01-08 09:00:01", xsemz="壮族")
    arrivals, cursor = adapter.poll("form:615", cursor)
    assert [a.key for a in arrivals] == ["20"]
    assert _ethnicities(arrivals) == ["08"]
    assert adapter.poll("form:615", cursor) == ([], cursor)


def test_where_the_list_tells_no_time_of_receipt_the_last_act_counts() -> None:
    office = Office()
    office.add("20")
    office.forms["20"]["receiveTime"] = None
    adapter = _adapter(office)
    _, cursor = adapter.poll("form:615", "")
    assert adapter.poll("form:615", cursor) == ([], cursor)
    office.send_again("20", at="2026-01-08 09:00:01", xsemz="壮族")
    office.forms["20"]["receiveTime"] = None
    assert _ethnicities(adapter.poll("form:615", cursor)[0]) == ["08"]


def test_a_long_list_is_looked_through_without_reading_its_forms_again() -> None:
    office = Office()
    for number in range(447001, 447201):
        office.add(str(number))
    adapter = _adapter(office)
    arrivals, cursor = adapter.poll("form:615", "")
    assert len(arrivals) == len(office.reads) == 200
    office.lists = 0
    office.reads.clear()
    assert adapter.poll("form:615", cursor) == ([], cursor)
    assert office.reads == []
    assert office.lists <= 5
    assert len(cursor) <= 200 * 16


def test_the_cursor_holds_nothing_that_somebody_wrote_into_the_list() -> None:
    office = Office()
    office.add("20")
    office.forms["20"]["receiveTime"] = "张小直,320117202601050015"
    _, cursor = _adapter(office).poll("form:615", "")
    assert re.fullmatch(r"20\.[0-9a-f]{8}", cursor)


def test_a_cursor_of_bare_ids_reads_each_form_once_more() -> None:
    office = Office()
    office.add("20")
    adapter = _adapter(office)
    arrivals, cursor = adapter.poll("form:615", "20")
    assert [a.key for a in arrivals] == ["20"]
    assert adapter.poll("form:615", cursor) == ([], cursor)


def test_a_person_s_number_never_passes_for_a_request_id() -> None:
    office = Office()
    office.add("320117202601050015")
    with pytest.raises(Retriable) as caught:
        _adapter(office).poll("form:615", "")
    assert caught.value.code == "oa.unreadable-list"


def test_forms_of_other_workflows_are_left_alone() -> None:
    office = Office()
    office.add("1", workflow="777")
    assert _adapter(office).poll("form:615", "") == ([], "")
    with pytest.raises(Fatal):
        _adapter(office).poll("form:777", "")


def test_another_form_is_only_configuration() -> None:
    office = Office()
    office.add("1", workflow="777")
    adapter = _adapter(office, forms={"777": KIND})
    assert [a.key for a in adapter.poll("form:777", "")[0]] == ["1"]


def test_pages_are_turned_to_the_end() -> None:
    office = Office()
    for number in range(1, 8):
        office.add(str(number))
    arrivals, _ = _adapter(office, page_size=3).poll("form:615", "")
    assert len(arrivals) == 7
    assert office.lists == 4  # the last one is empty: nothing else is an end


def test_an_oa_that_cuts_its_pages_short_is_read_to_the_end() -> None:
    office = Office(most=2)
    for number in range(1, 8):
        office.add(str(number))
    adapter = _adapter(office)
    assert len(adapter.poll("form:615", "")[0]) == 7
    reply = adapter.prepare("reply", {"result": {**RESULT, "request_id": "1"}}, "k")
    table = {"WorkflowRequestTableField": _rows(reply.body["fields"])}
    records = {"WorkflowRequestTableRecord": [{"workflowRequestTableFields": table}]}
    office.forms["1"]["workflowMainTableInfo"] = {"requestRecords": records}
    assert adapter.probe(reply) is None, "written, but not passed on: it waits for us on page 4"


def test_a_list_without_an_end_is_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_oa_desk, "_MOST_PAGES", 2)
    office = Office(most=2)
    for number in range(1, 8):
        office.add(str(number))
    with pytest.raises(Retriable, match=r"oa\.unreadable-list"):
        _adapter(office).poll("form:615", "")


def test_a_service_that_ignores_the_page_number_does_not_hold_us_for_ever() -> None:
    office = Office()
    for number in range(1, 4):
        office.add(str(number))
    wire = office.connector()
    told = Memory(
        {
            "getToDoWorkflowRequestList": lambda body: (
                wire.call("getToDoWorkflowRequestList", {**body, "in0": 1}).value
            ),
            "getWorkflowRequest": lambda body: wire.call("getWorkflowRequest", body).value,
        }
    )
    adapter = oa.Oa(SoapDesk(told, HUB, 3), Settings(HUB, {"615": KIND}, page_size=3))
    assert len(adapter.poll("form:615", "")[0]) == 3
    assert office.lists == 2


def test_the_rest_of_a_long_list_waits_for_the_next_poll() -> None:
    office = Office()
    for number in range(1, 6):
        office.add(str(number))
    adapter = _adapter(office, most_per_poll=2)
    keys: list[str] = []
    cursor = ""
    for _ in range(3):
        arrivals, cursor = adapter.poll("form:615", cursor)
        keys += [a.key for a in arrivals]
    assert sorted(keys) == ["1", "2", "3", "4", "5"]


def test_a_form_that_cannot_be_fetched_now_is_left_for_the_next_poll() -> None:
    office = Office(lost={"1"})
    office.add("1")
    office.add("2")
    adapter = _adapter(office)
    arrivals, cursor = adapter.poll("form:615", "")
    assert [a.key for a in arrivals] == ["2"]
    office.lost.clear()
    assert [a.key for a in adapter.poll("form:615", cursor)[0]] == ["1"]


def test_if_nothing_can_be_fetched_the_leg_is_sick() -> None:
    office = Office(lost={"1"})
    office.add("1")
    with pytest.raises(Retriable):
        _adapter(office).poll("form:615", "")


# --- the reply -------------------------------------------------------------------------------


def _reply(office: Office) -> Any:
    adapter = _adapter(office)
    return adapter, adapter.prepare("reply", {"result": RESULT}, "k1")


def test_the_result_is_written_into_the_form_under_its_request_id() -> None:
    office = Office()
    office.add("447473")
    adapter, prepared = _reply(office)
    assert office.waiting == ["447473"]
    answer = adapter.submit(prepared)
    assert answer.reference == "447473"
    assert prepared.body["fields"] == {"jghk": "办结", "jgyb": "办结", "jgsm": "全部办结"}
    assert office.waiting == []


def test_a_refusal_and_its_reason_reach_the_window() -> None:
    result = RESULT | {
        "items": {"household": "refused", "insurance": "blocked"},
        "reason": "信息不一致",
    }
    prepared = _adapter(Office()).prepare("reply", {"result": result}, "k1")
    assert prepared.body["fields"] == {
        "jghk": "不予办理",
        "jgyb": "未办理",
        "jgsm": "全部办结；信息不一致",
    }


def test_failed_because_it_was_done_already_is_done() -> None:
    office = Office()
    office.add("447473")
    adapter, prepared = _reply(office)
    adapter.submit(prepared)
    assert adapter.submit(prepared).reference == "447473"


def test_failed_while_it_still_waits_is_a_refusal() -> None:
    office = Office(out="failed")
    office.add("447473")
    adapter, prepared = _reply(office)
    with pytest.raises(Rejected) as caught:
        adapter.submit(prepared)
    assert caught.value.code == "oa.submit-refused"
    assert caught.value.raw == b'"failed"'


def test_failed_because_somebody_else_acted_is_a_refusal_of_its_own() -> None:
    office = Office()
    office.add("447473")
    office.waiting.clear()
    adapter, prepared = _reply(office)
    with pytest.raises(Rejected) as caught:
        adapter.submit(prepared)
    assert caught.value.code == "oa.acted-by-another"


def test_a_probe_asks_the_oa_s_own_state() -> None:
    office = Office()
    office.add("447473")
    adapter, prepared = _reply(office)
    assert adapter.probe(prepared) is None
    adapter.submit(prepared)
    assert adapter.probe(prepared).reference == "447473"


DECIDED = """mapping: told_618
title: 决定
from: {result: matter-result, decision: grant-decision}
to: wire
fields:
  - {to: /jgjd, from: /decision/outcome_zh}
  - {to: /jgsm, from: /result/summary}
ignore:
  - {fields: [/result/request_id, /result/items, /result/reason], reason: not-needed}
  - fields: [/decision/id, /decision/application, /decision/channel, /decision/policy, /decision/title, /decision/policy_digest, /decision/version, /decision/firm, /decision/on, /decision/snapshot, /decision/outcome, /decision/because, /decision/text, /decision/amount_fen, /decision/stages, /decision/declared, /decision/promise_version, /decision/deficiencies, /decision/unmet]
    reason: not-needed
tests:
  - name: 决定
    source: {result: {summary: 好}, decision: {outcome_zh: 予以奖补}}
    gives: {jgjd: 予以奖补, jgsm: 好}
"""


def test_a_reply_may_tell_more_than_what_the_items_came_to(tmp_path: Path) -> None:
    """Then the mapping reads the result and the other documents by their names."""
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings/told_618.yaml").write_text(DECIDED, "utf-8")
    form = {
        "kind": "birth-declaration",
        "mapping": "oa_form_615_birth_declaration",
        "reply": "told_618",
        "reply_needs": {"decision": "grant-decision"},
    }
    options = {"hub_user": HUB, "forms": {"615": form}}
    assert oa.mistakes(options, tmp_path) == []
    known = oa.declared(options)["reply"]
    assert known.needs == {"result": "matter-result", "decision": "grant-decision"}
    assert known.identity == ("result/request_id",)
    kind = FormKind(**form, site=tmp_path)
    adapter = _adapter(Office(), forms={"615": kind})
    inputs = {"result": RESULT, "decision": {"outcome_zh": "不符合条件"}}
    body = adapter.prepare("reply", inputs, "k").body
    assert body == {"request": "447473", "fields": {"jgjd": "不符合条件", "jgsm": "全部办结"}}
    del form["reply_needs"]
    assert [each.code for _, each in oa.mistakes(options, tmp_path)] == ["generic.mapping-input"]


def test_a_form_that_is_closed_to_us_says_nothing_about_the_reply() -> None:
    office = Office()
    office.add("447473")
    adapter, prepared = _reply(office)
    adapter.submit(prepared)
    office.hidden.add("447473")
    for ask in (
        adapter.probe,
        adapter.submit,
    ):  # the second submission is refused, then asked after
        with pytest.raises(Unknown, match=r"oa\.unreadable-form"):
            ask(prepared)


@pytest.mark.parametrize("out", ["", "<html/>", "None", "0"])
def test_any_other_word_leaves_the_submission_unknown(out: str) -> None:
    office = Office(out=out)
    office.add("447473")
    adapter, prepared = _reply(office)
    with pytest.raises(Unknown, match=r"oa\.unreadable-answer"):
        adapter.submit(prepared)


@pytest.mark.parametrize("request_id", ["", "-4", "１", "7; drop", "9" * 5000])
def test_without_a_request_id_nothing_is_prepared(request_id: str) -> None:
    with pytest.raises(Invalid, match=r"oa\.no-request-id"):
        _adapter(Office()).prepare("reply", {"result": RESULT | {"request_id": request_id}}, "k1")


def test_each_form_may_have_its_own_reply() -> None:
    second = FormKind("birth-declaration", KIND.mapping, KIND.reply, "reply_townships")
    adapter = _adapter(Office(), forms={"615": KIND, "777": second})
    assert set(adapter.operations) == {"reply", "reply_townships", "todo"}
    assert adapter.operations["reply_townships"].name == "reply_townships"
    told = {"kind": KIND.kind, "mapping": KIND.mapping, "reply": KIND.reply}
    forms = {"615": told, "777": {**told, "reply_operation": "reply_townships"}}
    assert oa.declared({"hub_user": 1, "forms": forms}) == adapter.operations


def _form_of_a_site(folder: Path) -> dict[str, Any]:
    """A kind and mappings that only this site has."""
    files = {
        "documents/stall.yaml": "title: 摊位\ntype: object\nadditionalProperties: false\n"
        "required: [number]\nproperties: {number: {title: 编号, type: string}}\n",
        "mappings/stall_form.yaml": "mapping: stall_form\ntitle: 摊位\nfrom: [/bh]\nto: stall\n"
        "fields: [{to: /number, from: /bh}]\n",
        "mappings/stall_result.yaml": "mapping: stall_result\ntitle: 结果\nfrom: matter-result\nto: wire\n"
        "fields: [{to: /jg, from: /items/lease}]\nignore: [{fields: [/request_id, /summary, /reason], reason: not-needed}]\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return {"kind": "stall", "mapping": "stall_form", "reply": "stall_result"}


def test_a_form_may_be_of_a_kind_that_only_the_site_has(tmp_path: Path) -> None:
    told = _form_of_a_site(tmp_path)
    assert oa.mistakes({"hub_user": 1, "forms": {"616": told}}, tmp_path) == []
    adapter = _adapter(Office(), forms={"616": FormKind(**told, site=tmp_path)})
    result = {"request_id": "7", "summary": "办结", "items": {"lease": "applied"}}
    prepared = adapter.prepare("reply", {"result": result}, "k1")
    assert prepared.body["fields"] == {"jg": "applied"}


@pytest.mark.parametrize(
    ("changed", "at", "code"),
    [
        ({"kind": "stal"}, "/forms/616/kind", "shape.no-such-kind"),
        ({"kind": "notice"}, "/forms/616/mapping", "feed.other-kind"),
        ({"mapping": "stall_from"}, "/forms/616/mapping", "mapping.no-such-mapping"),
        ({"reply": "stall_form"}, "/forms/616/reply", "generic.mapping-input"),
        ({"reply": "stall_reslt"}, "/forms/616/reply", "mapping.no-such-mapping"),
    ],
)
def test_each_mistake_of_a_form_has_its_place(
    tmp_path: Path, changed: dict[str, str], at: str, code: str
) -> None:
    told = _form_of_a_site(tmp_path) | changed
    found = oa.mistakes({"hub_user": 1, "forms": {"616": told}}, tmp_path)
    assert (at, code) in [(place, problem.code) for place, problem in found]


# --- tasks for people --------------------------------------------------------------------------

TASK = {
    "task": {
        "case": "c1",
        "item": "review",
        "title": "父母信息核验",
        "content": "请核验户籍信息",
        "assignee": "201",
    }
}


def _todo(office: Office) -> Any:
    adapter = _adapter(office)
    return adapter, adapter.prepare("todo", TASK, "k" * 32)


def test_a_task_waits_for_its_person_then_tells_the_decision() -> None:
    office = Office(out="447480")
    adapter, prepared = _todo(office)
    created = adapter.submit(prepared)
    assert (created.reference, created.waiting) == ("447480", True)
    found = adapter.probe(prepared)
    assert (found.reference, found.waiting) == ("447480", True)
    office.finish("447480", "1", "同意")
    done = adapter.probe(prepared)
    assert (done.reference, done.waiting) == ("447480", False)


def test_a_person_s_no_is_a_refusal_with_the_opinion() -> None:
    office = Office(out="447480")
    adapter, prepared = _todo(office)
    adapter.submit(prepared)
    office.finish("447480", "0", "材料不全")
    with pytest.raises(Rejected) as caught:
        adapter.probe(prepared)
    assert (caught.value.code, caught.value.reason) == ("oa.person-refused", "材料不全")


def test_a_task_that_was_never_created_is_not_there() -> None:
    office = Office(out="447480")
    adapter, prepared = _todo(office)
    assert adapter.probe(prepared) is None
    other = adapter.prepare("todo", TASK, "k" * 16 + "x" * 16)  # same title, another effect
    adapter.submit(other)
    assert adapter.probe(prepared) is None


def test_a_task_that_cannot_be_looked_at_is_neither_refused_nor_absent() -> None:
    office = Office(out="447480")
    adapter, prepared = _todo(office)
    adapter.submit(prepared)
    office.hidden.add("447480")
    with pytest.raises(Unknown) as caught:
        adapter.probe(prepared)
    assert caught.value.code == "oa.unreadable-form"


@pytest.mark.parametrize(
    ("out", "meaning"),
    [("-2", "没有创建权限"), ("-4", "字段或表名不正确"), ("-8", "流程节点自动赋值操作错误")],
)
def test_a_negative_number_is_a_refusal_with_its_meaning(out: str, meaning: str) -> None:
    adapter, prepared = _todo(Office(out=out))
    with pytest.raises(Rejected) as caught:
        adapter.submit(prepared)
    assert caught.value.code == "oa.create-refused"
    assert caught.value.facts["reason"] == f"{out} {meaning}"


@pytest.mark.parametrize("out", ["-9", "<html>", "", "0 ok", "320117202601050015", "9" * 5000])
def test_an_answer_that_is_no_number_leaves_the_creation_unknown(out: str) -> None:
    adapter, prepared = _todo(Office(out=out))
    with pytest.raises(Unknown):
        adapter.submit(prepared)


def test_an_incomplete_task_names_what_it_lacks() -> None:
    with pytest.raises(Invalid) as caught:
        _adapter(Office()).prepare("todo", {"task": {"case": "c1"}}, "k1")
    assert [(p.code, p.facts["path"]) for p in caught.value.problems] == [
        ("oa.missing", f"/task/{name}") for name in ("title", "content", "assignee")
    ]


def test_there_are_no_other_operations() -> None:
    adapter, prepared = _todo(Office())
    with pytest.raises(Fatal, match=r"oa\.no-such-operation"):
        adapter.prepare("delete", {}, "k1")
    with pytest.raises(Fatal, match=r"oa\.no-such-operation"):
        adapter.fetch(prepared)


# --- the vendor's bytes --------------------------------------------------------------------------

OPTIONS = {
    "hub_user": HUB,
    "forms": {"615": {"kind": KIND.kind, "mapping": KIND.mapping, "reply": KIND.reply}},
}
OUT = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    '<ns1:{0}Response xmlns:ns1="webservices.services.weaver.com.cn" '
    'xmlns:w="http://webservices.workflow.weaver" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{1}</ns1:{0}Response>{2}'
    "</soap:Body></soap:Envelope>"
)


def _out(operation: str, content: str, beside: str = "") -> str:
    return OUT.format(operation, content, beside)


def _open(canned: Any) -> oa.Oa:
    return oa.open_system(OPTIONS, canned.endpoint())


def test_http_200_with_a_negative_number(canned: Any) -> None:
    canned.will_answer(_out("doCreateWorkflowRequest", "<ns1:out>-4</ns1:out>"))
    adapter = _open(canned)
    with pytest.raises(Rejected) as caught:
        adapter.submit(adapter.prepare("todo", TASK, "k1"))
    adapter.close()
    assert caught.value.code == "oa.create-refused"
    assert b"<ns1:out>-4</ns1:out>" in caught.value.raw
    assert canned.requests[0][0] == "/services/WorkflowService"


def test_a_request_id_inside_blanks(canned: Any) -> None:
    canned.will_answer(_out("doCreateWorkflowRequest", "<ns1:out>\n 447473 </ns1:out>"))
    adapter = _open(canned)
    assert adapter.submit(adapter.prepare("todo", TASK, "k1")).reference == "447473"
    adapter.close()


def test_an_answer_by_reference(canned: Any) -> None:
    beside = '<multiRef id="id0" soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">447473</multiRef>'
    canned.will_answer(_out("doCreateWorkflowRequest", '<ns1:out href="#id0"/>', beside))
    adapter = _open(canned)
    assert adapter.submit(adapter.prepare("todo", TASK, "k1")).reference == "447473"
    adapter.close()


def test_a_submission_that_lost_its_answer_is_unknown_and_a_lost_read_is_not(canned: Any) -> None:
    canned.will_answer(b"", status=200)
    adapter = _open(canned)
    with pytest.raises(Unknown):
        adapter.submit(adapter.prepare("reply", {"result": RESULT}, "k1"))
    with pytest.raises(Retriable):
        adapter.poll("form:615", "")
    adapter.close()


def test_an_empty_to_do_list(canned: Any) -> None:
    canned.will_answer(_out("getToDoWorkflowRequestList", '<ns1:out xsi:nil="true"/>'))
    adapter = _open(canned)
    assert adapter.poll("form:615", "") == ([], "")
    adapter.close()
