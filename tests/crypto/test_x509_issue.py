from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography import x509

from crypto import certificates, keys
from crypto.errors import BadKey, Malformed

DAY = timedelta(days=1)
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))


@pytest.fixture
def dates(chain):
    return {"valid_from": chain.root.valid_from, "valid_until": chain.root.valid_until}


def test_a_root_is_an_authority_that_names_itself(chain):
    root = chain.root
    assert root.subject == root.issuer
    assert root.authority
    assert root.usages == {"key_cert_sign", "crl_sign"}
    assert root.key_id == root.issuer_key_id
    root.signed.check(chain.root_key.public)


def test_a_unit_certificate_says_what_it_was_issued_for(chain):
    unit = chain.unit
    assert (unit.common_name, unit.organization) == ("张小直医院", "张小直医院")
    assert unit.public_key == chain.unit_key.public
    assert not unit.authority
    assert unit.usages == {"digital_signature"}
    assert unit.issuer_key_id == chain.district.key_id
    assert (unit.valid_from, unit.valid_until) == (chain.root.valid_from, chain.root.valid_until)


def test_serial_numbers_are_random_unless_given(chain, dates):
    def issue(**more):
        public = chain.unit_key.public
        return certificates.issue("单位", public, chain.root, chain.root_key, **dates, **more)

    assert issue().serial != issue().serial
    assert issue(serial=0xABC).serial == "abc"


@pytest.mark.parametrize("year", [2049, 2050, 2099])
def test_dates_on_both_sides_of_2050_are_kept(chain, year):
    until = chain.root.valid_until.replace(year=year)
    root = certificates.issue_ca("根", chain.root_key, chain.root.valid_from, until)
    assert root.valid_until == until


def test_microseconds_are_cut_and_other_zones_understood(chain):
    start = chain.root.valid_from.astimezone(CHINA).replace(microsecond=5)
    root = certificates.issue_ca("根", chain.root_key, start, chain.root.valid_until)
    assert root.valid_from == chain.root.valid_from


def test_tls_certificates_name_hosts_and_purposes(chain, dates):
    made = certificates.issue(
        "签名机",
        chain.unit_key.public,
        chain.root,
        chain.root_key,
        purposes=("server_auth", "client_auth"),
        hosts=("signer.hospital.example", "127.0.0.1", "::1"),
        **dates,
    )
    parsed = x509.load_der_x509_certificate(made.der)
    names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["signer.hospital.example"]
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == [
        "127.0.0.1",
        "::1",
    ]
    assert made.purposes == {"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"}


def test_a_key_that_is_not_the_issuers_signs_nothing(chain, dates):
    with pytest.raises(BadKey):
        certificates.issue("x", chain.unit_key.public, chain.root, chain.unit_key, **dates)
    with pytest.raises(BadKey):
        certificates.issue_crl(
            chain.root, chain.unit_key, this_update=chain.root.valid_from, next_update=END
        )


@pytest.mark.parametrize("name", ["", "长" * 65])
def test_names_that_a_certificate_cannot_hold_are_refused(chain, name):
    with pytest.raises(Malformed):
        certificates.issue_ca(name, chain.root_key, START, END)


def test_times_without_zone_or_order_are_refused(chain):
    with pytest.raises(Malformed):
        certificates.issue_ca("x", chain.root_key, START.replace(tzinfo=None), END)
    with pytest.raises(Malformed):
        certificates.issue_ca("x", chain.root_key, END, START)
    with pytest.raises(Malformed):
        certificates.issue_crl(chain.root, chain.root_key, this_update=END, next_update=START)


@pytest.mark.parametrize(
    "wrong",
    [
        {"usages": ("sign_everything",)},
        {"purposes": ("world_domination",)},
        {"serial": 0},
        {"serial": -1},
        {"serial": 2**160},
        {"usages": ("key_cert_sign",), "path_length": -1},
        {"hosts": ("\udc80",)},
    ],
)
def test_contents_that_no_certificate_has_are_refused(chain, dates, wrong):
    with pytest.raises(Malformed):
        certificates.issue("x", chain.unit_key.public, chain.root, chain.root_key, **dates, **wrong)


def test_a_list_names_the_revoked_with_date_and_reason(chain):
    revoked = [
        certificates.Revocation("ab12", START + DAY, "key_compromise"),
        certificates.Revocation("1", START + 2 * DAY),
    ]
    made = certificates.issue_crl(
        chain.root, chain.root_key, revoked, this_update=START, next_update=END, number=7
    )
    assert made.revoked == {"ab12": START + DAY, "1": START + 2 * DAY}
    assert (made.this_update, made.next_update) == (START, END)
    assert certificates.load_crl(made.pem) == made
    made.signed.check(chain.root_key.public)
    parsed = x509.load_der_x509_crl(made.der)
    assert parsed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 7
    entry = parsed.get_revoked_certificate_by_serial_number(0xAB12)
    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    assert reason == x509.ReasonFlags.key_compromise


def test_an_empty_list_is_a_list(chain):
    made = certificates.issue_crl(chain.root, chain.root_key, this_update=START, next_update=END)
    assert made.revoked == {}


@pytest.mark.parametrize(("serial", "reason"), [("xyz", "unspecified"), ("1", "boredom")])
def test_revocations_that_no_list_can_hold_are_refused(chain, serial, reason):
    with pytest.raises(Malformed):
        certificates.issue_crl(
            chain.root,
            chain.root_key,
            [certificates.Revocation(serial, START, reason)],
            this_update=START,
            next_update=END,
        )


def test_a_root_may_certify_a_key_of_the_other_suite(chain, suite, dates):
    other = keys.generate({"SM2-SM3": "Ed25519", "Ed25519": "SM2-SM3"}[suite])
    made = certificates.issue("x", other.public, chain.root, chain.root_key, **dates)
    certificates.verify_chain(made, [], [chain.root], at=START)
    assert made.public_key == other.public
