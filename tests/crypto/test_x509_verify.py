"""The checklist: each way in which a certificate may not be trusted, and the order of the answers."""

from datetime import timedelta

import pytest

from crypto import certificates, keys
from crypto.certificates import Revocation, issue, issue_ca, issue_crl, verify_chain
from crypto.errors import BadSignature, Expired, Malformed, Revoked, Unsupported, Untrusted
from crypto.x509_certificate import Certificate

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
SERVER_AUTH = "1.3.6.1.5.5.7.3.1"


@pytest.fixture
def now(chain):
    return chain.root.valid_from + 100 * DAY


@pytest.fixture
def dates(chain):
    return {"valid_from": chain.root.valid_from, "valid_until": chain.root.valid_until}


@pytest.fixture
def lists(chain):
    """Makes the lists of root and district, with the given certificates revoked at ``at``."""

    def make(*certificates_, at=None, **more):
        start, end = chain.root.valid_from, chain.root.valid_until
        given = {"this_update": start, "next_update": end, **more}
        entries = [Revocation(each.serial, at) for each in certificates_]
        return [
            issue_crl(chain.root, chain.root_key, entries, **given),
            issue_crl(chain.district, chain.district_key, entries, **given),
        ]

    return make


def refused(kind, code, *arguments, **keywords):
    with pytest.raises(kind) as caught:
        verify_chain(*arguments, **keywords)
    assert caught.value.code == code


def with_changes(certificate, **changes):
    parts = {name: getattr(certificate, name) for name in Certificate.__slots__}
    return Certificate(**{**parts, **changes})


def test_a_whole_chain_is_trusted(chain, now):
    verify_chain(chain.unit, [chain.district], [chain.root], at=now)


def test_order_and_surplus_of_the_intermediates_do_not_matter(chain, now, dates):
    other_key = keys.generate(chain.root_key.suite)
    other = issue_ca("别的根", other_key, dates["valid_from"], dates["valid_until"])
    verify_chain(chain.unit, [other, chain.root, chain.district], [other, chain.root], at=now)


def test_the_whole_validity_counts_with_both_its_ends(chain):
    path = (chain.unit, [chain.district], [chain.root])
    verify_chain(*path, at=chain.unit.valid_from)
    verify_chain(*path, at=chain.unit.valid_until)
    refused(Expired, "crypto.not-yet-valid", *path, at=chain.unit.valid_from - SECOND)
    refused(Expired, "crypto.certificate-expired", *path, at=chain.unit.valid_until + SECOND)


def test_an_expired_authority_spoils_what_is_below(chain, dates, now):
    early = {**dates, "valid_until": now - DAY}
    authority = {"usages": ("key_cert_sign", "crl_sign"), **early}
    public = chain.district_key.public
    district = issue("直达测试区", public, chain.root, chain.root_key, **authority)
    refused(Expired, "crypto.certificate-expired", chain.unit, [district], [chain.root], at=now)


def test_a_moment_without_zone_is_refused(chain, now):
    naive = now.replace(tzinfo=None)
    refused(Malformed, "crypto.naive-time", chain.unit, [chain.district], [chain.root], at=naive)


def test_without_anchor_or_path_nothing_is_trusted(chain, now):
    refused(Untrusted, "crypto.no-anchor", chain.unit, [chain.district], [], at=now)
    refused(Untrusted, "crypto.no-anchor", chain.unit, [], [chain.root], at=now)
    refused(Untrusted, "crypto.no-anchor", chain.unit, [chain.root, chain.district], [], at=now)


def test_an_anchor_of_the_same_name_with_another_key_is_not_the_anchor(chain, now, dates):
    impostor = issue_ca(
        "直达测试根", keys.generate(chain.root_key.suite), dates["valid_from"], dates["valid_until"]
    )
    refused(Untrusted, "crypto.no-anchor", chain.unit, [chain.district], [impostor], at=now)


def test_a_forged_signature_under_the_anchors_name_is_told(chain, now):
    forger = keys.generate(chain.root_key.suite)
    pretended = with_changes(chain.root, public_key=forger.public)
    forged = issue(
        "张小直医院",
        chain.unit_key.public,
        pretended,
        forger,
        valid_from=chain.root.valid_from,
        valid_until=chain.root.valid_until,
    )
    named = with_changes(forged, issuer_key_id=chain.root.key_id)
    refused(BadSignature, "crypto.bad-signature", named, [], [chain.root], at=now)
    refused(Untrusted, "crypto.no-anchor", forged, [], [chain.root], at=now)


