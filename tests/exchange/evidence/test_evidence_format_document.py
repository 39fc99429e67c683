"""``docs/evidence-format.md`` is true: its example, its tables, its commands."""

import hashlib
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crypto import base64url, certificates, jws
from crypto.sm2_curve import message_digest
from crypto.suites import suite
from exchange import evidence_trust
from exchange.errors import ZhidaError
from exchange.evidence_result import exit_code
from exchange.evidence_verify import Checker, verify
from exchange.evidence_zip import unpack

DOCS = Path(__file__).parents[3] / "docs"
TEXT = (DOCS / "evidence-format.md").read_text("utf-8")
EXAMPLES = DOCS / "evidence-example"
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SUITES = ("SM2-SM3", "Ed25519")


def block(mark):
    return re.search(rf"<!-- {mark} -->\n```\w+\n(.*?)```", TEXT, re.S)[1]


def trust(folder, name):
    shutil.copy(EXAMPLES / f"{name}.crt", folder)
    return evidence_trust.load(folder)


@pytest.mark.parametrize("name", SUITES)
def test_the_examples_verify(tmp_path, name):
    data = (EXAMPLES / f"{name}.zip").read_bytes()
    checked = verify(data, Checker(trust(tmp_path, name), AT))
    assert checked.suite == name
    assert checked.older.size == 2


@pytest.mark.parametrize("name", SUITES)
def test_the_negative_examples_fail_as_the_document_says(tmp_path, name):
    data = (EXAMPLES / f"{name}.zip").read_bytes()
    (other,) = set(SUITES) - {name}
    with pytest.raises(ZhidaError) as told:
        verify(data, Checker(trust(tmp_path, other), AT))
    assert exit_code(told.value) == 5
    (tmp_path / f"{other}.crt").unlink()
    early = Checker(trust(tmp_path, name), datetime(2026, 3, 1, tzinfo=UTC))
    with pytest.raises(ZhidaError) as told:
        verify(data, early)
    assert exit_code(told.value) == 2


def example():
    """What the document should show of its example."""
    members = unpack((EXAMPLES / "SM2-SM3.zip").read_bytes())
    sm3 = suite("SM2-SM3").digest
    names = sorted(name for name in members if name.startswith("ledger/entries/"))
    entry = members[names[0]]
    seq = str(int(names[0][-17:-5]))
    _, payload, signing_input, signature = jws.decode(members["ledger/head.jws"].decode())
    shown = members[min(n for n in members if n.startswith("transfers/"))].decode()
    disclosure = shown.split("~")[1]
    return {
        "members": str(len(members)),
        "SHA-256 of the file": hashlib.sha256((EXAMPLES / "SM2-SM3.zip").read_bytes()).hexdigest(),
        "SM3 of manifest.json": sm3(members["manifest.json"]).hex(),
        "first entry": names[0],
        "its leaf hash": sm3(b"\0" + entry).hex(),
        "first node of its path": json.loads(members["ledger/proofs.json"])["paths"][seq][0],
        "payload of head.jws": payload.decode(),
        "SM3 of its signing input": sm3(signing_input).hex(),
        "SM2's e over it": message_digest(hub_key(members), signing_input).hex(),
        "its signature r": signature[:32].hex(),
        "its signature s": signature[32:].hex(),
        "kid of the hub": jws.decode(members["ledger/head.jws"].decode())[0]["kid"],
        "first disclosure of the first transfer": disclosure,
        "which is": base64url.decode(disclosure).decode(),
        "its digest": base64url.encode(sm3(disclosure.encode())),
        "document digest": hashlib.sha256(shown.split("~")[0].encode()).hexdigest(),
    }


def hub_key(members):
    found = [certificates.load(members[n]) for n in members if n.endswith(".crt")]
    return next(each for each in found if each.common_name == "hub").public_key.raw


def test_the_intermediate_results_of_the_example_are_right():
    lines = [line.split(" = ", 1) for line in block("example").splitlines()]
    assert {name.strip(): value for name, value in lines} == example()


@pytest.mark.parametrize("name", SUITES)
def test_openssl_verifies_the_example_with_the_documents_own_commands(tmp_path, name):
    run = prepared(tmp_path, name)
    done = run()
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["verified"]), done.stderr


@pytest.mark.parametrize("name", SUITES)
def test_openssl_refuses_a_changed_head_with_the_same_commands(tmp_path, name):
    run = prepared(tmp_path, name)
    data = (tmp_path / "evidence.zip").read_bytes()
    head = unpack(data)["ledger/head.jws"]
    payload = head.split(b".")[1]
    changed = payload[:40] + bytes([payload[40] ^ 1]) + payload[41:]
    # zipfile would notice the check sum, so the change goes in after unpacking.
    script = "python3 - <<'P'\nimport pathlib\np=pathlib.Path('bundle/ledger/head.jws')\n"
    script += f"p.write_bytes(p.read_bytes().replace({payload!r}, {changed!r}))\nP\n"
    done = run(after_unpacking=script)
    assert done.returncode != 0
    assert "verified" not in done.stdout.splitlines()[-1:]


def prepared(folder, name):
    shutil.copy(EXAMPLES / f"{name}.zip", folder / "evidence.zip")
    shutil.copy(EXAMPLES / f"{name}.crt", folder / "root.crt")
    commands = block(f"run: {name}")
    unpacking = "python3 -m zipfile -e evidence.zip bundle\n"
    assert unpacking in commands

    def run(after_unpacking=""):
        text = commands.replace(unpacking, unpacking + after_unpacking)
        return subprocess.run(
            ["bash", "-c", text], cwd=folder, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip

    return run


def test_the_document_names_every_key_of_manifest_and_entries():
    from exchange import evidence_format, evidence_parts

    section = TEXT[TEXT.index("## 6.") : TEXT.index("### 7.2")]
    wanted = evidence_format._KEYS.union(*evidence_parts._KEYS.values())
    assert [key for key in sorted(wanted) if not re.search(rf"\b{key}\b", section)] == []
