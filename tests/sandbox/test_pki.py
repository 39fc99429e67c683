"""What is made for a district, read with the ``openssl`` command."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from crypto import keys
from sandbox import pki


@pytest.fixture(scope="module", params=pki.SUITES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("pki")
    pki.make(directory, request.param)
    return directory


def _openssl(*arguments: str | Path) -> str:
    command = ["openssl", *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout


def _suite(directory: Path) -> str:
    pem = (directory / "site/keys/hub.key").read_bytes()
    return keys.load_private(pem, pki.secrets_of(directory)["hub"].encode()).suite


@pytest.mark.parametrize("file", ["site/keys/hub.crt", "hospital/signer.crt"])
def test_unit_certificates_verify_under_their_root(made: Path, file: str) -> None:
    root = made / f"trust/{_suite(made).lower()}-root.crt"
    distid = ["-vfyopt", "distid:1234567812345678"] if _suite(made) == "SM2-SM3" else []
    assert "OK" in _openssl("verify", *distid, "-CAfile", root, made / file)


def test_the_certificate_names_the_unit(made: Path) -> None:
    text = _openssl("x509", "-in", made / "hospital/signer.crt", "-noout", "-subject")
    assert "CN = hospital" in text


@pytest.mark.parametrize(
    ("file", "secret"),
    [("site/keys/hub", "hub"), ("hospital/signer", "signer"), ("operators/li", "li")],
)
def test_keys_are_encrypted_and_belong_to_their_certificates(
    made: Path, file: str, secret: str
) -> None:
    key, certificate = made / f"{file}.key", made / f"{file}.crt"
    assert b"ENCRYPTED" in key.read_bytes()
    password = f"pass:{pki.secrets_of(made)[secret]}"
    public = _openssl("pkey", "-in", key, "-passin", password, "-pubout")
    assert public == _openssl("x509", "-in", certificate, "-noout", "-pubkey")


@pytest.mark.parametrize("role", ["server", "his", "hub"])
def test_each_tls_leaf_verifies_under_its_own_ca_only(made: Path, role: str) -> None:
    purpose = "sslserver" if role == "server" else "sslclient"
    for ca in ("server", "his", "hub"):
        command = ["openssl", "verify", "-purpose", purpose, "-CAfile", made / f"tls/{ca}-ca.crt"]
        done = subprocess.run(
            [*command, made / f"tls/{role}.crt"], capture_output=True, check=False
        )
        assert (done.returncode == 0) == (ca == role)


def test_secrets_are_random_and_for_the_owner_only(made: Path, tmp_path: Path) -> None:
    pki.make(tmp_path, "Ed25519")
    here, there = pki.secrets_of(made), pki.secrets_of(tmp_path)
    assert not set(here.values()) & set(there.values())
    private = [made / "secrets.json", *made.rglob("*.key")]
    assert len(private) == 1 + 2 + 2 + 3 + 3
    assert {path.stat().st_mode & 0o777 for path in private} == {0o600}


def test_trust_holds_ca_certificates_and_nothing_else(made: Path) -> None:
    for path in (made / "trust").iterdir():
        assert "CA:TRUE" in _openssl("x509", "-in", path, "-noout", "-ext", "basicConstraints")


def test_a_second_call_changes_nothing(made: Path) -> None:
    before = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}
    pki.make(made, _suite(made))
    assert {path: path.read_bytes() for path in made.rglob("*") if path.is_file()} == before


def test_another_suite_wants_another_directory(made: Path) -> None:
    other = next(suite for suite in pki.SUITES if suite != _suite(made))
    with pytest.raises(pki.OtherSuite):
        pki.make(made, other)


def test_no_private_key_lies_in_clear(made: Path) -> None:
    assert all(b"ENCRYPTED" in path.read_bytes() for path in made.rglob("*.key"))
    assert json.loads((made / "secrets.json").read_text()).keys() >= {"hub", "signer"}
