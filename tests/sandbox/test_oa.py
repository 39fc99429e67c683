"""The OA over its wire, with a foreign SOAP client (zeep) that reads our WSDL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zeep
from lxml import etree

import sandbox
from sandbox.handle import Handle
from sandbox.oa_workflow import HUB

WSDL = Path(sandbox.__file__).parent / "wsdl" / "WorkflowService.wsdl"
VENDORS = Path(__file__).parents[3] / "shared" / "wire" / "weaver_WorkflowService.wsdl"
BINDING = "{webservices.services.weaver.com.cn}WorkflowServiceHttpBinding"
XS = "{http://www.w3.org/2001/XMLSchema}"


def _client(wsdl: Path, handle: Handle) -> Iterator[Any]:
    client = zeep.Client(str(wsdl), settings=zeep.Settings(forbid_dtd=True))
    yield client.create_service(BINDING, f"{handle.address}/services/WorkflowService")
    client.transport.session.close()


@pytest.fixture
def service(oa: Handle) -> Iterator[Any]:
    yield from _client(WSDL, oa)


def _info(workflow: str, name: str, **fields: str) -> dict[str, Any]:
    listed = [{"fieldName": key, "fieldValue": value} for key, value in fields.items()]
    record = {"workflowRequestTableFields": {"WorkflowRequestTableField": listed}}
    return {
        "requestName": name,
        "workflowBaseInfo": {"workflowId": workflow},
        "workflowMainTableInfo": {"requestRecords": {"WorkflowRequestTableRecord": [record]}},
    }


def _fields(info: Any) -> dict[str, str]:
    (record,) = info.workflowMainTableInfo.requestRecords.WorkflowRequestTableRecord
    listed = record.workflowRequestTableFields.WorkflowRequestTableField
    return {field.fieldName: field.fieldValue for field in listed}


def _birth(service: Any, number: str = "X320117001") -> int:
    return int(service.doCreateWorkflowRequest(_info("615", "出生一件事", cszmbh=number), 101))


def _todo(service: Any, user: int, size: int = 100) -> list[int]:
    found = service.getToDoWorkflowRequestList(1, size, 0, user, None)
    return [int(info.requestId) for info in found or []]


def test_a_form_goes_to_the_hub_and_after_its_answer_back_to_the_clerk(service: Any) -> None:
    request = _birth(service)
    assert request in _todo(service, HUB)
    result = _info("615", "", jghk="办结", jgyb="办结", jgsm="已登记")
    assert service.submitWorkflowRequest(result, request, HUB, "submit", "") == "success"
    info = service.getWorkflowRequest(request, HUB, 0)
    assert (info.currentNodeName, info.canEdit) == ("办结", False)
    assert _fields(info)["jghk"] == "办结"
    assert request not in _todo(service, HUB)
    assert request in _todo(service, 101)


def test_only_who_has_it_in_the_to_do_list_may_act(service: Any, oa: Handle) -> None:
    request = _birth(service)
    before = len(oa.books())
    assert service.submitWorkflowRequest(None, request, 101, "submit", "") == "failed"
    assert service.submitWorkflowRequest(None, request, HUB, "submit", "") == "success"
    assert service.submitWorkflowRequest(None, request, HUB, "submit", "") == "failed"
    assert service.submitWorkflowRequest(None, 1, HUB, "submit", "") == "failed"
    assert len(oa.books()) == before + 1


def test_a_rejected_form_goes_back_to_its_creator(service: Any) -> None:
    request = _birth(service)
    assert service.submitWorkflowRequest(None, request, HUB, "reject", "缺材料") == "success"
    info = service.getWorkflowRequest(request, 101, 0)
    assert (info.currentNodeName, info.canEdit) == ("窗口受理", True)


@pytest.mark.parametrize(
    ("code", "info", "user"),
    [
        ("-1", _info("999", "没有这个流程"), 101),
        ("-1", _info("615", ""), 101),
        ("-2", _info("615", "无权"), 201),
        ("-4", _info("615", "字段不对", nosuchfield="1"), 101),
        ("-5", _info("615", "级别不对") | {"requestLevel": "9"}, 101),
        ("-6", _info("620", "没有办理人", ywlsh="k"), HUB),
    ],
)
def test_what_cannot_be_created_is_a_negative_number(
    service: Any, oa: Handle, code: str, info: dict[str, Any], user: int
) -> None:
    before = len(oa.books())
    assert service.doCreateWorkflowRequest(info, user) == code
    assert len(oa.books()) == before


def test_the_same_request_twice_is_two_requests(service: Any, oa: Handle) -> None:
    assert _birth(service) != _birth(service)


def test_lists_come_in_pages_the_newest_first_and_without_forms(service: Any) -> None:
    made = [_birth(service) for _ in range(3)]
    first = service.getToDoWorkflowRequestList(1, 2, 0, HUB, None)
    second = service.getToDoWorkflowRequestList(2, 2, 0, HUB, None)
    assert [int(i.requestId) for i in [*first, *second]][:3] == made[::-1]
    assert not first[0].workflowMainTableInfo.requestRecords
    assert first[0].workflowBaseInfo.workflowId == "615"


def test_conditions_choose_and_strange_ones_are_a_fault(service: Any) -> None:
    _birth(service)
    task = _info("620", "待办", ywlsh="k", blr="201")
    request = int(service.doCreateWorkflowRequest(task, HUB))
    only = {"string": ["workflowid = 620"]}
    mine = service.getMyWorkflowRequestList(1, 50, 0, HUB, only)
    assert {info.workflowBaseInfo.workflowId for info in mine} == {"620"}
    assert int(mine[0].requestId) == request
    with pytest.raises(zeep.exceptions.Fault):
        service.getMyWorkflowRequestList(1, 50, 0, HUB, {"string": ["1=1; drop table"]})


def test_a_stranger_sees_nothing(service: Any) -> None:
    info = service.getWorkflowRequest(_birth(service), 203, 0)
    assert (info.canView, info.requestName) == (False, None)
    assert not info.workflowMainTableInfo.requestRecords


def test_a_draft_stays_with_its_creator(service: Any) -> None:
    info = _info("615", "草稿") | {"isnextflow": "0"}
    request = int(service.doCreateWorkflowRequest(info, 101))
    assert request not in _todo(service, HUB)
    assert request in _todo(service, 101)


def test_refuse_strikes_creation_and_submission(service: Any, oa: Handle) -> None:
    request = _birth(service)
    oa.fault("refuse", code="-7")
    assert service.doCreateWorkflowRequest(_info("615", "x"), 101) == "-7"
    assert service.submitWorkflowRequest(None, request, HUB, "submit", "") == "failed"


def test_the_log_tells_who_acted(service: Any) -> None:
    logs = service.getWorkflowRequest(_birth(service), HUB, 0).workflowRequestLogs
    (log,) = logs.WorkflowRequestLog
    assert (log.operatorId, log.operateType, log.nodeName) == ("101", "create", "窗口受理")


@pytest.mark.skipif(not VENDORS.exists(), reason="the vendor's WSDL is not ours to ship")
def test_the_vendor_s_own_wsdl_works_as_well(oa: Handle) -> None:
    for service in _client(VENDORS, oa):
        request = _birth(service)
        assert _fields(service.getWorkflowRequest(request, HUB, 0))["cszmbh"] == "X320117001"
        assert service.submitWorkflowRequest(None, request, HUB, "submit", "") == "success"


@pytest.mark.skipif(not VENDORS.exists(), reason="the vendor's WSDL is not ours to ship")
def test_our_types_are_the_vendor_s_element_by_element() -> None:
    ours, theirs = (etree.parse(str(path)).getroot() for path in (WSDL, VENDORS))
    for kind in ("complexType", "element"):
        for mine in ours.iterfind(f".//{XS}schema/{XS}{kind}"):
            same = f".//{XS}schema/{XS}{kind}[@name='{mine.get('name')}']"
            (vendor,) = theirs.iterfind(same)
            assert _shape(mine) == _shape(vendor)


def _shape(element: etree._Element) -> list[tuple[str | None, ...]]:
    defaults = {"minOccurs": "1", "maxOccurs": "1", "nillable": "false"}
    return [
        (child.get("name"), (child.get("type") or "").partition(":")[2])
        + tuple(child.get(name, default) for name, default in defaults.items())
        for child in element.iterfind(f".//{XS}sequence/{XS}element")
    ]
