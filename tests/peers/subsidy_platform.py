"""A subsidy platform as vendors build them, on http.server alone: JSON, one code for everything.

It knows nothing of the hub. It keeps books, does not recognise a repetition, and can be told to
lose an answer after the commit, to be vague, to refuse, to be busy, to hang.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
LOST = object()
LOGIN = b'<html><form><input name="p" type="password"></form></html>'


class SubsidyPlatform:
    """``with SubsidyPlatform() as peer``: ``rows`` are its books, ``fault`` what it does next."""

    def __init__(self) -> None:
        self.port = 0
        self.rows: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str]] = []
        self.fault = ""
        self.reason = "该儿童不符合条件"
        self.release = threading.Event()
        self.cap = 1000
        """The most rows that a page of its list ever has."""

    def __enter__(self) -> SubsidyPlatform:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def back(self) -> None:
        """Let go of what hangs; if it is away, it comes back with its books on its old port."""
        self.release.set()
        self.fault = ""
        if not self._thread.is_alive():
            self.__enter__()

    def answer(self, path: str, body: dict[str, Any]) -> Any:
        """(status, JSON value), or ``LOST``."""
        self.requests.append((path, json.dumps(body, ensure_ascii=False)))
        act: Callable[[dict[str, Any]], Any] = {
            "/api/apply": self._apply,
            "/api/query": self._query,
            "/api/list": self._list,
            "/api/xml": self._xml,
        }.get(path, lambda body: (404, {"detail": "Not Found"}))
        return act(body)

    def _apply(self, body: dict[str, Any]) -> Any:
        fault, self.fault = self.fault, ""
        said = {
            "refuse": {"code": "4001", "msg": self.reason},
            "refuse-400": (400, {"code": "4001", "msg": self.reason}),
            "busy": {"code": 5003, "msg": "系统繁忙"},
            "login": {"code": "4010", "msg": "验签失败"},
            "ours": {"code": "4000", "msg": "张小直的 serial 格式错误"},
            "broken": {"code": "0", "msg": ""},
        }
        if fault == "html":
            return 200, LOGIN
        if fault in said:
            return said[fault] if isinstance(said[fault], tuple) else (200, said[fault])
        number = f"BT{len(self.rows) + 1:06d}"
        now = datetime.now(CHINA).strftime("%Y-%m-%d %H:%M:%S")
        self.rows.append(
            {"serial": body["serial"], "id": number, "state": "1", "time": now, "body": body}
        )
        if fault == "vague":
            return 200, {"code": "9999", "msg": "处理中"}
        if fault == "lose":
            return LOST
        if fault == "hang":
            self.release.wait(30)
        return 200, {"code": "0", "msg": "成功", "data": self._told(self.rows[-1])}

    def _told(self, row: dict[str, Any]) -> dict[str, Any]:
        person = row["body"].get("person", {})
        return {"id": row["id"], "serial": row["serial"], "idno": person.get("idno")}

    def _query(self, body: dict[str, Any]) -> Any:
        fault, self.fault = self.fault, ""
        if fault == "html":
            return 200, LOGIN
        if fault == "query-refused":
            return 200, {"code": "4003", "msg": "流水号格式错误"}
        found = [row for row in self.rows if row["serial"] == body.get("serial")]
        if not found:
            return 200, {"code": "4040", "msg": "无此流水"}
        return 200, {"code": "0", "data": self._told(found[-1])}

    def _list(self, body: dict[str, Any]) -> Any:
        inside = [row for row in self.rows if body["begin"] <= row["time"] <= body["end"]]
        size = min(int(body["size"]), self.cap)
        first = (int(body["page"]) - 1) * size
        rows = [
            {name: row[name] for name in ("serial", "id", "state", "time")}
            for row in inside[first : first + size]
        ]
        return 200, {"code": "0", "data": {"total": len(inside), "rows": rows}}

    def _xml(self, body: dict[str, Any]) -> Any:
        """XML in a text on both ways; its own declaration says GBK, and lies."""
        told = body["person"].partition("<idno>")[2].partition("</idno>")[0]
        text = (
            '<?xml version="1.0" encoding="GBK"?><RESULT><CODE>0</CODE>'
            f"<ROW><psn_no>1</psn_no><certno>{told}</certno><insutype>390</insutype>"
            "<insuplc_admdvs>320117</insuplc_admdvs><insu_date>2026-01-08</insu_date></ROW></RESULT>"
        )
        return 200, {"return": text}


def _handler(platform: SubsidyPlatform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
            self._say(platform.answer(self.path, body))

        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2].partition("?")[0]
            platform.requests.append((self.path, ""))
            known = [row for row in platform.rows if row["body"]["person"]["idno"] == name]
            self._say((200, {"found": len(known)}) if known else (404, {"error": "NO_PERSON"}))

        def _say(self, told: Any) -> None:
            if told is LOST:
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
                self.close_connection = True
                self.wfile = open("/dev/null", "wb")  # noqa: SIM115
                return
            status, value = told
            content = value if value is LOGIN else json.dumps(value, ensure_ascii=False).encode()
            self.send_response(status)
            media = "text/html" if value is LOGIN else "application/json"
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
