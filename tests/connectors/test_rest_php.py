"""Forms and signatures against PHP, which decodes and computes them its own way."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import jsonschema_rs
import pytest

from connectors.rest import OPTIONS, open_connector
from exchange.errors import Rejected
from exchange.ports import Endpoint

ROUTER = Path(__file__).resolve().parents[1] / "peers" / "php" / "rest.php"
VALID = jsonschema_rs.validator_for(OPTIONS)


@pytest.fixture(scope="module")
def php_rest(free_port, tmp_path_factory):
    program = shutil.which("php")
    assert program, "php is missing: apt-get install php-cli php-mbstring"
    port, log = free_port(), tmp_path_factory.mktemp("php") / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, "-S", f"127.0.0.1:{port}", str(ROUTER)],
            env={**os.environ, "PHP_CLI_SERVER_WORKERS": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(1_200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/base"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def php_wire(php_rest):
    with contextlib.ExitStack() as stack:

        def made(login="app-1", password="s3cr3t", **options):
            VALID.validate(options)
            wire = open_connector({"timeout_s": 10, **options}, Endpoint(php_rest, login, password))
            stack.callback(wire.close)
            return wire

        yield made


def signature(content, digest, encoding, place, **names):
    told = {"content": content, "digest": digest, "encoding": encoding, "place": place}
    return {"kind": "signature", **told, "names": {"sign": "sign", **names}}


PARAMETERS = "{parameters}&key={secret}"


def test_json_in_a_form_with_its_signature_inside(php_wire):
    auth = signature("{app}{secret}{timestamp}", "md5", "hex", "body", timestamp="requestTime")
    wire = php_wire(auth=auth, body="form-json")
    told = wire.call("POST /form-json", {"xm": "𠮷小直", "id": 1234567890123456789}).value["data"]
    assert (told["xm"], told["id"]) == ("𠮷小直", 1234567890123456789)


def test_a_gbk_form(php_wire):
    auth = signature(PARAMETERS, "md5", "HEX", "body", app="appKey", nonce="nonce")
    wire = php_wire(auth=auth, body="form", charset="gbk")
    told = wire.call("POST /gbk", {"xm": "张小直", "bz": "a&b=c +%", "empty": ""}).value["data"]
    assert (told["xm"], told["bz"], told["empty"]) == ("张小直", "a&b=c +%", "")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_address_parameters(php_wire, method):
    auth = signature(PARAMETERS, "hmac-sha256", "hex", "query", app="app", timestamp="ts")
    wire = php_wire(auth=auth, body="query")
    told = wire.call(f"{method} /query?v=1", {"xm": "张 小直", "a~b": "/?#"}).value["data"]
    assert (told["xm"], told["a~b"], told["v"]) == ("张 小直", "/?#", "1")


def test_fields_of_a_json_body(php_wire):
    auth = signature(PARAMETERS, "sha1", "hex", "body", app="appId", timestamp="time")
    told = php_wire(auth=auth).call("POST /json", {"xm": "张小直", "n": 7}).value["data"]
    assert (told["xm"], told["n"], told["appId"]) == ("张小直", 7, "app-1")


def test_the_tif_gateway(php_wire):
    names = {"app": "x-tif-paasid", "timestamp": "x-tif-timestamp", "nonce": "x-tif-nonce"}
    content = "{timestamp}{secret}{nonce}{timestamp}"
    auth = signature(content, "sha256", "hex", "header", **names, sign="x-tif-signature")
    assert php_wire(auth={**auth, "timestamp": "s"}).call("GET /tif").value == {"code": "0"}


def test_a_signature_over_the_body(php_wire):
    content = "{method}\n{path}\n{timestamp}\n{body_sha256}"
    auth = signature(content, "hmac-sha256", "base64", "header", sign="X-Sign", timestamp="X-Time")
    assert php_wire(auth=auth).call("POST /body", {"xm": "张"}).value["data"] == {"xm": "张"}


def test_the_sharing_platform(php_wire):
    auth = {
        "kind": "sharing-platform",
        "operation": "POST /sharing/secret",
        "rid": "rid-1",
        "rids": {"POST /sharing/marriage": "rid-2"},
    }
    wire = php_wire(auth=auth)
    body = {"name_man": "张小直"}
    assert wire.call("POST /sharing/marriage", body).value["data"] == body


def test_a_login_in_chinese(php_wire):
    wire = php_wire("张三", "p:w", auth={"kind": "basic"})
    assert wire.call("GET /login").value == {"code": "0"}


def test_a_wrong_secret_is_refused_by_php(php_wire):
    auth = signature(PARAMETERS, "sha1", "hex", "body")
    with pytest.raises(Rejected, match=r"wire\.status-refused.*403"):
        php_wire(password="wrong", auth=auth).call("POST /json", {"n": 7})
