"""Who signed what: the certificate decides, the header chooses nothing, and each check has its own answer."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from crypto import base64url, jws, keys
from exchange.errors import Forbidden, Invalid, ZhidaError
from tests.zhida import finance_stores
from tests.zhida.finance_town import BUYER, FROM, SELLER, UNTIL, Authority, Firm, Place, letter, x5c
from zhida import finance_token
from zhida.finance_token import LETTER, REVOCATION

place = finance_stores.place


def read(place: Place, token: str) -> finance_token.Signed:
    return finance_token.read(place.rules, token, LETTER, now=place.clock())


def code(place: Place, token: str) -> str:
    with pytest.raises(ZhidaError) as caught:
        read(place, token)
    return caught.value.code


def header(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64url.decode(token.partition(".")[0]))
    return found


@pytest.mark.parametrize("suite", ["SM2-SM3", "Ed25519"])
def test_a_firm_signs_with_its_own_certificate(place: Place, suite: str) -> None:
    authority = Authority.make(suite, suite)
    (place.trust / "second.pem").write_bytes(authority.certificate.pem)
    token = Firm(SELLER, authority, keys.generate(suite)).letter()
    found = read(place, token)
    assert (found.uscc, found.record["number"], found.token) == (SELLER, "L1", token)


def test_the_chain_may_lead_over_another_authority(place: Place) -> None:
    middle = place.authority.below()
    key = keys.generate("SM2-SM3")
    leaf = middle.issue("示例企业", key, attributes={"serial_number": SELLER})
    assert (
        read(place, Firm(SELLER, middle, key, [leaf, middle.certificate]).letter()).uscc == SELLER
    )
    assert code(place, Firm(SELLER, middle, key, [leaf]).letter()) == "finance.untrusted"


# --- form -------------------------------------------------------------------------------------


def test_what_is_no_token_is_told_as_such(place: Place) -> None:
    good = place.firm.letter()
    for bad in ("", "a.b", good + "\n", good.replace(".", "..", 1), "证" + good, good[:-3]):
        assert code(place, bad) == "finance.token-form"
    assert code(place, "x" * (finance_token.LARGEST + 1)) == "finance.token-form"


def test_a_revocation_is_no_letter(place: Place) -> None:
    assert code(place, place.firm.sign(letter(), REVOCATION)) == "finance.token-type"
    assert code(place, place.firm.sign(letter(), LETTER, typ=None)) == "finance.token-type"


def test_one_text_has_one_meaning(place: Place) -> None:
    pretty = json.dumps(letter(), ensure_ascii=False, indent=1).encode()
    assert code(place, place.firm.sign_bytes(pretty, LETTER)) == "finance.not-canonical"
    assert code(place, place.firm.sign_bytes(b"[]", LETTER)) == "finance.not-canonical"
    for bad in (b"{", b'{"a":1,"a":1}', b'{"a":1.5}', b'{"a":null}', b"\xff"):
        assert code(place, place.firm.sign_bytes(bad, LETTER)) == "finance.token-form"


def test_the_chain_is_plain_base64_of_certificates(place: Place) -> None:
    good = x5c(place.firm.chain)
    pem = base64.b64encode(place.firm.chain[0].pem).decode()
    for bad in (
        None,
        [],
        "x",
        [1],
        [pem],
        ["!"],
        [*good, "AAAA"],
        good * (finance_token.LONGEST + 1),
    ):
        assert code(place, place.firm.sign(letter(), LETTER, x5c=bad)) == "finance.no-chain"


def test_only_our_suites_count_and_the_header_brings_no_key(place: Place) -> None:
    head, payload, signature = place.firm.letter().split(".")
    for change in (
        {"alg": "none"},
        {"alg": "HS256"},
        {"jwk": {}},
        {"x5u": "https://x"},
        {"crit": ["x"]},
    ):
        told = base64url.encode(json.dumps(header(f"{head}..") | change).encode())
        assert code(place, f"{told}.{payload}.{signature}") == "finance.token-form"


# --- trust ------------------------------------------------------------------------------------


def test_an_authority_that_the_site_does_not_name_counts_for_nothing(place: Place) -> None:
    stranger = Authority.make()  # of the same name
    assert code(place, Firm(SELLER, stranger).letter()) == "finance.untrusted"
    own = Firm(SELLER, stranger, chain=[])
    own.chain.append(stranger.certificate)  # it brings its root along
    assert code(place, own.letter()) == "finance.untrusted"


def test_the_certificate_is_valid_now(place: Place) -> None:
    key, told = keys.generate("SM2-SM3"), {"serial_number": SELLER}
    for years in (
        {"valid_until": place.clock() - timedelta(seconds=1)},
        {"valid_from": place.clock() + timedelta(seconds=1)},
    ):
        chain = [place.authority.issue("示例企业", key, attributes=told, **years)]
        assert (
            code(place, Firm(SELLER, place.authority, key, chain).letter())
            == "finance.certificate-time"
        )


def test_a_revoked_certificate_counts_no_more_from_when_the_list_is_there(place: Place) -> None:
    rules, token = place.rules, place.firm.letter()
    finance_token.read(rules, token, LETTER, now=place.clock())
    (place.trust / "ca.crl").write_bytes(place.authority.crl(place.firm.chain[0]))
    with pytest.raises(Forbidden) as caught:  # the rules were read before
        finance_token.read(rules, token, LETTER, now=place.clock())
    assert caught.value.code == "finance.certificate-revoked"
    (place.trust / "ca.crl").write_bytes(place.authority.crl())
    assert read(place, token).uscc == SELLER
    (place.trust / "ca.crl").write_bytes(
        place.authority.crl(until=place.clock() - timedelta(days=1))
    )
    assert code(place, token) == "finance.crl-stale"


@pytest.mark.parametrize(
    "more",
    [
        {"usages": ("key_agreement",)},
        {"purposes": ("server_auth",)},
        {"usages": ("key_cert_sign",)},
    ],
)
def test_it_is_a_certificate_for_signatures(place: Place, more: dict[str, Any]) -> None:
    key = keys.generate("SM2-SM3")
    chain = [place.authority.issue("示例企业", key, attributes={"serial_number": SELLER}, **more)]
    assert (
        code(place, Firm(SELLER, place.authority, key, chain).letter())
        == "finance.certificate-usage"
    )


def test_an_rsa_certificate_is_told_as_such(place: Place) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, SELLER)])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(7)
    made = made.public_key(key.public_key()).not_valid_before(FROM).not_valid_after(UNTIL)
    der = made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    token = place.firm.sign(letter(), LETTER, x5c=[base64.b64encode(der).decode()])
    assert code(place, token) == "finance.certificate-kind"


# --- the firm ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attributes",
    [
        {"serial_number": SELLER},
        {"organization_identifier": SELLER},
        {"organization_identifier": f"NTRCN-{SELLER}"},
        {"organizational_unit_name": SELLER},
        {"organizational_unit_name": "财务部", "serial_number": SELLER},
        {"organizational_unit_name": SELLER, "serial_number": SELLER},
    ],
)
def test_the_code_stands_where_its_ca_has_put_it(place: Place, attributes: dict[str, str]) -> None:
    key = keys.generate("SM2-SM3")
    chain = [place.authority.issue("示例企业", key, attributes=attributes)]
    assert read(place, Firm(SELLER, place.authority, key, chain).letter()).uscc == SELLER


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"serial_number": SELLER[:-1] + ("0" if SELLER[-1] != "0" else "1")},
        {"serial_number": SELLER.lower()},
        {"organizational_unit_name": BUYER, "serial_number": SELLER},
    ],
)
def test_none_or_two_are_nobody(place: Place, attributes: dict[str, str]) -> None:
    key = keys.generate("SM2-SM3")
    chain = [place.authority.issue("示例企业", key, attributes=attributes)]
    token = Firm(SELLER, place.authority, key, chain).letter()
    assert code(place, token) == "finance.no-uscc"


def test_a_name_is_no_code(place: Place) -> None:
    key = keys.generate("SM2-SM3")
    chain = [place.authority.issue(SELLER, key, organization=SELLER)]
    assert code(place, Firm(SELLER, place.authority, key, chain).letter()) == "finance.no-uscc"


def test_nobody_signs_for_another_firm(place: Place) -> None:
    forged = letter(grantor={"uscc": BUYER, "name": "别的企业"})
    assert code(place, place.firm.sign(forged, LETTER)) == "finance.other-grantor"


# --- the signature ----------------------------------------------------------------------------


def test_the_key_is_the_certificates(place: Place) -> None:
    thief = Firm(SELLER, place.authority, chain=place.firm.chain)  # with another key
    assert code(place, thief.letter()) == "finance.signature"
    other_suite = Firm(SELLER, place.authority, keys.generate("Ed25519"), place.firm.chain)
    assert code(place, other_suite.letter()) == "finance.signature"
    head, _, signature = place.firm.letter().split(".")
    payload = base64url.encode(
        json.dumps({"grantor": {"uscc": SELLER}}, separators=(",", ":")).encode()
    )
    assert code(place, f"{head}.{payload}.{signature}") == "finance.signature"


def test_a_token_need_not_name_its_key(place: Place) -> None:
    """As other programs write it: no ``kid``."""
    told = {"typ": LETTER.type, "x5c": x5c(place.firm.chain), "alg": "SM2-SM3"}
    payload = place.firm.letter().split(".")[1]
    text = f"{base64url.encode(json.dumps(told).encode())}.{payload}"
    token = f"{text}.{base64url.encode(place.firm.key.sign(text.encode()))}"
    assert read(place, token).uscc == SELLER
    assert jws.decode(token)[0].get("kid") is None


def test_what_is_wrong_first_is_told_first(place: Place) -> None:
    """Form, trust, firm, signature."""
    stranger = Authority.make()
    nobody = Firm(BUYER, stranger, chain=[stranger.issue("无名", keys.generate("SM2-SM3"))])
    assert code(place, nobody.sign(letter(), REVOCATION)) == "finance.token-type"
    assert code(place, nobody.sign(letter(), LETTER)) == "finance.untrusted"
    nameless = Firm(
        BUYER, place.authority, chain=[place.authority.issue("无名", keys.generate("SM2-SM3"))]
    )
    assert code(place, nameless.sign(letter(), LETTER)) == "finance.no-uscc"
    with pytest.raises(Invalid):
        read(place, "x")