def test_a_unit_cannot_issue_certificates(chain, now, dates):
    victim = issue("冒名单位", chain.unit_key.public, chain.unit, chain.unit_key, **dates)
    path = (victim, [chain.unit, chain.district], [chain.root])
    refused(Untrusted, "crypto.not-an-authority", *path, at=now)


def test_the_path_length_is_kept(chain, now, dates):
    authority = {**dates, "usages": ("key_cert_sign", "crl_sign")}
    below_key = keys.generate(chain.root_key.suite)
    below = issue("街道", below_key.public, chain.district, chain.district_key, **authority)
    unit = issue("诊所", chain.unit_key.public, below, below_key, **dates)
    path = (unit, [below, chain.district], [chain.root])
    refused(Untrusted, "crypto.path-length", *path, at=now)


def test_an_authority_does_not_sign_documents(chain, now):
    refused(Untrusted, "crypto.certificate-usage", chain.district, [], [chain.root], at=now)


def test_a_leaf_needs_the_usage_digital_signature(chain, now, dates):
    public = chain.unit_key.public
    leaf = issue("x", public, chain.root, chain.root_key, usages=("key_agreement",), **dates)
    refused(Untrusted, "crypto.certificate-usage", leaf, [], [chain.root], at=now)


def test_a_tls_certificate_signs_no_documents(chain, now, dates):
    public = chain.unit_key.public
    leaf = issue("x", public, chain.root, chain.root_key, purposes=("server_auth",), **dates)
    refused(Untrusted, "crypto.certificate-purpose", leaf, [], [chain.root], at=now)
    verify_chain(leaf, [], [chain.root], at=now, purpose=SERVER_AUTH)


def test_an_unknown_critical_extension_is_not_guessed_about(chain, now):
    strange = with_changes(chain.unit, unknown_critical=("1.2.3.4",))
    refused(
        Unsupported, "crypto.critical-extension", strange, [chain.district], [chain.root], at=now
    )


def test_a_ring_of_authorities_ends(chain, now, dates):
    one_key, two_key = (keys.generate(chain.root_key.suite) for _ in range(2))
    authority = {**dates, "usages": ("key_cert_sign", "crl_sign")}
    one = issue_ca("甲", one_key, dates["valid_from"], dates["valid_until"])
    two = issue("乙", two_key.public, one, one_key, **authority)
    ring = issue("甲", one_key.public, two, two_key, **authority)
    leaf = issue("x", chain.unit_key.public, two, two_key, **dates)
    refused(Untrusted, "crypto.no-anchor", leaf, [one, two, ring], [chain.root], at=now)


def test_a_flood_of_intermediates_is_refused(chain, now):
    flood = [chain.district] * 33
    refused(Malformed, "crypto.too-many-certificates", chain.unit, flood, [chain.root], at=now)


# --- revocation -----------------------------------------------------------------------------


@pytest.mark.parametrize("amiss", ["ended", "revoked", "too short", "may not issue"])
def test_one_good_path_is_enough(chain, now, dates, amiss):
    """A CA was renewed, of one name and key: whichever of its certificates is found first."""
    may = {"usages": ("key_cert_sign",), "path_length": 0}
    own = (chain.district_key.public, chain.root, chain.root_key)
    given = {**dates, **may, **({"valid_until": now - DAY} if amiss == "ended" else {})}
    other = issue("直达测试区", *own, **given)
    if amiss == "may not issue":
        other = with_changes(other, usages=frozenset())
    if amiss == "too short":
        other = with_changes(other, path_length=-1)
    crls = []
    if amiss == "revoked":
        entry = [Revocation(other.serial, now)]
        start, end = dates.values()
        crls = [issue_crl(chain.root, chain.root_key, entry, this_update=start, next_update=end)]
    for between in ([other, chain.district], [chain.district, other]):
        path = verify_chain(chain.unit, between, [chain.root], at=now, crls=crls)
        assert path == [chain.unit, chain.district, chain.root]
    with pytest.raises((Expired, Revoked, Untrusted)):
        verify_chain(chain.unit, [other], [chain.root], at=now, crls=crls)


