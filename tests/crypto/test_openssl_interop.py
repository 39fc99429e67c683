"""The ``openssl`` command as a stranger's verifier and signer (OpenSSL 3.0 or later).

SM2 needs the user id told on its side: ``distid:1234567812345678``.
"""

import subprocess

import pytest

from crypto import certificates, der, keys, pem

DISTID = "distid:1234567812345678"
PASSWORD = b"secret"


@pytest.fixture
def openssl(tmp_path):
    def run(*arguments):
        return subprocess.run(
            ["openssl", *arguments], cwd=tmp_path, capture_output=True, timeout=30, check=False
        )

    return run


@pytest.fixture
def files(tmp_path, key):
    (tmp_path / "key.pem").write_bytes(key.to_pem(PASSWORD))
    (tmp_path / "public.pem").write_bytes(key.public.to_pem())
    (tmp_path / "data").write_bytes("张小直的出生记录".encode())
    return tmp_path


def extra(suite, option):
    return ("-rawin", "-digest", "sm3", option, DISTID) if suite == "SM2-SM3" else ("-rawin",)


def as_openssl(suite, raw):
    return der.to_der(raw) if suite == "SM2-SM3" else raw


def as_raw(suite, signature):
    return der.to_raw(signature) if suite == "SM2-SM3" else signature


VERIFY = ("pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-in", "data", "-sigfile", "sig")


def test_openssl_verifies_what_we_sign(openssl, files, key):
    signature = key.sign((files / "data").read_bytes())
    (files / "sig").write_bytes(as_openssl(key.suite, signature))
    assert openssl(*VERIFY, *extra(key.suite, "-pkeyopt")).returncode == 0
    (files / "data").write_bytes(b"changed")
    assert openssl(*VERIFY, *extra(key.suite, "-pkeyopt")).returncode != 0


def test_we_verify_what_openssl_signs_with_our_key(openssl, files, key):
    sign = ("pkeyutl", "-sign", "-inkey", "key.pem", "-passin", "pass:secret", "-in", "data")
    made = openssl(*sign, "-out", "sig", *extra(key.suite, "-pkeyopt"))
    assert made.returncode == 0, made.stderr
    signature = as_raw(key.suite, (files / "sig").read_bytes())
    key.public.verify(signature, (files / "data").read_bytes())


def test_openssl_without_the_user_id_disagrees(openssl, files):
    key = keys.generate("SM2-SM3")
    (files / "public.pem").write_bytes(key.public.to_pem())
    (files / "sig").write_bytes(der.to_der(key.sign((files / "data").read_bytes())))
    assert openssl(*VERIFY, "-rawin", "-digest", "sm3").returncode != 0
    assert openssl(*VERIFY, *extra("SM2-SM3", "-pkeyopt")).returncode == 0


def test_openssl_dgst_and_we_agree_on_sm2(openssl, files):
    key = keys.generate("SM2-SM3")
    (files / "key.pem").write_bytes(key.to_pem(PASSWORD))
    (files / "public.pem").write_bytes(key.public.to_pem())
    sign = ("dgst", "-sm3", "-sign", "key.pem", "-passin", "pass:secret", "-sigopt", DISTID)
    assert openssl(*sign, "-out", "theirs", "data").returncode == 0
    key.public.verify(der.to_raw((files / "theirs").read_bytes()), (files / "data").read_bytes())
    (files / "ours").write_bytes(der.to_der(key.sign((files / "data").read_bytes())))
    check = ("dgst", "-sm3", "-verify", "public.pem", "-sigopt", DISTID)
    assert openssl(*check, "-signature", "ours", "data").stdout == b"Verified OK\n"


def test_openssl_opens_our_encrypted_keys(openssl, files, key):
    opened = openssl("pkey", "-in", "key.pem", "-passin", "pass:secret", "-pubout")
    assert keys.load_public(opened.stdout) == key.public
    assert openssl("pkey", "-in", "key.pem", "-passin", "pass:wrong").returncode != 0


def test_we_open_the_encrypted_keys_of_openssl(openssl, files, suite):
    algorithm = {"SM2-SM3": "SM2", "Ed25519": "ED25519"}[suite]
    made = openssl("genpkey", "-algorithm", algorithm, "-aes256", "-pass", "pass:secret")
    key = keys.load_private(made.stdout, PASSWORD)
    (files / "made.pem").write_bytes(made.stdout)
    public = openssl("pkey", "-in", "made.pem", "-passin", "pass:secret", "-pubout").stdout
    assert key.suite == suite
    assert keys.load_public(public) == key.public
    key.public.verify(key.sign(b"data"), b"data")


