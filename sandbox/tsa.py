"""A time-stamp authority on loopback: RFC 3161 over HTTP, every answer made by ``openssl ts``.

Certificates are of P-256 and made on the spot: a root, and the authority's under it. ``faults``
are what the next answers are: ``refuse`` (a rejection), ``busy`` (HTTP 503), ``other`` (a good stamp
over another request), ``forge`` (signed under another root of the same names).
"""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sandbox.http_server import QuietHandler, Request, Response, Server

POLICY = "1.2.156.999.1"
"""Invented, like the authority."""
_REPLY = "application/timestamp-reply"
_CONFIG = """
[tsa]
default_tsa = tsa1
[tsa1]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = {policy}
digests = sha256, sha512, sm3
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
_EXTENSIONS = """
[req]
distinguished_name = dn
prompt = no
[dn]
CN = x
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[tsa]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


class Tsa:
    """One authority in one folder; ``anchor`` is the certificate that its users trust."""

    def __init__(self, folder: Path, *, policy: str = POLICY) -> None:
        self.folder, self.policy = folder, policy
        self.faults: list[str] = []
        self.asked = 0
        self.port = 0
        self._server: Server | None = None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ext.cnf").write_text(_EXTENSIONS, "ascii")
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder, policy=policy), "ascii")
        (folder / "serial").write_text("01", "ascii")
        _root(folder, "root")
        _leaf(folder, "root", "tsa")

    @property
    def anchor(self) -> Path:
        """The root's certificate, in PEM."""
        return self.folder / "root.crt"

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def reply(self, query: bytes, *, signer: str = "tsa") -> bytes:
        """What ``openssl ts`` answers to a request."""
        (self.folder / "query.tsq").write_bytes(query)
        names = ("-inkey", f"{signer}.key", "-signer", f"{signer}.crt")
        made = ("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", *names)
        return _openssl(self.folder, *made)

    def answer(self, request: Request) -> Response:
        """One request, with the next fault."""
        self.asked += 1
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "busy":
            return Response(b"busy", 503, "text/plain")
        body, signer = request.body, "tsa"
        if fault == "refuse":
            body = b"no request"
        if fault == "other":
            body = _openssl(self.folder, "ts", "-query", "-data", "ext.cnf", "-sha256", "-cert")
        if fault == "forge":
            signer = _forger(self.folder)
        return Response(self.reply(body, signer=signer), content_type=_REPLY)

    def start(self) -> Self:
        """Listen on a free port of loopback, or on the one of before."""
        owner = self

        class Handler(QuietHandler):
            def respond(self, request: Request) -> None:
                self.send(owner.answer(request))

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        """Nobody listens any more."""
        if self._server is not None:
            self._server.hang_up()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _forger(folder: Path) -> str:
    if not (folder / "forged.crt").exists():
        _root(folder, "forger")
        _leaf(folder, "forger", "forged")
    return "forged"


def _root(folder: Path, name: str) -> None:
    made = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    files = ("-keyout", f"{name}.key", "-out", f"{name}.crt", "-days", "3650")
    config = ("-subj", "/CN=sandbox TSA root", "-config", "ext.cnf", "-extensions", "root")
    _openssl(folder, *made, *files, *config)


def _leaf(folder: Path, root: str, name: str) -> None:
    made = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    subject = ("-subj", "/CN=sandbox TSA", "-config", "ext.cnf")
    _openssl(folder, *made, "-keyout", f"{name}.key", "-out", f"{name}.csr", *subject)
    sign = ("x509", "-req", "-in", f"{name}.csr", "-CA", f"{root}.crt", "-CAkey", f"{root}.key")
    ext = ("-extfile", "ext.cnf", "-extensions", "tsa", "-days", "3000", "-set_serial", "7")
    _openssl(folder, *sign, *ext, "-out", f"{name}.crt")


def _openssl(folder: Path, *told: Any) -> bytes:
    done = subprocess.run(["openssl", *told], cwd=folder, capture_output=True, check=False)
    if done.returncode != 0 and not done.stdout:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return done.stdout
