"""What goes to the CA: ``openssl`` reads it, sees who asks, and that the asker holds the key."""

import subprocess

import pytest

from crypto import certificates
from crypto.errors import Malformed

DISTID = ("-vfyopt", "distid:1234567812345678")


@pytest.fixture
def file(tmp_path, key):
    path = tmp_path / "request.pem"
    path.write_bytes(certificates.request("hub", key, organization="溧水区示例数据局"))
    return path


def shown(file, suite, *more):
    told = DISTID if suite == "SM2-SM3" else ()
    command = ["openssl", "req", "-in", str(file), "-verify", *told, *more]
    return subprocess.run(command, capture_output=True, timeout=30, check=False)


def test_openssl_verifies_the_request_and_reads_its_name_and_key(file, suite, key):
    done = shown(file, suite, "-noout", "-subject", "-pubkey", "-nameopt", "utf8")
    assert b"verify OK" in done.stderr
    assert "O=溧水区示例数据局, CN=hub" in done.stdout.decode()
    assert key.public.to_pem().decode().split("\n")[1] in done.stdout.decode()


def test_openssl_notices_another_key(file, suite, tmp_path, key, other_key):
    from crypto import pem

    label, der = pem.unarmor(file.read_bytes())
    own, other = key.public.to_der(), other_key.public.to_der()
    file.write_bytes(pem.armor(label, der.replace(own, other)))
    assert b"verify OK" not in shown(file, suite, "-noout").stderr


def test_a_name_that_no_certificate_can_hold_is_refused(key):
    with pytest.raises(Malformed):
        certificates.request("单" * 65, key)
