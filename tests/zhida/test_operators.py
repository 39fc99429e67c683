"""Who did it: a statement signed by that person's own key, or a refusal that says what to do."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto import certificates, jws, keys
from exchange import canonical, times
from exchange.errors import Fatal, Forbidden, Invalid
from exchange.problems import describe
from sandbox import pki
from sandbox.district import District
from zhida import operators, site
from zhida.operators import Signatory
from zhida.site import Site

pytestmark = pytest.mark.guarantee("G8")

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    district = District(tmp_path_factory.mktemp("district"), signer=False, suite="Ed25519")
    district.prepare()
    return district.directory


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "district"))


@pytest.fixture
def told(folder: Path) -> Site:
    return site.load(folder / "site")


def key_of(folder: Path, name: str) -> tuple[bytes, bytes]:
    password = pki.secrets_of(folder)[name].encode()
    return (folder / f"operators/{name}.key").read_bytes(), password


def person(folder: Path, told: Site, name: str = "wang", **other: Any) -> Signatory:
    key = other.pop("key", None) or key_of(folder, name)
    return operators.signatory(told, name, key, **({"role": "operate", "now": NOW} | other))


def refusal(folder: Path, told: Site, name: str = "wang", **other: Any) -> str:
    with pytest.raises(Forbidden) as caught:
        person(folder, told, name, **other)
    what, remedy = describe(caught.value.code, caught.value.facts)
    assert name in what
    assert remedy
    return caught.value.code


def reissue(folder: Path, name: str, **validity: timedelta) -> None:
    """Another certificate for the same key: of another time."""
    root, root_key = pki.root_of(folder, "Ed25519")
    key = keys.load_private(*key_of(folder, name))
    start, end = NOW + validity["start"], NOW + validity["end"]
    one = certificates.issue(
        name, key.public, root, root_key, valid_from=start, valid_until=end, organization="示例"
    )
    (folder / f"site/keys/operators/{name}.crt").write_bytes(one.pem)


# --- who may sign ---------------------------------------------------------------------------------


def test_what_a_person_signs_is_read_back_as_it_was_said(folder: Path, told: Site) -> None:
    token = person(folder, told).sign("leg", {"system": "police"}, reason="升级", now=NOW)
    found = operators.verify(told, token, role="operate")
    assert (found.action, found.target) == ("leg", {"system": "police"})
    assert (found.operator, found.reason, found.at) == ("wang", "升级", times.stamp(NOW))


def test_each_statement_is_one_of_a_kind(folder: Path, told: Site) -> None:
    wang = person(folder, told)
    one, other = (wang.sign("leg", {}, reason="", now=NOW) for _ in range(2))
    assert one != other


def test_who_is_not_of_this_site_is_refused_with_the_nearest_name(folder: Path, told: Site) -> None:
    assert refusal(folder, told, "wagn", key=(b"", b"")) == "operator.unknown"


def test_a_wrong_password_opens_nothing(folder: Path, told: Site) -> None:
    key = (key_of(folder, "wang")[0], b"wrong")
    assert refusal(folder, told, key=key) == "operator.bad-key"


def test_nobody_signs_with_anothers_key(folder: Path, told: Site) -> None:
    assert refusal(folder, told, key=key_of(folder, "li")) == "operator.other-key"


@pytest.mark.parametrize(
    ("start", "end"),
    [(timedelta(hours=-12), timedelta(hours=-1)), (timedelta(days=1), timedelta(days=9))],
    ids=["expired", "not yet valid"],
)
def test_nobody_signs_outside_the_days_of_his_certificate(
    folder: Path, told: Site, start: timedelta, end: timedelta
) -> None:
    reissue(folder, "wang", start=start, end=end)
    assert refusal(folder, told) == "operator.certificate"


def test_who_lacks_the_role_is_refused(folder: Path, told: Site) -> None:
    assert refusal(folder, told, "zhao", role="approve") == "operator.no-role"


def test_a_certificate_of_another_root_is_no_operators(folder: Path, told: Site) -> None:
    (folder / "trust/ed25519-root.crt").unlink()
    with pytest.raises(Fatal, match=r"site\.untrusted-certificate"):
        person(folder, told)


# --- what is a genuine statement ------------------------------------------------------------------


def forged(folder: Path, told: Site, name: str, **changed: str) -> str:
    """A statement that ``name`` is said to have signed, but li did."""
    stated = {"action": "leg", "target": {}, "reason": "", "operator": name}
    stated |= {"at": times.stamp(NOW), "site": told.name, "nonce": "0" * 32, **changed}
    key = keys.load_private(*key_of(folder, "li"))
    return jws.sign(canonical.dumps(stated), key, {"typ": operators.TYPE})


def test_a_statement_in_anothers_name_is_refused(folder: Path, told: Site) -> None:
    with pytest.raises(Forbidden, match=r"operator\.forged"):
        operators.verify(told, forged(folder, told, "wang"), role="operate")
    assert operators.verify(told, forged(folder, told, "li"), role="operate")


def test_a_statement_for_another_site_is_refused(folder: Path, told: Site) -> None:
    with pytest.raises(Forbidden, match=r"operator\.forged"):
        operators.verify(told, forged(folder, told, "li", site="gaochun"), role="operate")


def test_a_ledger_head_is_no_statement(folder: Path, told: Site) -> None:
    key = keys.load_private(*key_of(folder, "li"))
    token = forged(folder, told, "li")
    payload = jws.decode(token)[1]
    other = jws.sign(payload, key, {"typ": "zhida-head+jws"})
    with pytest.raises(Forbidden, match=r"operator\.forged"):
        operators.verify(told, other, role="operate")


@pytest.mark.parametrize("token", ["", "a.b.c", "e30.e30." + "A" * 86])
def test_what_is_no_token_is_refused(told: Site, token: str) -> None:
    with pytest.raises(Forbidden, match=r"operator\.forged"):
        operators.verify(told, token, role="operate")


def test_a_flipped_bit_is_noticed(folder: Path, told: Site) -> None:
    token = person(folder, told).sign("leg", {"system": "police"}, reason="", now=NOW)
    head, _, signature = token.split(".")
    other = canonical.loads(jws.decode(token)[1]) | {"target": {"system": "oa"}}
    swapped = jws.sign(canonical.dumps(other), keys.generate("Ed25519"), {"typ": operators.TYPE})
    with pytest.raises(Forbidden, match=r"operator\.forged"):
        operators.verify(told, f"{head}.{swapped.split('.')[1]}.{signature}", role="operate")


# --- what may stand in the ledger -----------------------------------------------------------------


@pytest.mark.guarantee("G6")
@pytest.mark.parametrize(
    "reason", ["电话13800000000", "身份证 320117199001011234", "１３８００００００００"]
)
def test_a_reason_with_a_persons_number_is_refused(folder: Path, told: Site, reason: str) -> None:
    with pytest.raises(Invalid, match=r"operator\.reason-personal"):
        person(folder, told).sign("leg", {}, reason=reason, now=NOW)


def test_a_reason_that_is_needed_is_not_white_space() -> None:
    with pytest.raises(Invalid, match=r"operator\.reason-missing"):
        operators.needed_reason("  ")
