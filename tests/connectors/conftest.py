"""Real peers for the wires: a foreign SOAP stack, sockets with literal bytes, certificates."""

import contextlib
import importlib.util
import itertools
import json
import os
import shutil
import socket
import socketserver
import struct
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace

import amqp
import jsonschema_rs
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors import rest, tls
from connectors.amqp import Outgoing, open_feed, open_publisher
from exchange.ports import Endpoint
from sandbox.rabbitmq import SETTLED, RabbitMq

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "tests" / "peers"
OWN_WSDL = ROOT / "sandbox" / "wsdl" / "WorkflowService.wsdl"
VENDOR_WSDL = ROOT.parent / "shared" / "wire" / "weaver_WorkflowService.wsdl"


def _loaded(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def tcp_proxy():
    """The module tests/peers/tcp_proxy.py."""
    return _loaded(PEERS / "tcp_proxy.py")


@pytest.fixture(scope="session")
def java_peer():
    """The module tests/peers/java_peer.py."""
    return _loaded(PEERS / "java_peer.py")


@pytest.fixture(scope="session")
def free_port():
    def found():
        with socket.create_server(("127.0.0.1", 0)) as probe:
            return probe.getsockname()[1]

    return found


# --- PHP ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def wsdl():
    """Our own WSDL of the OA; the peer serves the vendor's, when it is at hand."""
    return OWN_WSDL


@pytest.fixture(scope="session")
def php(free_port, tmp_path_factory):
    """Base URL of PHP's SoapServer."""
    program = shutil.which("php")
    if program is None:
        pytest.fail("php is missing: apt-get install php-cli php-soap php-xml php-mbstring")
    port, log = free_port(), tmp_path_factory.mktemp("php") / "log"
    served = VENDOR_WSDL if VENDOR_WSDL.is_file() else OWN_WSDL
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, "-S", f"127.0.0.1:{port}", str(PEERS / "php" / "server.php")],
            env={**os.environ, "ZHIDA_WSDL": str(served)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(port, process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port, process, log):
    for _ in range(1_200):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    pytest.fail(f"php did not start: {log.read_text('utf-8', 'replace')}")


# --- literal bytes --------------------------------------------------------------------------------


class Conversation:
    """One accepted connection, seen from the peer's side."""

    def __init__(self, connection):
        self.connection = connection

    def request(self):
        """One whole HTTP request: head and body."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [
            int(line.partition(b":")[2])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ]
        while len(body) < (lengths or [0])[0]:
            body += self._more()
        return head, body

    def _more(self):
        data = self.connection.recv(65536)
        if not data:
            raise ConnectionError("closed by the caller")
        return data

    def send(self, data):
        self.connection.sendall(data)

    def answer(self, body=b"{}", *, status="200 OK", media="application/json", more=""):
        head = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        self.send(head.encode() + body)

    def reset(self):
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()


@pytest.fixture
def peer():
    """``peer(script)``: a server on a free port that runs ``script(conversation)`` a connection.

    Has ``port``, ``url`` and ``requests`` (the scripts append what they like).
    """
    servers = []

    def started(script, *, tls=None):
        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                with contextlib.suppress(OSError):
                    connection = self.request
                    if tls:
                        connection = tls.wrap_socket(connection, server_side=True)
                    with connection:
                        script(Conversation(connection))

        class Server(socketserver.ThreadingTCPServer):
            block_on_close = True

            def handle_error(self, request, client_address):
                raise AssertionError("the peer's script failed")

        server = Server(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        servers.append((server, thread))
        port = server.server_address[1]
        scheme = "https" if tls else "http"
        return SimpleNamespace(port=port, url=f"{scheme}://127.0.0.1:{port}")

    yield started
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


# --- a peer of the REST wire ------------------------------------------------------------------------

REST_NOW = datetime(2026, 1, 5, tzinfo=UTC)


class Scripted:
    """Answers what it was told to, in order, and remembers what came."""

    def __init__(self, start):
        self.came, self._answers = [], []
        self.url = start(self._script).url

    def _script(self, conversation):
        while True:
            self.came.append(conversation.request())
            body, more = self._answers.pop(0)
            if body is None:
                return conversation.reset()
            conversation.answer(body, **more)

    def will(self, body=b"{}", **more):
        raw = json.dumps(body).encode() if isinstance(body, dict | str) else body
        self._answers.append((raw, more))

    def line(self, at):
        return self.came[at][0].partition(b"\r\n")[0].decode()

    def header(self, at, name):
        lines = self.came[at][0].decode("latin-1").split("\r\n")
        found = [x.partition(":")[2].strip() for x in lines if x.lower().startswith(name + ":")]
        return found[0] if found else None


@pytest.fixture
def served(peer):
    return Scripted(peer)


@pytest.fixture
def opened(served):
    """``opened(auth, …)``: a REST wire to ``served``/base by valid options, closed after the test."""
    wires, valid = [], jsonschema_rs.validator_for(rest.OPTIONS)

    def made(
        auth=None, login="app", password="s3cr3t", *, clock=lambda: REST_NOW, extra=None, **options
    ):
        told = {"timeout_s": 5, **options, **({"auth": auth} if auth else {})}
        valid.validate(told)
        endpoint = Endpoint(served.url + "/base", login, password, extra or {}, clock=clock)
        wires.append(rest.open_connector(told, endpoint))
        return wires[-1]

    yield made
    for wire in wires:
        wire.close()


# --- certificates ------------------------------------------------------------------------------------

PASSWORD = "test-only"


@pytest.fixture(scope="session")
def pki(tmp_path_factory):
    """Files of a CA, a server and a client certificate (encrypted key), and of a foreign CA."""
    folder = tmp_path_factory.mktemp("pki")
    ca, foreign = _Authority(folder, "ca"), _Authority(folder, "foreign")
    revoked_client, revoked_server = ca.issue("revoked-client"), ca.issue("revoked-server")
    revoked = [revoked_client, revoked_server]
    return SimpleNamespace(
        ca=ca.file,
        foreign_ca=foreign.file,
        server=ca.issue("server"),
        client=ca.issue("client"),
        foreign_client=foreign.issue("stranger"),
        expired_server=ca.issue("expired", days=-1),
        revoked_client=revoked_client,
        revoked_server=revoked_server,
        crl=ca.revocation_list("crl", revoked),
        old_crl=ca.revocation_list("old-crl", revoked, days=-1),
        password=PASSWORD,
    )


class _Authority:
    def __init__(self, folder, name):
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Test {name}")])
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        usage = _usage(key_cert_sign=True, crl_sign=True)
        certificate = self._certificate(self._name, self._key.public_key(), days=30)
        signed = certificate.add_extension(constraints, critical=True).add_extension(usage, True)
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(_pem(signed.sign(self._key, hashes.SHA256())))

    def issue(self, name, *, days=30):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names = x509.SubjectAlternativeName(
            [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
        )
        signed = (
            self._certificate(subject, key.public_key(), days=days)
            .add_extension(names, critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False
            )
            .sign(self._key, hashes.SHA256())
        )
        cert, secret = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        cert.write_bytes(_pem(signed))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(PASSWORD.encode()),
            )
        )
        return SimpleNamespace(cert=cert, key=secret, serial=signed.serial_number)

    def revocation_list(self, name, issued, *, days=7):
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._name)
            .last_update(now - timedelta(days=2))
            .next_update(now + timedelta(days=days))
        )
        for each in issued:
            entry = x509.RevokedCertificateBuilder().serial_number(each.serial)
            builder = builder.add_revoked_certificate(entry.revocation_date(now).build())
        file = self._folder / f"{name}.pem"
        file.write_bytes(_pem(builder.sign(self._key, hashes.SHA256())))
        return file

    def _certificate(self, subject, public_key, *, days):
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=2))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), False)
        )


def _usage(**given):
    names = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment"]
    names += ["key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
    return x509.KeyUsage(**{name: given.get(name, False) for name in names})


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def server_tls(pki):
    """Makes a server's context: ``server_tls()``, ``server_tls(pki.expired_server)``…"""

    def made(issued=None, **more):
        issued = issued or pki.server
        return tls.server(cert=issued.cert, key=issued.key, password=pki.password, **more)

    return made


# --- RabbitMQ -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory, pki):
    """A broker of our own, plain and with TLS; whoever ends it starts it again."""
    folder = tmp_path_factory.mktemp("rabbitmq")
    key = folder / "server.key"
    key.write_bytes(
        serialization.load_pem_private_key(
            pki.server.key.read_bytes(), pki.password.encode()
        ).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    tls_lines = [
        "listeners.ssl.default = 127.0.0.1:{amqps}",
        f"ssl_options.cacertfile = {pki.ca}",
        f"ssl_options.certfile = {pki.server.cert}",
        f"ssl_options.keyfile = {key}",
        "ssl_options.verify = verify_peer",
        "ssl_options.fail_if_no_peer_cert = true",
    ]
    with RabbitMq(folder, config=tls_lines) as broker:
        yield broker


@pytest.fixture
def our_certificate(pki):
    """Who we are, for a broker that wants to know: the extras of a connection."""
    told = {"cert": str(pki.client.cert), "key": str(pki.client.key)}
    return told | {"key_password": pki.password}


class Mq:
    """What a test does at the broker: our feeds and publishers, and a foreign client (py-amqp)."""

    def __init__(self, broker, stack, number):
        self.broker, self.queue, self._stack = broker, f"q{number}", stack

    def endpoint(self, *, port=None, **extra):
        login, password = extra.pop("login", self.broker.login), extra.pop("password", None)
        address = f"127.0.0.1:{port or self.broker.port}"
        return Endpoint(address, login, password or self.broker.password, extra)

    def feed(self, port=None, **options):
        opened = open_feed({"pause_s": 0.2, **options}, self.endpoint(port=port))
        self._stack.callback(opened.close)
        return opened

    def publisher(self, port=None, **options):
        opened = open_publisher(options, self.endpoint(port=port))
        self._stack.callback(opened.close)
        return opened

    def messages(self, count, start=0):
        return [
            Outgoing(self.queue, f"body {n}".encode(), f"key-{n}")
            for n in range(start, start + count)
        ]

    @contextlib.contextmanager
    def channel(self):
        with amqp.Connection(
            f"127.0.0.1:{self.broker.port}", self.broker.login, self.broker.password
        ) as connection:
            yield connection.channel()

    def declare(self, name=None, **arguments):
        told = {"x-queue-type": "quorum"} | {k.replace("_", "-"): v for k, v in arguments.items()}
        with self.channel() as channel:
            channel.queue_declare(
                name or self.queue, durable=True, auto_delete=False, arguments=told
            )

    def send(self, *bodies, **properties):
        with self.channel() as channel:
            channel.confirm_select()
            for body in bodies:
                channel.basic_publish(amqp.Message(body, **properties), routing_key=self.queue)
                channel.wait(amqp.spec.Basic.Ack)

    def stored(self, name=None, *, least=0):
        """The messages that lie in a queue; they stay there. Its count may lag: see ``least``."""
        found = []
        with self.channel() as channel, contextlib.suppress(TimeoutError):
            told = channel.queue_declare(name or self.queue, passive=True).message_count
            channel.basic_qos(0, 60_000, False)  # without one, a quorum queue sends 2,000 ahead
            channel.basic_consume(name or self.queue, callback=found.append)
            while True:
                enough = len(found) >= max(told, least)
                channel.connection.drain_events(timeout=0.3 if enough else 30)
        return found

    def settled(self):
        """Wait until a kill finds the queue's name on the disk."""
        time.sleep(SETTLED)

    def restart(self):
        self.broker.start()
        self.broker.wait()


_numbers = itertools.count()


@pytest.fixture
def mq(rabbitmq):
    """The broker, alive, and a queue's name of this test's own."""
    if not rabbitmq.processes[1].is_alive():
        rabbitmq.start()
        rabbitmq.wait()
    with contextlib.ExitStack() as stack:
        yield Mq(rabbitmq, stack, next(_numbers))