def test_what_is_known_later_counts_against_the_signers_own_date(chain, now, lists):
    crls = lists(chain.unit, at=now + DAY)
    verify_chain(chain.unit, [chain.district], [chain.root], at=now, crls=crls)
    refused(
        Revoked, "crypto.revoked", chain.unit, [chain.district], [chain.root],
        at=now, crls=crls, known_at=now + DAY,
    )  # fmt: skip


def test_lists_without_the_certificate_change_nothing(chain, now, lists):
    verify_chain(chain.unit, [chain.district], [chain.root], at=now, crls=lists())


def test_a_revocation_counts_from_its_date_on(chain, now, lists):
    path = (chain.unit, [chain.district], [chain.root])
    crls = lists(chain.unit, at=now)
    verify_chain(*path, at=now - SECOND, crls=crls)
    refused(Revoked, "crypto.revoked", *path, at=now, crls=crls)
    refused(Revoked, "crypto.revoked", *path, at=now + DAY, crls=crls)


def test_a_revoked_authority_spoils_what_is_below(chain, now, lists):
    crls = lists(chain.district, at=now)[:1]
    path = (chain.unit, [chain.district], [chain.root])
    refused(Revoked, "crypto.revoked", *path, at=now, crls=crls)


def test_the_same_serial_of_another_issuer_is_another_certificate(chain, now, lists):
    of_root = lists(chain.unit, at=now - DAY)[:1]
    verify_chain(chain.unit, [chain.district], [chain.root], at=now, crls=of_root)


def test_an_outdated_list_says_nothing_about_later(chain, now, lists):
    path = (chain.unit, [chain.district], [chain.root])
    old = lists(next_update=now - DAY)
    refused(Expired, "crypto.crl-expired", *path, at=now, crls=old)
    verify_chain(*path, at=now, crls=[*old, *lists()])


def test_a_revocation_in_an_outdated_list_still_counts(chain, now, lists):
    path = (chain.unit, [chain.district], [chain.root])
    old = lists(chain.unit, at=now - 9 * DAY, next_update=now - DAY)
    refused(Revoked, "crypto.revoked", *path, at=now, crls=[*old, *lists()])


def test_a_later_list_tells_about_an_earlier_moment(chain, now, lists):
    path = (chain.unit, [chain.district], [chain.root])
    later = lists(chain.unit, at=now + DAY, this_update=now + 2 * DAY)
    verify_chain(*path, at=now, crls=later)


def test_a_forged_list_is_noticed(chain, now):
    forger = keys.generate(chain.root_key.suite)
    pretended = with_changes(chain.district, public_key=forger.public)
    dates = {"this_update": chain.root.valid_from, "next_update": chain.root.valid_until}
    forged = issue_crl(pretended, forger, **dates)
    path = (chain.unit, [chain.district], [chain.root])
    refused(BadSignature, "crypto.bad-signature", *path, at=now, crls=[forged])


def test_only_who_may_sign_lists_signs_lists(chain, now, dates):
    public = chain.district_key.public
    usages = ("key_cert_sign",)
    narrow = issue("窄", public, chain.root, chain.root_key, usages=usages, **dates)
    leaf = issue("x", chain.unit_key.public, narrow, chain.district_key, **dates)
    times = {"this_update": chain.root.valid_from, "next_update": chain.root.valid_until}
    crl = issue_crl(narrow, chain.district_key, **times)
    refused(Untrusted, "crypto.not-a-crl-signer", leaf, [narrow], [chain.root], at=now, crls=[crl])


# --- in which order the answers come -----------------------------------------------------------


def test_a_forgery_is_called_so_even_when_it_is_also_expired_and_revoked(chain, lists):
    later = chain.root.valid_until + DAY
    broken = with_changes(chain.unit, signed=chain.district.signed)
    crls = lists(chain.unit, at=chain.root.valid_from)
    path = (broken, [chain.district], [chain.root])
    refused(BadSignature, "crypto.bad-signature", *path, at=later, crls=crls)


def test_an_expired_certificate_is_called_expired_before_revoked(chain, lists):
    later = chain.root.valid_until + DAY
    crls = lists(chain.unit, at=chain.root.valid_from)
    path = (chain.unit, [chain.district], [chain.root])
    refused(Expired, "crypto.certificate-expired", *path, at=later, crls=crls)


def test_certificates_is_the_door_to_all_of_this():
    assert certificates.verify_chain is verify_chain