def test_openssl_refuses_the_same_unencrypted_keys_that_we_refuse(openssl, files, suite):
    algorithm = {"SM2-SM3": "SM2", "Ed25519": "ED25519"}[suite]
    plain = openssl("genpkey", "-algorithm", algorithm).stdout
    with pytest.raises(keys.BadKey) as caught:
        keys.load_private(plain, PASSWORD)
    assert caught.value.code == "crypto.key-not-encrypted"


@pytest.fixture
def chain_files(tmp_path, chain):
    for name in ("root", "district", "unit"):
        (tmp_path / f"{name}.pem").write_bytes(getattr(chain, name).pem)
    return tmp_path


def distid(suite):
    return ("-vfyopt", DISTID) if suite == "SM2-SM3" else ()


def test_openssl_verifies_our_certificates(openssl, chain_files, suite):
    # ``openssl verify`` 3.0 tells the user id to the checked certificate only, so each link of an
    # SM2 chain is checked by itself.
    links = (("root.pem", "district.pem"), ("district.pem", "unit.pem"))
    for issuer, certificate in links:
        command = ("verify", *distid(suite), "-x509_strict", "-partial_chain", "-CAfile", issuer)
        done = openssl(*command, certificate)
        assert done.stdout == f"{certificate}: OK\n".encode(), done.stderr


def test_openssl_notices_a_changed_certificate(openssl, chain_files, chain, suite):
    broken = bytearray(chain.unit.der)
    broken[-1] ^= 1
    (chain_files / "unit.pem").write_bytes(pem.armor("CERTIFICATE", bytes(broken)))
    command = ("verify", *distid(suite), "-partial_chain", "-CAfile", "district.pem")
    assert openssl(*command, "unit.pem").returncode != 0


def test_openssl_reads_what_we_say_in_a_certificate(openssl, chain_files, chain):
    shown = openssl("x509", "-in", "unit.pem", "-noout", "-subject", "-serial", "-nameopt", "utf8")
    text = shown.stdout.decode()
    assert "CN=张小直医院" in text
    assert f"serial={chain.unit.serial.upper()}" in text.replace("serial=0", "serial=")
    assert openssl("x509", "-in", "unit.pem", "-noout", "-text").returncode == 0


def test_openssl_finds_the_revoked_in_our_list(openssl, chain_files, chain):
    # No option tells ``openssl crl`` the user id: it can read an SM2 list, but not verify it.
    check = () if chain.root_key.suite == "SM2-SM3" else ("-CAfile", "district.pem")
    revoked = [certificates.Revocation(chain.unit.serial, chain.root.valid_from)]
    dates = {"this_update": chain.root.valid_from, "next_update": chain.root.valid_until}
    crl = certificates.issue_crl(chain.district, chain.district_key, revoked, **dates)
    (chain_files / "list.pem").write_bytes(crl.pem)
    shown = openssl("crl", "-in", "list.pem", "-noout", "-text", *check)
    assert shown.returncode == 0
    assert b"failure" not in shown.stderr
    assert chain.unit.serial.upper().encode() in shown.stdout


def test_we_trust_a_chain_that_openssl_issued(openssl, tmp_path, suite):
    algorithm = {"SM2-SM3": "SM2", "Ed25519": "ED25519"}[suite]
    (tmp_path / "extensions").write_text(
        "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
    )
    told = ("-sm3", "-sigopt", DISTID) if suite == "SM2-SM3" else ()
    for name in ("ca", "leaf"):
        made = openssl("genpkey", "-algorithm", algorithm, "-out", f"{name}.key")
        assert made.returncode == 0
    root = ("req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=CA", "-days", "30", *told)
    usage = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
    assert openssl(*root, *usage, "-out", "ca.pem").returncode == 0
    request = ("req", "-new", "-key", "leaf.key", "-subj", "/O=Unit/CN=Leaf", *told)
    assert openssl(*request, "-out", "leaf.csr").returncode == 0
    issue = ("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "9")
    vfy = ("-vfyopt", DISTID) if suite == "SM2-SM3" else ()
    done = openssl(*issue, *told, *vfy, "-extfile", "extensions", "-out", "leaf.pem")
    assert done.returncode == 0, done.stderr
    leaf = certificates.load((tmp_path / "leaf.pem").read_bytes())
    anchor = certificates.load((tmp_path / "ca.pem").read_bytes())
    certificates.verify_chain(leaf, [], [anchor], at=leaf.valid_from)
    assert (leaf.common_name, leaf.organization) == ("Leaf", "Unit")
