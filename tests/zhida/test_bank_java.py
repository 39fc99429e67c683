"""docs/samples/java: a bank's program in Java signs with SM2 (BouncyCastle), hands in a letter, asks, and reads."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crypto import key_forms, keys, pem
from crypto.keys import PrivateKey
from sandbox.firms import BANKS
from tests.peers import java_peer
from tests.zhida import bank_endpoint
from tests.zhida.bank_endpoint import TOKENS, BankEndpoint

pytestmark = pytest.mark.peer("BouncyCastle")
SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "samples" / "java"


@pytest.fixture(scope="module")
def endpoint(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[..., Any]
) -> Iterator[BankEndpoint]:
    folder = tmp_path_factory.mktemp("bank")
    with bank_endpoint.opened(folder, open_town, signs=True) as found:
        yield found


@pytest.fixture(scope="module")
def java(tmp_path_factory: pytest.TempPathFactory) -> Any:
    found = java_peer.Java(SAMPLE, ["bcprov"], tmp_path_factory.mktemp("java"))
    found.compile("-Werror")
    return found


def run(java: Any, endpoint: BankEndpoint, key: PrivateKey, number: str) -> list[tuple[int, Any]]:
    """What the sample printed: each answer's status and body."""
    financing, folder = endpoint.financing, java.folder
    order = financing.order(f"PO-{number}")
    told = {
        "key.pem": pem.armor(
            "PRIVATE KEY", key_forms.private_info(key.suite, key.raw, key.public.raw)
        ),
        "letter.jws": financing.seller.letter(f"L-{number}", BANKS["bank-a"], order).encode(),
        "request.json": json.dumps(financing.request(number, f"L-{number}", order)).encode(),
    }
    for name, data in told.items():
        (folder / name).write_bytes(data)
    command = ["java", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-cp", java.path]
    command += ["ZhidaBank", endpoint.url, *told, number]
    env = {**os.environ, "ZHIDA_TOKEN": TOKENS["bank-a"]}
    done = subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
    lines = [line.partition(" ") for line in done.stdout.decode().splitlines()]
    return [(int(status), json.loads(body)) for status, _, body in lines]


def test_it_signs_asks_and_reads(java: Any, endpoint: BankEndpoint) -> None:
    (handed_in, letter), (asked, first), (read, again) = run(java, endpoint, endpoint.key, "J1")
    assert (handed_in, letter["state"], letter["uses_left"]) == (201, "valid", 10)
    assert {asked, read} <= {200, 202}
    assert first["answer"]["request"] == again["answer"]["request"] == "J1"
    archive = endpoint.financing.hub.archive
    assert archive.verify(again["signed"]).record == again["answer"]


def test_what_another_key_has_signed_is_refused(java: Any, endpoint: BankEndpoint) -> None:
    answers = run(java, endpoint, keys.generate("SM2-SM3"), "J2")
    assert [(status, told["code"]) for status, told in answers] == [
        (403, "serve.signature"),
        (403, "serve.signature"),
        (404, "finance.no-request"),
    ]
