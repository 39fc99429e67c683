"""The OA's other door: E9's REST interface over the books of ``sandbox.oa``.

A real installation has both over one database, so this process opens the other's file: what a clerk
sends in over SOAP lies in the hub's to-do list here. Inferred from programs that speak with E9, for
its description is not public: a one-time registration, tokens, the acting user sealed under the
server's key; forms whose fields hold JSON; JSON that calls itself ``text/plain``.
``python -m sandbox.oa_rest --dir DIR --port N --control N``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sandbox import oa_json
from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request, Response
from sandbox.oa_desk import SCHEMA, Desk, Draft
from sandbox.oa_token import Forbidden, Gatekeeper
from sandbox.program import System, run

SERVICE = "/api/workflow/paService/"
AUTH = "/api/ec/dev/auth/"
Fields = Mapping[str, str]
_REFUSED = {-2: "NO_PERMISSION", -4: "PARAM_ERROR", -6: "USER_EXCEPTION"}


class WorkflowRest:
    """The six operations over the desk, behind the gatekeeper."""

    def __init__(self, books: Books, faults: Faults, gate: Gatekeeper) -> None:
        self._desk, self._faults, self._gate = Desk(books), faults, gate
        self._does: dict[str, Callable[[Fields, int], Any]] = {
            "POST doCreateRequest": self._create,
            "POST submitRequest": lambda f, user: self._pass_on("submit", f, user),
            "POST rejectRequest": lambda f, user: self._pass_on("reject", f, user),
            "GET getWorkflowRequest": self._get,
            "POST getToDoWorkflowRequestList": lambda f, user: _page(self._desk.todo(user), f),
            "POST getMyWorkflowRequestList": lambda f, user: _page(self._desk.created_by(user), f),
        }

    def operation(self, request: Request) -> str:
        """The last part of the path; empty for logging in."""
        path = urlsplit(request.path).path
        return path.removeprefix(SERVICE) if path.startswith(SERVICE) else ""

    def answer(self, request: Request) -> Response:
        """Let in, do, answer; the filter's own answers are of another shape."""
        url = urlsplit(request.path)
        try:
            if url.path.startswith(AUTH):
                return _json(self._gate.answer(url.path.removeprefix(AUTH), request.headers))
            user = self._gate.user(request.headers)
            does = self._does[f"{request.method} {self.operation(request)}"]
            text = url.query if request.method == "GET" else request.body.decode()
            return _json(does(dict(parse_qsl(text, keep_blank_values=True)), user))
        except Forbidden as error:
            told = {"msg": str(error), "code": -1, "msgShowType": "none", "status": False}
            return _json(told)
        except KeyError:
            return Response(b"Not Found", 404, "text/plain")
        except ValueError as error:
            return _json(_outcome("PARAM_ERROR", message=str(error)))

    def _create(self, given: Fields, user: int) -> Any:
        refused = self._faults.take("refuse", "doCreateRequest")
        if refused is not None:
            return _outcome("FAIL", message=str(refused["reason"]))
        number = self._desk.create(_draft(given), user)
        if number < 0:
            return _outcome(_REFUSED.get(number, "FAIL"), message=str(number))
        return _outcome("SUCCESS", {"requestid": number})

    def _pass_on(self, act: str, given: Fields, user: int) -> Any:
        """The other spelling of a code: an object."""
        request, draft = int(given["requestId"]), _draft(given)
        done = self._faults.take("refuse", f"{act}Request") is None and self._desk.submit(
            request, user, act=act, draft=draft, remark=given.get("remark", "")
        )
        code = {"name": "SUCCESS", "statusCode": 1} if done else {"name": "FAIL", "statusCode": 6}
        return _outcome(code, {"requestid": request} if done else None)

    def _get(self, given: Fields, user: int) -> Any:
        row = self._desk.show(int(given["requestId"]), user)
        if row is None:
            return _outcome("NO_PERMISSION", message="无查看权限")
        return _outcome("SUCCESS", oa_json.whole(row))


def _draft(given: Fields) -> Draft:
    fields = json.loads(given.get("mainData") or "[]")
    onward = json.loads(given.get("otherParams") or "{}")
    return Draft(
        workflow=int(given.get("workflowId") or 0),
        name=given.get("requestName", ""),
        level=given.get("requestLevel", "0"),
        next=str(onward.get("isnextflow", 1)) != "0",
        fields={field["fieldName"]: field["fieldValue"] for field in fields},
    )


def _page(rows: list[Row], given: Fields) -> list[Any]:
    """The bare list: these operations have no envelope."""
    page, size = int(given["pageNo"]), int(given["pageSize"])
    part = rows[(page - 1) * size : page * size] if page > 0 else []
    return [oa_json.headline(row) for row in part]


def _outcome(code: Any, data: Any = None, *, message: str = "") -> dict[str, Any]:
    failed = {"msgInfo": {"detail": message}} if message else {}
    return {"code": code, "data": data or {}, "errMsg": {}, "reqFailMsg": failed}


def _json(value: Any) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(body, 200, "text/plain;charset=UTF-8")


def build(folder: Path) -> System:
    """The other door of the OA whose books lie beside this folder."""
    books = Books(folder.parent / "oa" / "books.sqlite", SCHEMA, effects="acts")
    faults = Faults()
    return System(books, faults, WorkflowRest(books, faults, Gatekeeper(folder)))


if __name__ == "__main__":
    sys.exit(run("oa_rest", build))
