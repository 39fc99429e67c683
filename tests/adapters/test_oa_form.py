"""Forms of the workflow service between the vendor's structures and plain fields."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import _oa_form


def _info(fields: Any) -> dict[str, Any]:
    record = {"recordOrder": 0, "workflowRequestTableFields": fields}
    return {
        "requestId": "447473",
        "requestName": "出生一件事",
        "currentNodeName": "部门联办",
        "workflowBaseInfo": {"workflowId": "615"},
        "workflowMainTableInfo": {"requestRecords": {"WorkflowRequestTableRecord": [record]}},
    }


def test_a_form_is_its_fields_by_column_in_lower_case() -> None:
    listed = [
        {"fieldName": "CSZMBH", "fieldValue": " X320117001 "},
        {"fieldName": "xsexm", "fieldValue": None},
    ]
    form = _oa_form.read(_info({"WorkflowRequestTableField": listed}))
    assert form.fields == {"cszmbh": "X320117001", "xsexm": ""}
    assert (form.request_id, form.workflow_id, form.node) == ("447473", "615", "部门联办")


def test_one_field_may_come_as_an_object_and_none_at_all() -> None:
    one = {"WorkflowRequestTableField": {"fieldName": "a", "fieldValue": "1"}}
    assert _oa_form.read(_info(one)).fields == {"a": "1"}
    assert _oa_form.read(_info(None)).fields == {}


def test_what_is_written_can_be_read_again() -> None:
    info = _oa_form.new_request("620", "900", "待办", {"ywlsh": "k1", "sxmc": "核验"})
    assert _oa_form.read({**info, "requestId": "1"}).fields == {"ywlsh": "k1", "sxmc": "核验"}


@pytest.mark.parametrize(
    "info", [None, "x", [], {}, {"requestId": None}, {"requestId": "-4"}, {"requestId": "１"}]
)
def test_without_an_id_there_is_no_form(info: Any) -> None:
    with pytest.raises(_oa_form.UnreadableFormError):
        _oa_form.read(info)


def test_a_list_may_be_empty_one_or_many() -> None:
    assert _oa_form.read_list(None) == []
    assert len(_oa_form.read_list({"WorkflowRequestInfo": _info(None)})) == 1
    assert len(_oa_form.read_list({"WorkflowRequestInfo": [_info(None), None, _info(None)]})) == 2


@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "requestId",
                        "workflowMainTableInfo",
                        "WorkflowRequestTableRecord",
                        "requestRecords",
                    ]
                ),
                inner,
            )
        ),
        max_leaves=10,
    )
)
def test_any_structure_is_a_form_or_unreadable(info: Any) -> None:
    try:
        _oa_form.read(info)
    except _oa_form.UnreadableFormError:
        return
