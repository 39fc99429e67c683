"""What a gateway in front of a bureau's system does to calls, with Debian's haproxy as the gateway.

Behind it stands a server of ours that counts what came through: so it is seen whether our verdict
(*not executed*, *unknown*) is the truth.
"""

import contextlib
import shutil
import socket
import subprocess
import time
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives import serialization

from connectors.rest import open_connector
from exchange.errors import Fatal, Retriable, Unknown
from exchange.ports import Endpoint
from exchange.problems import describe

pytestmark = pytest.mark.peer("haproxy")

CONFIG = """
global
    maxconn 50
defaults
    mode http
    retries 0
    timeout connect 2s
    timeout client 20s
    timeout server 1s
    timeout tarpit 2s
frontend plain
    bind 127.0.0.1:{plain}
    http-request deny deny_status 429 hdr Retry-After 17 if {{ path /limited }}
    http-request deny deny_status 503 hdr Retry-After "Fri, 31 Dec 2100 23:59:59 GMT" if {{ path /shut }}
    http-request tarpit deny_status 429 if {{ path /tarpit }}
    http-request silent-drop if {{ path /drop }}
    http-request reject if {{ path /reject }}
    http-request redirect location https://127.0.0.1/login code 302 if {{ path /login }}
    http-request set-var(txn.path) path
    http-response silent-drop if {{ var(txn.path) -m str /drop-answer }}
    use_backend nobody if {{ path /nobody }}
    default_backend system
frontend guarded
    bind 127.0.0.1:{guarded} ssl crt {server} ca-file {ca} verify required crl-file {crl} {versions}
    http-request set-header X-Subject "%[ssl_c_s_dn(CN)]"
    default_backend system
frontend bytes
    mode tcp
    bind 127.0.0.1:{bytes}
    default_backend bytes
backend bytes
    mode tcp
    server one 127.0.0.1:{backend}
backend system
    server one 127.0.0.1:{backend}
backend nobody
    server none 127.0.0.1:1
"""


class Gateway:
    def __init__(self, folder, config, ports):
        self.folder, self.ports = folder, ports
        (folder / "haproxy.cfg").write_text(config)

    def __enter__(self):
        program = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        assert program, "haproxy is missing: tests/peers/install.sh heavy"
        with (self.folder / "log").open("wb") as log:
            command = [program, "-db", "-f", "haproxy.cfg"]
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        for port in self.ports:
            self._wait(port)
        return self

    def _wait(self, port):
        for _ in range(1_200):
            assert self.process.poll() is None, (self.folder / "log").read_text()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            time.sleep(0.05)
        pytest.fail("haproxy does not listen")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture(params=["", "ssl-max-ver TLSv1.2"], ids=["TLSv1.3", "TLSv1.2"])
def versions(request):
    return request.param


@pytest.fixture
def came():
    return []


@pytest.fixture
def gateway(tmp_path, pki, peer, free_port, came):
    """``gateway()``: ports of a running gateway, and ``came``, the requests behind it."""

    def script(conversation):
        while True:
            head, body = conversation.request()
            came.append((head, body))
            if head.startswith(b"POST /slow"):
                time.sleep(2)
            if head.startswith(b"POST /reset"):
                return conversation.reset()
            conversation.answer(b'{"done":1}')

    with contextlib.ExitStack() as stack:

        def started(versions=""):
            ports = {name: free_port() for name in ("plain", "guarded", "bytes")}
            given = {"backend": peer(script).port, "versions": versions, "ca": pki.ca}
            text = CONFIG.format(server=combined(tmp_path, pki), crl=pki.crl, **ports, **given)
            stack.enter_context(Gateway(tmp_path, text, ports.values()))
            return SimpleNamespace(**ports)

        yield started


def combined(folder, pki):
    key = serialization.load_pem_private_key(pki.server.key.read_bytes(), pki.password.encode())
    plain = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "server.pem"
    file.write_bytes(pki.server.cert.read_bytes() + plain)
    return file


@pytest.fixture
def wire():
    with contextlib.ExitStack() as stack:

        def made(url, extra=None, **options):
            one = open_connector({"timeout_s": 3, **options}, Endpoint(url, extra=extra or {}))
            stack.callback(one.close)
            return one

        yield made


