"""Keys and certificates of the site: each tied to its unit, its suite and the site's anchors."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from crypto import certificates
from exchange.errors import Fatal
from sandbox import pki
from sandbox.district import District
from tests.crypto.p256_authority import AuthorityKey, replaced
from zhida import site, trust
from zhida.site import Site


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    district = District(tmp_path_factory.mktemp("district"), signer=False)
    district.prepare()
    return district.directory


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "district"))


def told(folder: Path) -> Site:
    return site.load(folder / "site")


def refusal(folder: Path) -> str:
    with pytest.raises(Fatal) as caught:
        trust.unit_certificates(told(folder))
    return caught.value.code


def test_each_unit_gets_its_own_certificate(folder: Path) -> None:
    found = {each.unit: each.certificate for each in trust.unit_certificates(told(folder))}
    assert {unit: c.common_name for unit, c in found.items()} == {
        "hub": "hub",
        "hospital": "hospital",
    }


def test_the_hubs_certificate_in_the_hospitals_place_is_refused(folder: Path) -> None:
    keys = folder / "site/keys"
    shutil.copy(keys / "hub.crt", keys / "hospital.crt")
    assert refusal(folder) == "site.other-unit"


def test_a_certificate_of_another_root_is_refused(folder: Path) -> None:
    for path in (folder / "trust").glob("sm2*"):
        path.unlink()
    assert refusal(folder) == "site.untrusted-certificate"


@pytest.mark.parametrize("lost", ["removed", "empty"])
def test_a_folder_without_anchors_is_told(folder: Path, lost: str) -> None:
    shutil.rmtree(folder / "trust")
    if lost == "empty":
        (folder / "trust").mkdir()
    assert refusal(folder) == "site.no-trust"


def test_the_hubs_key_is_of_the_suite_that_the_site_names(folder: Path) -> None:
    secret = pki.secrets_of(folder)["hub"].encode()
    assert trust.private_key(told(folder), secret).suite == "SM2-SM3"
    path = folder / "site/site.yaml"
    path.write_text(path.read_text("utf-8").replace("suite: SM2-SM3", "suite: Ed25519"), "utf-8")
    with pytest.raises(Fatal, match=r"site\.suite"):
        trust.private_key(told(folder), secret)


def test_a_wrong_password_is_told(folder: Path) -> None:
    with pytest.raises(Fatal, match=r"site\.bad-key"):
        trust.private_key(told(folder), b"wrong")


def test_authorities_may_be_on_p256_and_units_not(folder: Path) -> None:
    kept, key = told(folder), AuthorityKey()
    old = certificates.load((folder / "site/keys/hospital.crt").read_bytes())
    dates = {"valid_from": old.valid_from, "valid_until": old.valid_until}
    root = certificates.issue_ca("P-256 CA", key, *dates.values())  # type: ignore[arg-type]
    (folder / "trust/p256.crt").write_bytes(root.pem)
    made = certificates.issue("hospital", old.public_key, root, key, **dates)
    file = folder / "site/keys/hospital.crt"
    file.write_bytes(made.pem)
    found = {each.unit: each for each in trust.unit_certificates(kept)}
    assert found["hospital"].issuers == (root,)
    file.write_bytes(replaced(made.der, made.public_key.to_der(), key.public.to_der()))
    assert refusal(folder) == "site.certificate-kind"
