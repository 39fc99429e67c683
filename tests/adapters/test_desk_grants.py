"""Who decides about a list or a batch stands in it: the head of the department, the reviewer of the fund."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from uuid import uuid4

import jsonschema_rs
import pytest

from adapters import desk
from exchange.errors import Invalid, Rejected
from mappings import compiler
from mappings.shapes import SHIPPED
from sandbox.clerk import Person
from sandbox.oa_grant_forms import GRANT_FORMS
from sandbox.office import Office
from sandbox.officers import Officers
from tests.adapters.desk_operations import GRANTS, SITE

OPERATIONS = {name: told for each in GRANTS.values() for name, told in each["operations"].items()}
OWN = {"ywlsh", "sxmc", "sxnr", "blr", "bljg", "blyj"}
LIST = {
    "id": "L-2026-0001",
    "policy": "listing",
    "title": "企业上市奖补",
    "version": "2026",
    "department": "science",
    "head": "231",
    "run": "R-2026-0001",
    "on": "2026-06-01",
    "count": 2,
    "total_fen": 600000050,
    "publicity_days": 5,
    "rows": "奖补编号,企业名称,金额（元）\nA-1,示例甲公司,6000000.00\nA-2,示例乙公司,0.50\n",
    "rows_digest": "00ff" * 16,
    "dataset": "D-2026-0001",
}
BATCH = {
    name: LIST[name] for name in ("policy", "title", "count", "total_fen", "rows", "rows_digest")
}
BATCH |= {"id": "P-2026-0001", "reviewer": "241"}
TASK = {"title": "办理", "content": "请办理"}
INPUTS: dict[str, Any] = {
    "confirm_grant_list": {"list": LIST, "task": TASK},
    "review_grant_payment": {"batch": BATCH, "task": TASK},
}


@pytest.fixture
def people(peer: Any) -> Iterator[tuple[desk.People, Officers]]:
    handle, endpoint = peer("oa")
    told = {"hub_user": 900, "check_node": "中枢核收", "operations": OPERATIONS}
    adapter = desk.open_system(told, endpoint)
    officers = Officers(handle.address, Office())
    yield adapter, officers
    officers.work()
    adapter.close()


def prepared(adapter: desk.People, operation: str, **changed: Any) -> Any:
    given = deepcopy(INPUTS[operation])
    name = "list" if "list" in given else "batch"
    given[name] |= changed
    return adapter.prepare(operation, given, uuid4().hex)


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        ("confirm_grant_list", {"list": "L-2026-0001", "agreed": True, "by": "231"}),
        ("review_grant_payment", {"batch": "P-2026-0001", "by": "241"}),
    ],
)
def test_whom_the_document_names_decides_and_nobody_else(
    people: Any, peer: Any, operation: str, told: dict[str, Any]
) -> None:
    (adapter, officers), (handle, _) = people, peer("oa")
    officers.work()  # what other tests have left in the OA that they share
    asked = prepared(adapter, operation)
    created = adapter.submit(asked)
    assert adapter.probe(asked).waiting
    waits = {user: list(Person(handle.address, user).tasks()) for user in (231, 232, 241)}
    mine = [user for user, tasks in waits.items() if int(created.reference) in tasks]
    assert mine == [int(told["by"])]
    assert officers.work() == 1
    done = adapter.probe(asked)
    assert (done.waiting, done.reference) == (False, created.reference)
    SHIPPED.find(OPERATIONS[operation]["gives"]).validate(done.record)
    assert {name: done.record[name] for name in told} == told


@pytest.mark.parametrize("operation", INPUTS)
def test_who_decides_reads_every_row_in_the_form(people: Any, peer: Any, operation: str) -> None:
    (adapter, officers), (handle, _) = people, peer("oa")
    asked = prepared(adapter, operation)
    created = adapter.submit(asked)
    user = int(asked.body["fields"]["blr"])
    form = Person(handle.address, user).read(int(created.reference))
    assert form["mxnr"] == LIST["rows"]
    assert officers.work() == 1


@pytest.mark.parametrize(
    "rows", ["奖补编号,企业名称,金额（元）\nA-1,示例甲公司,6000000.00\n", "zhida grants rows 00ff"]
)
def test_nobody_agrees_to_rows_that_do_not_make_up_the_sum(people: Any, rows: str) -> None:
    adapter, officers = people
    asked = prepared(adapter, "confirm_grant_list", rows=rows)
    adapter.submit(asked)
    officers.work()
    with pytest.raises(Rejected, match=r"oa\.person-refused"):
        adapter.probe(asked)


def test_finance_sees_masked_accounts_where_the_agreement_gives_no_others(people: Any) -> None:
    adapter, _ = people
    told = {name: value for name, value in BATCH.items() if name != "rows"} | {"masked_rows": "A-1"}
    made = adapter.prepare("review_grant_payment", {"batch": told, "task": TASK}, uuid4().hex)
    assert made.body["fields"]["mxnr"] == "A-1"


def test_another_list_goes_to_another_head(people: Any) -> None:
    adapter, _ = people
    fields = {
        head: prepared(adapter, "confirm_grant_list", head=head).body["fields"]["blr"]
        for head in ("231", "232")
    }
    assert fields == {"231": "231", "232": "232"}


def test_a_head_who_does_not_agree_says_why_and_it_is_a_refusal(people: Any) -> None:
    adapter, officers = people
    officers.office.refusals[(680, "L-2026-0001")] = "第三户已迁出本区"
    asked = prepared(adapter, "confirm_grant_list")
    adapter.submit(asked)
    officers.work()
    with pytest.raises(Rejected, match="oa.person-refused") as caught:
        adapter.probe(asked)
    assert caught.value.reason == "第三户已迁出本区"


@pytest.mark.parametrize("head", ["", "张主任", "23 1", None])
def test_a_list_that_names_nobody_is_nobody_s_to_decide(people: Any, head: Any) -> None:
    adapter, _ = people
    with pytest.raises(Invalid, match="desk.no-assignee") as caught:
        prepared(adapter, "confirm_grant_list", head=head)
    assert caught.value.facts["path"] == "/list/head"


def test_the_field_that_names_the_person_is_needed() -> None:
    told = desk.needed({"operations": OPERATIONS}, SITE)
    assert ("list/head",) in [each.paths for each in told["confirm_grant_list"]]


@pytest.mark.parametrize("path", ["list/heads", "lists/head", "list/count", "task/assignees"])
def test_an_assignee_from_nowhere_is_a_mistake(path: str) -> None:
    options = {"operations": deepcopy(OPERATIONS)}
    options["operations"]["confirm_grant_list"]["assignee"] = {"from": path}
    found = [(at, problem.code) for at, problem in desk.mistakes(options, SITE)]
    assert found == [("/operations/confirm_grant_list/assignee/from", "desk.no-such-assignee")]


@pytest.mark.parametrize("assignee", ["x", {"from": "head"}, {"form": "list/head"}, 231])
def test_what_names_nobody_is_no_assignee(assignee: Any) -> None:
    options = {"hub_user": 900, "operations": deepcopy(OPERATIONS)}
    validator = jsonschema_rs.validator_for(desk.OPTIONS)
    assert validator.is_valid(options)
    options["operations"]["confirm_grant_list"]["assignee"] = assignee
    assert not validator.is_valid(options)


@pytest.mark.parametrize("system", GRANTS)
def test_the_example_s_desks_have_no_mistake(system: str) -> None:
    assert desk.mistakes(GRANTS[system], SITE) == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_files_keep_their_word_and_fit_the_workflow(operation: str) -> None:
    flow = {str(each.id): each for each in GRANT_FORMS}[OPERATIONS[operation]["workflow"]]
    columns = {column.name for column in flow.columns} - OWN
    form, result = (compiler.load(f"desk_{operation}_{part}") for part in ("form", "result"))
    assert (form.check(), result.check()) == ((), ())
    assert {path[1:] for path in result.file.inputs[""]} == columns
    assert {rule.to[1:] for rule in form.file.rules} <= columns
