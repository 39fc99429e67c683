"""A peer that answers with literal bytes, and the documents of one invented family."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from exchange.ports import Endpoint
from sandbox import oa_token
from sandbox.district import District
from sandbox.handle import Handle
from sandbox.layout import MORE

SITE = Path(__file__).resolve().parents[2] / "sandbox"
NOW = datetime(2026, 1, 8, 1, 0, tzinfo=UTC)


@dataclass
class Canned:
    """Answers each request with the next canned answer (the last one again when they run out)."""

    port: int = 0
    answers: list[tuple[int, str, bytes]] = field(default_factory=list)
    requests: list[tuple[str, bytes]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    """Of each request, by names in lower case."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def will_answer(self, body: bytes | str, *, status: int = 200, media: str = "text/xml") -> None:
        content = body.encode() if isinstance(body, str) else body
        self.answers.append((status, media, content))

    def endpoint(self, **extra: str) -> Endpoint:
        return Endpoint(self.address, extra=extra, site=SITE, clock=lambda: NOW)

    def next(self) -> tuple[int, str, bytes]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def _handler(canned: Canned) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            canned.requests.append((self.path, self.rfile.read(length)))
            canned.headers.append({name.lower(): told for name, told in self.headers.items()})
            status, media, body = canned.next()
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@pytest.fixture
def canned() -> Iterator[Canned]:
    peer = Canned()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(peer))
    server.daemon_threads = True
    peer.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield peer
    server.shutdown()
    server.server_close()
    thread.join(5)


MOTHER = "320117199303120025"
FATHER = "320117199106070014"
CHILD = "320117202601050015"


def _birth() -> dict[str, Any]:
    return {
        "certificate": {"number": "X320117001", "issued_on": "2026-01-06", "issuer": "溧水某医院"},
        "child": {
            "sex": "1",
            "birth_date": "2026-01-05",
            "birth_time": "01:30",
            "order": 1,
            "multiple": False,
            "birth_place": {"division": "320117", "text": "南京市溧水区某医院"},
        },
        "mother": {
            "name": "李小达",
            "id_type": "01",
            "id_number": MOTHER,
            "nationality": "156",
            "ethnicity": "01",
        },
        "father": {
            "name": "张大直",
            "id_type": "01",
            "id_number": FATHER,
            "nationality": "156",
            "ethnicity": "01",
        },
        "facility": {"name": "溧水某医院", "uscc": "12320117MB1A000017"},
    }


def _declaration() -> dict[str, Any]:
    return {
        "certificate": {"number": "X320117001"},
        "child": {"name": "张小直", "ethnicity": "01"},
        "household": {"follows": "father"},
        "applicant": {
            "name": "李小达",
            "id_number": MOTHER,
            "phone": "13800000000",
            "relation": "mother",
        },
        "insurance": {"place": "320117"},
        "declared_on": "2026-01-07",
        "consent": True,
    }


@pytest.fixture
def birth() -> dict[str, Any]:
    return _birth()


@pytest.fixture
def declaration() -> dict[str, Any]:
    return _declaration()


@pytest.fixture
def citizen() -> dict[str, Any]:
    return {
        "citizen_id": CHILD,
        "name": "张小直",
        "sex": "1",
        "birth_date": "2026-01-05",
        "certificate": {"number": "X320117001"},
        "registered_on": "2026-01-08",
        "serial": "32011720260108000001",
    }


ER7 = (
    "MSH|^~\\&|HIS|HOSPITAL|SIGNER|FRONTEND|20260106090000||ADT^A28^ADT_A05|C0001|P|2.5||||||"
    "UNICODE UTF-8\r"
    "EVN|A28|20260106090000\r"
    "PID|1||N0001^^^HOSP||李某之子||202601050130|M|||||||||||||M0001^^^HOSP||南京市溧水区某医院|N|1\r"
    f"NK1|1|李小达|MTH^Mother^HL70063||||||||||||||||156||||||||||||||{MOTHER}^^^^01||01\r"
    f"NK1|2|张大直|FTH^Father^HL70063||||||||||||||||156||||||||||||||{FATHER}^^^^01||02\r"
    "OBX|1|NM|8339-4^BIRTH WEIGHT^LN||3350|g\r"
    "OBX|2|NM|89269-5^BIRTH LENGTH^LN||50.5|cm\r"
    "OBX|3|NM|11884-4^GESTATIONAL AGE^LN||39.3|wk+d\r"
    "ZCS|X320117001|20260106|溧水某医院|12320117MB1A000017|320117\r"
)


@pytest.fixture(scope="session")
def er7() -> str:
    return ER7


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    """The systems as processes, without the signer (tests/zhida has it)."""
    folder = tmp_path_factory.mktemp("district")
    with District(
        folder,
        systems=("oa", "police", "insurance", *MORE),
        signer=False,
    ) as running:
        yield running


@pytest.fixture
def peer(district: District) -> Iterator[Callable[..., tuple[Handle, Endpoint]]]:
    """A system by name, and the endpoint to it; its faults end with the test."""
    used: list[Handle] = []

    def of(name: str, **extra: str) -> tuple[Handle, Endpoint]:
        handle = district.system(name)
        used.append(handle)
        known = oa_token.registered(handle.port) if name == "oa_rest" else {"extra": {}}
        known |= {"extra": known["extra"] | extra}
        return handle, Endpoint(handle.address, site=SITE, **known)

    yield of
    for handle in used:
        handle.clear()