def error_of(kind, one, operation):
    with pytest.raises(kind) as raised:
        one.call(operation)
    assert type(raised.value) is kind
    told = "".join(describe(raised.value.code, raised.value.facts))
    assert "?" not in told, "a fact that the text names is missing"
    return raised.value


def ours(pki, issued):
    return {
        "ca": str(pki.ca),
        "cert": str(issued.cert),
        "key": str(issued.key),
        "key_password": pki.password,
    }


# --- client certificates --------------------------------------------------------------------------------


def test_a_good_client_certificate_is_let_through(gateway, wire, pki, came, versions):
    url = f"https://127.0.0.1:{gateway(versions).guarded}"
    assert wire(url, ours(pki, pki.client)).call("POST /act").value == {"done": 1}
    assert came[0][0].lower().endswith(b"x-subject: client")


@pytest.mark.parametrize("who", ["revoked_client", "foreign_client", "none"])
def test_no_other_is_and_nothing_was_executed(gateway, wire, pki, came, versions, who):
    url = f"https://127.0.0.1:{gateway(versions).guarded}"
    extra = {"ca": str(pki.ca)} if who == "none" else ours(pki, getattr(pki, who))
    error = error_of(Retriable, wire(url, extra), "POST /act")
    assert error.code == "wire.tls"
    if who == "revoked_client":
        assert "REVOKED" in error.facts["reason"]
    assert came == []


# --- what stands in the way -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind", "code", "executed"),
    [
        ("/limited", Retriable, "wire.busy", 0),
        ("/shut", Retriable, "wire.busy", 0),
        ("/tarpit", Retriable, "wire.busy", 0),
        ("/nobody", Retriable, "wire.busy", 0),
        ("/login", Unknown, "wire.redirected", 0),
        ("/drop", Unknown, "wire.no-answer", 0),
        ("/reject", Unknown, "wire.lost", 0),
        ("/slow", Unknown, "wire.status-unknown", 1),
        ("/drop-answer", Unknown, "wire.no-answer", 1),
        ("/reset", Unknown, "wire.status-unknown", 1),
    ],
)
def test_an_effect_is_retriable_only_if_it_was_surely_not_executed(
    gateway, wire, came, path, kind, code, executed
):
    url = f"http://127.0.0.1:{gateway().plain}"
    error = error_of(kind, wire(url), f"POST {path}")
    assert (error.code, len(came)) == (code, executed)
    read = error_of(Retriable, wire(url, reads=[f"POST {path}"]), f"POST {path}")
    assert read.code == code


def test_the_pause_that_the_gateway_asks_for(gateway, wire):
    one = wire(f"http://127.0.0.1:{gateway().plain}")
    assert error_of(Retriable, one, "GET /limited").facts["retry_after"] == 17
    years = error_of(Retriable, one, "GET /shut").facts["retry_after"] / (365.25 * 86_400)
    assert 70 < years < 80


def test_a_reset_after_the_request_went_through_is_unknown_and_a_read_asks_again(
    gateway, wire, came
):
    url = f"http://127.0.0.1:{gateway().bytes}"
    assert error_of(Unknown, wire(url), "POST /reset").code == "wire.lost"
    assert len(came) == 1
    assert error_of(Retriable, wire(url, reads=["POST /reset"]), "POST /reset").code == "wire.lost"


def test_a_tarpit_longer_than_our_patience_is_unknown(gateway, wire, came):
    url = f"http://127.0.0.1:{gateway().plain}"
    error = error_of(Unknown, wire(url, timeout_s=0.5), "POST /tarpit")
    assert (error.code, came) == ("wire.no-answer", [])


def test_a_gateway_that_went_away_is_retriable(gateway, wire, free_port):
    gateway()
    assert error_of(Retriable, wire(f"http://127.0.0.1:{free_port()}"), "POST /a").code == (
        "wire.refused"
    )


def test_plain_http_to_a_tls_port_executes_nothing(gateway, wire, came):
    one = wire(f"http://127.0.0.1:{gateway().guarded}")
    with pytest.raises((Unknown, Fatal)):
        one.call("POST /act")
    assert came == []
