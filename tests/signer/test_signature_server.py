"""The unit's key in a signature server: OpenSSL's command as a foreign one, a service as the other wire."""

from __future__ import annotations

import base64
import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from connectors.signature_server import SignatureCommand, SignatureService
from crypto import der, keys
from crypto.signer import DigestSigner
from exchange.errors import Fatal, Retriable
from exchange.remote_key import RemoteKey

pytestmark = pytest.mark.guarantee("G9")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, keys.PublicKey]:
    """A key that OpenSSL made, in its file; its public half."""
    folder = tmp_path_factory.mktemp("server")
    made = ["openssl", "genpkey", "-algorithm", "SM2", "-out", str(folder / "unit-1.pem")]
    subprocess.run(made, check=True, capture_output=True)
    told = ["openssl", "pkey", "-in", str(folder / "unit-1.pem"), "-pubout"]
    public = subprocess.run(told, check=True, capture_output=True).stdout
    return folder, keys.load_public(public)


def openssl(folder: Path) -> SignatureCommand:
    return SignatureCommand(("openssl", "pkeyutl", "-sign", "-inkey", str(folder / "{key_id}.pem")))


class Service:
    """A signature service with a key of OpenSSL's; it may misbehave."""

    def __init__(self, folder: Path) -> None:
        self.heard: list[dict[str, Any]] = []
        self.answer = self._signed
        told, self._openssl = self, openssl(folder)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                told.heard.append(asked)
                status, body = told.answer(asked)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/sign"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _signed(self, asked: dict[str, Any]) -> tuple[int, bytes]:
        signature = self._openssl.sign(bytes.fromhex(asked["digest"]), asked["key_id"])
        raw = base64.b64encode(der.to_raw(signature)).decode()
        return 200, json.dumps({"signature": raw}).encode()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def service(pair: tuple[Path, keys.PublicKey]) -> Iterator[Service]:
    found = Service(pair[0])
    yield found
    found.close()


def test_a_command_signs_and_openssl_verifies_the_message(
    pair: tuple[Path, keys.PublicKey], tmp_path: Path
) -> None:
    folder, public = pair
    key = RemoteKey.of(public, "unit-1", openssl(folder))
    assert (key.suite, key.kid) == ("SM2-SM3", public.kid)
    signature = key.sign(b"a document")
    public.verify(signature, b"a document")
    (tmp_path / "m").write_bytes(b"a document")
    (tmp_path / "s").write_bytes(der.to_der(signature))
    (tmp_path / "p").write_bytes(public.to_pem())
    verify = ["openssl", "dgst", "-sm3", "-verify", str(tmp_path / "p"), "-signature"]
    verify += [str(tmp_path / "s"), "-sigopt", "distid:1234567812345678", str(tmp_path / "m")]
    assert b"Verified OK" in subprocess.run(verify, check=True, capture_output=True).stdout


def test_a_service_gets_digests_only_and_its_signature_is_checked(
    pair: tuple[Path, keys.PublicKey], service: Service
) -> None:
    key = RemoteKey.of(pair[1], "unit-1", SignatureService(service.url))
    pair[1].verify(key.sign(b"secret text"), b"secret text")
    [asked] = service.heard
    assert set(asked) == {"key_id", "algorithm", "digest"}
    assert len(bytes.fromhex(asked["digest"])) == 32
    assert "secret" not in json.dumps(asked)


@pytest.mark.parametrize(
    "wrong",
    [b"\x00" * 64, b"\x01" * 64, b"short", b"\x30\x03\x02\x01\x01", b""],
)
def test_a_wrong_signature_is_never_used(pair: tuple[Path, keys.PublicKey], wrong: bytes) -> None:
    class Wrong:
        def sign(self, digest: bytes, key_id: str) -> bytes:
            return wrong

    with pytest.raises(Fatal, match=r"signer\.server-wrong"):
        RemoteKey.of(pair[1], "unit-1", Wrong()).sign(b"x")


def test_another_key_of_the_server_is_noticed(pair: tuple[Path, keys.PublicKey]) -> None:
    other = keys.generate("SM2-SM3").public
    with pytest.raises(Fatal, match=r"signer\.server-wrong"):
        RemoteKey.of(other, "unit-1", openssl(pair[0])).sign(b"x")


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"{}"),
        (503, b'{"signature": "AAAA"}'),
        (302, b""),
        (200, b"no"),
        (200, b"[]"),
        (200, b"null"),
        (200, b'{"signature": 7}'),
        (200, b'{"signature": "***"}'),
        (200, b'{"signature": "' + b"A" * 9000 + b'"}'),
    ],
)
def test_a_service_that_does_not_sign_is_asked_again_later(
    pair: tuple[Path, keys.PublicKey], service: Service, answer: tuple[int, bytes]
) -> None:
    service.answer = lambda _: answer
    with pytest.raises(Retriable, match=r"signer\.server-away"):
        RemoteKey.of(pair[1], "unit-1", SignatureService(service.url)).sign(b"x")


@pytest.mark.parametrize(
    ("port", "code"),
    [
        (SignatureService("http://127.0.0.1:9/sign"), "signer.server-away"),
        (SignatureCommand(("false",)), "signer.server-away"),
        (SignatureCommand(("true",)), "signer.server-away"),
        (SignatureCommand(("sleep", "5"), patience=0.1), "signer.server-away"),
        (SignatureCommand(("/no/such/command",)), "signer.no-command"),
    ],
)
def test_a_server_that_is_away_is_told(
    pair: tuple[Path, keys.PublicKey], port: DigestSigner, code: str
) -> None:
    with pytest.raises((Retriable, Fatal), match=code):
        RemoteKey.of(pair[1], "unit-1", port).sign(b"x")


def test_a_key_s_name_is_no_command(pair: tuple[Path, keys.PublicKey], tmp_path: Path) -> None:
    found = SignatureCommand(("printf", "%s", "{key_id}"))
    assert found.sign(b"", f"; touch {tmp_path}/x") == f"; touch {tmp_path}/x".encode()
    assert list(tmp_path.iterdir()) == []


def test_only_sm2_signs_digests() -> None:
    with pytest.raises(Fatal, match=r"signer\.server-suite"):
        RemoteKey.of(keys.generate("Ed25519").public, "k", SignatureCommand(("true",)))
