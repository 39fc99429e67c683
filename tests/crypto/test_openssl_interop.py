"""The ``openssl`` command as a stranger's verifier and signer (OpenSSL 3.0 or later).

SM2 needs the user id told on its side: ``distid:1234567812345678``.
"""

import subprocess
from datetime import UTC, datetime

import pytest

from crypto import certificates, der, errors, keys, pem
from tests.crypto.p256_authority import AuthorityKey

pytestmark = pytest.mark.guarantee("G9")
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


# --- authorities on P-256, units on SM2 or Ed25519 ---------------------------------------------


def test_openssl_verifies_units_and_the_list_of_our_authority_on_p256(openssl, tmp_path, suite):
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
    root_key, middle_key, dates = (
        AuthorityKey(),
        AuthorityKey(),
        {"valid_from": start, "valid_until": end},
    )
    root = certificates.issue_ca("P-256 根", root_key, start, end)
    usages = ("key_cert_sign", "crl_sign")
    middle = certificates.issue("中级", middle_key.public, root, root_key, usages=usages, **dates)
    unit = certificates.issue("unit", keys.generate(suite).public, middle, middle_key, **dates)
    listed = [certificates.Revocation("77", start)]
    crl = certificates.issue_crl(middle, middle_key, listed, this_update=start, next_update=end)
    for name, made in {"root": root, "middle": middle, "unit": unit, "list": crl}.items():
        (tmp_path / f"{name}.pem").write_bytes(made.pem)
    (tmp_path / "lists.pem").write_bytes(
        crl.pem + certificates.issue_crl(root, root_key, this_update=start, next_update=end).pem
    )
    chain = ("-x509_strict", "-CAfile", "root.pem", "-untrusted", "middle.pem")
    done = openssl("verify", *chain, "-crl_check_all", "-CRLfile", "lists.pem", "unit.pem")
    assert done.stdout == b"unit.pem: OK\n", done.stderr
    shown = openssl("crl", "-in", "list.pem", "-noout", "-CAfile", "middle.pem")
    assert b"verify OK" in shown.stderr
    certificates.verify_chain(unit, [middle], [root], at=start, crls=[crl])


def test_we_verify_units_and_the_list_of_openssls_authority_on_p256(openssl, tmp_path, suite):
    told = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256")
    usage = ("-addext", "keyUsage=critical,keyCertSign,cRLSign", "-days", "30")
    root = ("req", "-x509", *told, "-keyout", "district.key", "-subj", "/CN=P-256 CA", *usage)
    assert openssl(*root, "-out", "district.pem").returncode == 0
    algorithm = {"SM2-SM3": "SM2", "Ed25519": "ED25519"}[suite]
    sm2 = suite == "SM2-SM3"
    assert openssl("genpkey", "-algorithm", algorithm, "-out", "unit.key").returncode == 0
    request = ("req", "-new", "-key", "unit.key", "-subj", "/CN=unit")
    own = ("-sm3", "-sigopt", DISTID) if sm2 else ()
    assert openssl(*request, *own, "-out", "unit.csr").returncode == 0
    (tmp_path / "unit.ext").write_text("keyUsage=critical,digitalSignature\n")
    issue = ("x509", "-req", "-in", "unit.csr", "-CA", "district.pem", "-CAkey", "district.key")
    more = (*distid(suite), "-sha256", "-days", "9", "-extfile", "unit.ext", "-out", "unit.pem")
    done = openssl(*issue, *more)
    assert done.returncode == 0, done.stderr
    anchor, unit = (
        certificates.load((tmp_path / f"{name}.pem").read_bytes()) for name in ("district", "unit")
    )
    assert (anchor.public_key.suite, unit.public_key.suite) == ("ES256", suite)
    certificates.verify_chain(unit, [], [anchor], at=unit.valid_from)
    crl = their_list(openssl, tmp_path, "ES256", revoked=True)
    with pytest.raises(errors.Revoked):
        certificates.verify_chain(unit, [], [anchor], at=unit.valid_from, crls=[crl])
    broken = bytearray(crl.der)
    broken[-1] ^= 1
    with pytest.raises(errors.BadSignature):
        certificates.check_list(certificates.load_crl(bytes(broken)), anchor)


# --- revocation lists: theirs and ours ------------------------------------------------------

CA = """
[ca]
default_ca = own
[own]
database = index.txt
crlnumber = crlnumber
default_md = {digest}
default_crl_days = 7
crl_extensions = crl
[crl]
authorityKeyIdentifier = keyid:always
"""


