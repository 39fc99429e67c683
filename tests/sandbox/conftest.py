"""One district for the whole folder, without the product's signer; a signer's stub beside it."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from lxml import etree

from sandbox import mllp, resident_id, soap
from sandbox.district import District
from sandbox.handle import Handle
from sandbox.layout import FURTHER, MORE, SYSTEMS


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    every, folder = (*SYSTEMS, *MORE, *FURTHER), tmp_path_factory.mktemp("district")
    with District(folder, systems=every, signer=False) as running:
        yield running


def within(seconds: float, happened: Callable[[], Any], told: Callable[[], Any]) -> None:
    """Wait for something; when it does not come, fail with what there is instead of for ever."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, told()
        time.sleep(0.01)


@pytest.fixture
def wait_until() -> Callable[..., None]:
    return within


def _healed(handle: Handle) -> Iterator[Handle]:
    yield handle
    handle.clear()


@pytest.fixture
def oa(district: District) -> Iterator[Handle]:
    yield from _healed(district.system("oa"))


@pytest.fixture
def police(district: District) -> Iterator[Handle]:
    yield from _healed(district.system("police"))


@pytest.fixture
def insurance(district: District) -> Iterator[Handle]:
    yield from _healed(district.system("insurance"))


@pytest.fixture
def hospital(district: District) -> Iterator[Handle]:
    yield from _healed(district.system("hospital"))


class Acceptor:
    """A stub of the signer's MLLP side: TLS, client certificate, answers as told."""

    def __init__(self, folder: Path, port: int, password: str) -> None:
        self.messages: list[bytes] = []
        self.answer: Callable[[bytes], str] = lambda message: "AA"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.crt", folder / "server.key", password)
        context.load_verify_locations(folder / "his-ca.crt")
        context.verify_mode = ssl.CERT_REQUIRED
        self._context = context
        self._listening = socket.create_server(("127.0.0.1", port))
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                plain, _ = self._listening.accept()
                with suppress(OSError), self._context.wrap_socket(plain, server_side=True) as one:
                    self._exchange(one)

    def _exchange(self, connection: ssl.SSLSocket) -> None:
        message = mllp.unframe(mllp.receive(connection))
        self.messages.append(message)
        control_id = message.split(b"|")[9].decode()
        code = self.answer(message)
        answer = f"MSH|^~\\&|SIGNER||||||ACK\rMSA|{code}|{control_id}|stub\r"
        connection.sendall(mllp.frame(answer.encode()))

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)


@pytest.fixture
def acceptor(district: District) -> Iterator[Acceptor]:
    port = district.ports["signer"]["mllp"]
    stub = Acceptor(district.directory / "tls", port, district.secrets["signer"])
    yield stub
    stub.close()


@dataclass(frozen=True)
class Heard:
    """An HTTP answer."""

    status: int
    content_type: str
    body: bytes


def post(port: int, path: str, body: bytes, *, timeout: float = 30.0) -> Heard:
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("POST", path, body, {"Content-Type": "text/xml; charset=utf-8"})
        answer = connection.getresponse()
        return Heard(answer.status, answer.headers["Content-Type"], answer.read())
    finally:
        connection.close()


class BirthClient:
    """Speaks with the birth register: strings glued by hand, no client of the product."""

    NAMESPACE = "http://birth.police.sandbox.zhida.example/"
    MOTHER = resident_id.compose("320117", "19960214", 2)
    FATHER = resident_id.compose("320117", "19940808", 1)

    def __init__(self, handle: Handle) -> None:
        self.handle = handle

    def fields(self, postid: str, /, **changed: str) -> dict[str, str]:
        parents = {
            "mqxm": "李小直",
            "mqgmsfhm": self.MOTHER,
            "fqxm": "王知达",
            "fqgmsfhm": self.FATHER,
        }
        child = {"xm": "王小直", "xb": "1", "mz": "01", "csrq": "20260105", "cssj": "0130"}
        place = {"csdssxq": "320117", "csdxz": "示例妇幼保健院", "lhsfz": self.FATHER}
        who = {"sbrxm": "李小直", "sbrsfz": self.MOTHER, "sbrlxdh": "19900000001"}
        guardian = {"jhryxm": "李小直", "jhrygmsfhm": self.MOTHER, "jhryjhgx": "52"}
        base = {"postid": postid, "cszmbh": "X320117001"}
        return base | child | place | parents | who | guardian | changed

    def envelope(self, operation: str, fields: dict[str, str]) -> bytes:
        inner = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
        record = f'<?xml version="1.0" encoding="GBK"?><ROOT><RECORD no="1">{inner}</RECORD></ROOT>'
        return self.wrapped(operation, record)

    def wrapped(self, operation: str, text: str) -> bytes:
        root = etree.Element(f"{{{self.NAMESPACE}}}{operation}")
        etree.SubElement(root, "arg0").text = text
        return soap.envelope(root)

    def send(self, body: bytes, *, timeout: float = 30.0) -> Heard:
        return post(self.handle.port, "/services/BirthRegister", body, timeout=timeout)

    def register(self, postid: str, /, *, timeout: float = 30.0, **changed: str) -> Heard:
        body = self.envelope("csdj", self.fields(postid, **changed))
        return self.send(body, timeout=timeout)

    def ask(self, postid: str) -> Heard:
        return self.send(self.envelope("csdjcx", {"postid": postid}))

    @staticmethod
    def records(answer: Heard) -> list[etree._Element]:
        text = soap.payload(answer.body).findtext("return") or ""
        return list(etree.fromstring(text.encode("gbk")))

    def code(self, answer: Heard) -> str:
        return self.records(answer)[0].attrib["code"]


@pytest.fixture
def births(police: Handle) -> BirthClient:
    return BirthClient(police)


@pytest.fixture
def oa_rest(district: District) -> Iterator[Handle]:
    yield from _healed(district.system("oa_rest"))


@pytest.fixture
def notices_door(district: District) -> Iterator[Handle]:
    yield from _healed(district.system("notices"))


@pytest.fixture
def sharing_door(district: District) -> Iterator[Handle]:
    yield from _healed(district.system("sharing"))


@pytest.fixture
def licences_door(district: District) -> Iterator[Handle]:
    yield from _healed(district.system("licences"))


@pytest.fixture
def seals_door(district: District) -> Iterator[Handle]:
    yield from _healed(district.system("seals"))


@pytest.fixture
def civil_door(district: District) -> Iterator[Handle]:
    yield from _healed(district.system("civil"))


@pytest.fixture
def tax_door(district: District) -> Iterator[Handle]:
    yield from _healed(district.system("tax"))


@pytest.fixture
def health_door(district: District) -> Iterator[Handle]:
    yield from _healed(district.system("health"))


@pytest.fixture
def cards_door(district: District) -> Iterator[Handle]:
    yield from _healed(district.system("social_security"))


@pytest.fixture
def bank_door(district: District) -> Iterator[Handle]:
    yield from _healed(district.system("bank"))
