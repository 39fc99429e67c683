"""E9's door of the OA, with a foreign HTTP client (requests) and keys made here."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_der_public_key

from sandbox import oa_token
from sandbox.births import birth
from sandbox.clerk import Clerk
from sandbox.handle import Handle

SERVICE = "/api/workflow/paService/"


class Caller:
    """One application in the name of one user."""

    def __init__(self, handle: Handle, user: str = "900") -> None:
        self.base, self.known = handle.address, oa_token.registered(handle.port)
        asked = {"appid": self.known["login"], "secret": self.sealed(self.known["password"])}
        self.token = self._post("/api/ec/dev/auth/applytoken", asked, None)["token"]
        self.headers = {
            "appid": self.known["login"],
            "token": self.token,
            "userid": self.sealed(user),
        }

    def sealed(self, text: str) -> str:
        key: Any = load_der_public_key(base64.b64decode(self.known["extra"]["spk"]))
        return base64.b64encode(key.encrypt(text.encode(), PKCS1v15())).decode()

    def post(self, operation: str, **fields: Any) -> Any:
        told = {k: v if isinstance(v, str) else json.dumps(v) for k, v in fields.items()}
        return self._post(SERVICE + operation, self.headers, told)

    def read(self, request: int) -> Any:
        told = {"requestId": str(request)}
        url = f"{self.base}{SERVICE}getWorkflowRequest"
        return requests.get(url, told, headers=self.headers, timeout=10).json()

    def _post(self, path: str, headers: Any, fields: Any) -> Any:
        answer = requests.post(self.base + path, data=fields, headers=headers, timeout=10)
        assert answer.headers["Content-Type"].startswith("text/plain")
        return answer.json()


def test_a_form_that_came_over_soap_is_read_and_submitted_here(oa: Handle, oa_rest: Handle) -> None:
    request = Clerk(oa.address).fill_in(birth(41).form)
    caller = Caller(oa_rest)
    (listed,) = [
        each
        for each in caller.post("getToDoWorkflowRequestList", pageNo="1", pageSize="100")
        if each["requestId"] == str(request)
    ]
    assert (listed["workflowBaseInfo"]["workflowId"], listed["currentNodeName"]) == (
        "615",
        "部门联办",
    )
    filled = [{"fieldName": "jghk", "fieldValue": "办结"}]
    done = caller.post("submitRequest", requestId=str(request), mainData=filled)
    assert done["code"] == {"name": "SUCCESS", "statusCode": 1}
    assert caller.read(request)["data"]["currentNodeName"] == "办结"
    again = caller.post("submitRequest", requestId=str(request), mainData=filled)
    assert again["code"] == {"name": "FAIL", "statusCode": 6}


@pytest.mark.parametrize(
    ("user", "fields", "code"),
    [
        ("101", {"workflowId": "620", "requestName": "x"}, "NO_PERMISSION"),
        ("900", {"workflowId": "615", "requestName": "x"}, "NO_PERMISSION"),
        ("900", {"workflowId": "620", "requestName": "x"}, "USER_EXCEPTION"),
        ("900", {"workflowId": "620", "requestName": "x", "mainData": "[{]"}, "PARAM_ERROR"),
        ("900", {"workflowId": "1", "requestName": "x"}, "FAIL"),
    ],
)
def test_a_creation_that_is_refused_has_a_code_and_no_number(
    oa_rest: Handle, user: str, fields: Any, code: str
) -> None:
    told = Caller(oa_rest, user).post("doCreateRequest", **fields)
    assert (told["code"], told["data"]) == (code, {})


def test_without_a_token_the_filter_answers_in_its_own_shape(oa_rest: Handle) -> None:
    caller = Caller(oa_rest)
    caller.headers["token"] = "gone"
    told = caller.read(1)
    assert (told["code"], told["status"]) == (-1, False)
    assert "data" not in told


def test_another_application_gets_nothing(oa_rest: Handle) -> None:
    url = f"{oa_rest.address}/api/ec/dev/auth/regist"
    told = requests.post(url, headers={"appid": "stranger"}, timeout=10).json()
    assert (told["code"], "spk" in told) == (-1, False)