@pytest.fixture
def their_chain(openssl, tmp_path, suite):
    """root → district → unit and the district's list, all made by ``openssl``."""
    algorithm = {"SM2-SM3": "SM2", "Ed25519": "ED25519"}[suite]
    told = ("-sm3", "-sigopt", DISTID) if suite == "SM2-SM3" else ()
    vfy = ("-vfyopt", DISTID) if suite == "SM2-SM3" else ()
    authority = (
        "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n"
    )
    leaf = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
    identifiers = "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
    (tmp_path / "district.ext").write_text(authority + identifiers)
    (tmp_path / "unit.ext").write_text(leaf + identifiers)
    for name in ("root", "district", "unit"):
        assert openssl("genpkey", "-algorithm", algorithm, "-out", f"{name}.key").returncode == 0
    usage = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
    root = ("req", "-x509", "-new", "-key", "root.key", "-subj", "/CN=Root", "-days", "30")
    assert openssl(*root, *told, *usage, "-out", "root.pem").returncode == 0
    for name, issuer in (("district", "root"), ("unit", "district")):
        request = ("req", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", *told)
        assert openssl(*request, "-out", f"{name}.csr").returncode == 0
        issue = ("x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-days", "9")
        more = ("-CAkey", f"{issuer}.key", "-extfile", f"{name}.ext", "-out", f"{name}.pem")
        done = openssl(*issue, *more, *told, *vfy)
        assert done.returncode == 0, done.stderr
    return tmp_path


def their_list(openssl, folder, suite, *, revoked):
    """The district's, with the unit revoked or not."""
    digest = {"SM2-SM3": "sm3", "ES256": "sha256"}.get(suite, "default")
    (folder / "ca.cnf").write_text(CA.format(digest=digest))
    (folder / "crlnumber").write_text("07\n")
    unit = certificates.load((folder / "unit.pem").read_bytes())
    at = f"{unit.valid_from:%y%m%d%H%M%S}Z"
    line = f"R\t{unit.valid_until:%y%m%d%H%M%S}Z\t{at},keyCompromise\t{unit.serial.upper()}\tunknown\t/CN=unit\n"
    if len(unit.serial) % 2:
        line = line.replace(unit.serial.upper(), f"0{unit.serial.upper()}")
    (folder / "index.txt").write_text(line if revoked else "")
    sign = ("-sigopt", DISTID) if suite == "SM2-SM3" else ()
    own = ("-cert", "district.pem", "-keyfile", "district.key")
    done = openssl("ca", "-config", "ca.cnf", "-gencrl", *own, *sign, "-out", "list.pem")
    assert done.returncode == 0, done.stderr
    return certificates.load_crl((folder / "list.pem").read_bytes())


def test_we_follow_a_chain_over_an_authority_between_that_openssl_issued_and_its_list(
    openssl, their_chain, suite
):
    root, district, unit = (
        certificates.load((their_chain / f"{name}.pem").read_bytes())
        for name in ("root", "district", "unit")
    )
    path = (unit, [district], [root])
    assert certificates.verify_chain(*path, at=unit.valid_from) == [unit, district, root]
    clean = their_list(openssl, their_chain, suite, revoked=False)
    certificates.verify_chain(*path, at=unit.valid_from, crls=[clean])
    crl = their_list(openssl, their_chain, suite, revoked=True)
    certificates.check_list(crl, district)
    assert certificates.names_issuer(crl, district)
    assert (crl.number, crl.reasons) == (7, {unit.serial: "key_compromise"})
    with pytest.raises(errors.Revoked):
        certificates.verify_chain(*path, at=unit.valid_from, crls=[crl])
    broken = bytearray(crl.der)
    broken[-1] ^= 1
    with pytest.raises(errors.BadSignature):
        certificates.check_list(certificates.load_crl(bytes(broken)), district)


def test_openssl_verifies_our_list(openssl, chain_files, chain, suite):
    """SM2: ``openssl crl`` takes no user id, so the signature is verified over the signed bytes."""
    dates = {"this_update": chain.root.valid_from, "next_update": chain.root.valid_until}
    crl = certificates.issue_crl(chain.district, chain.district_key, [], **dates)
    (chain_files / "list.pem").write_bytes(crl.pem)
    if suite == "Ed25519":
        done = openssl("crl", "-in", "list.pem", "-noout", "-CAfile", "district.pem")
        assert b"verify OK" in done.stderr
        return
    (chain_files / "tbs").write_bytes(crl.signed.tbs)
    (chain_files / "sig").write_bytes(crl.signed.signature)
    (chain_files / "ca.pub").write_bytes(chain.district.public_key.to_pem())
    check = ("dgst", "-sm3", "-verify", "ca.pub", "-sigopt", DISTID, "-signature", "sig", "tbs")
    assert openssl(*check).stdout == b"Verified OK\n"
