"""Keys change by two people only, one step after the other, and never back (G9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crypto import certificates, keys
from exchange import audit, canonical
from exchange.errors import Forbidden, Rejected
from exchange.problems import describe
from exchange.store import ledger_rows, proposal_rows, trust_rows
from tests.keys.conftest import both
from tests.keys.key_office import DAY, HOUR, KeyOffice
from zhida import key_book, key_files, proposals
from zhida.key_book import ADD, IMPORT, REMOVE, ROTATE, WITHDRAW
from zhida.proposals import Wish

pytestmark = pytest.mark.guarantee("G9")


def refusal(run: Any, *arguments: Any, kind: type[Exception] = Rejected) -> str:
    with pytest.raises(kind) as caught:
        run(*arguments)
    what, remedy = describe(caught.value.code, caught.value.facts)  # type: ignore[attr-defined]
    assert remedy
    assert "?" not in what
    return str(caught.value.code)  # type: ignore[attr-defined]


@both
def test_a_new_key_signs_after_two_people_said_so_and_the_old_ones_word_stays(
    office: KeyOffice,
) -> None:
    first = office.hub.signer.kid
    before = office.keep(office.signed(office.hub.signer, "hub"))
    key = office.new_hub_key()
    assert office.hub.signer.kid == first
    proposal = office.propose(ROTATE, key.kid)
    assert office.hub.signer.kid == first
    office.approve(proposal)
    assert office.hub.signer.kid == key.kid
    after = office.keep(office.signed(office.hub.signer, "hub"))
    office.reopen()
    assert office.hub.signer.kid == key.kid
    assert office.hub.archive.get(before.id).fields == office.hub.archive.get(after.id).fields
    found = audit.verify(office.hub.store, office.hub.trust.hub_keys(), office.hub.site.name)
    assert found.problems == []
    with office.hub.store.read() as connection:
        [*_, row] = ledger_rows.entries_of(connection, key_book.KIND, key_book.REF)
        told = canonical.loads(row.body)
        assert (told["action"], told["item"], len(told["tokens"])) == (ROTATE, key.kid, 2)


def test_the_head_over_the_change_is_the_new_keys(office: KeyOffice) -> None:
    key = office.rotate()
    with office.hub.store.read() as connection:
        head = ledger_rows.head(connection)
    assert head is not None
    from crypto import jws

    jws.verify(head.token, key.public)


def test_nobody_does_it_alone(office: KeyOffice) -> None:
    key = office.new_hub_key()
    proposal = office.propose(ROTATE, key.kid)
    own = office.person("wang", "approve")
    assert refusal(proposals.approve, office.hub, own, proposal, kind=Forbidden) == (
        "proposal.same-person"
    )
    assert office.hub.signer.kid != key.kid


def test_there_is_no_way_back_to_a_key_that_was_followed(office: KeyOffice) -> None:
    first = office.hub.signer.kid
    office.rotate()
    assert refusal(office.propose, ROTATE, first) == "key.used-before"
    assert refusal(office.propose, ROTATE, office.hub.signer.kid) == "key.used-before"


def test_what_signs_now_is_not_withdrawn_and_what_is_withdrawn_never_signs(
    office: KeyOffice,
) -> None:
    first, spare = office.hub.signer.kid, office.new_hub_key()
    assert refusal(office.propose, WITHDRAW, first) == "key.signs-now"
    assert refusal(office.propose, WITHDRAW, office.root.public_key.kid) == "key.signs-now"
    office.withdraw(spare.kid)
    assert refusal(office.propose, ROTATE, spare.kid) == "key.withdrawn-already"
    assert refusal(office.propose, WITHDRAW, spare.kid) == "key.withdrawn-already"


@pytest.mark.parametrize(
    ("start", "end"), [(-timedelta(minutes=5), DAY), (-12 * HOUR, timedelta(minutes=5))]
)
def test_a_key_is_not_taken_at_the_edge_of_its_time(
    office: KeyOffice, start: timedelta, end: timedelta
) -> None:
    """A worker whose clock is ten minutes off would sign outside the certificate."""
    key = office.new_hub_key(start=start, end=end)
    assert refusal(office.propose, ROTATE, key.kid) == "key.not-now"


def test_a_certificate_is_let_in_only_for_a_unit_under_an_anchor_now_and_once(
    office: KeyOffice,
) -> None:
    public = keys.generate(office.suite).public
    assert refusal(office.propose, IMPORT, "0" * 64) == "key.no-certificate"
    stranger = office.handed(office.certificate("hospitl", public))
    assert refusal(office.propose, IMPORT, stranger) == "key.no-unit"
    late = office.handed(office.certificate("hospital", public, start=-9 * HOUR, end=-HOUR))
    assert refusal(office.propose, IMPORT, late) == "key.untrusted"
    early = office.handed(office.certificate("hospital", public, start=HOUR))
    assert refusal(office.propose, IMPORT, early) == "key.untrusted"
    assert refusal(office.propose, IMPORT, office.handed(office.hospital())) == "key.known"
    assert refusal(office.propose, ROTATE, public.kid) == "key.unknown"


def test_no_certificate_brings_a_unit_down_to_another_algorithm(office: KeyOffice) -> None:
    from sandbox import pki

    other = "SM2-SM3" if office.suite == "Ed25519" else "Ed25519"
    root, root_key = pki.root_of(office.folder, other)
    dates = {"valid_from": office.now - HOUR, "valid_until": office.now + DAY}
    for unit in ("hub", "hospital"):
        found = certificates.issue(unit, keys.generate(other).public, root, root_key, **dates)
        assert refusal(office.propose, IMPORT, office.handed(found)) == "key.other-suite"


def test_without_its_file_a_key_is_not_taken(office: KeyOffice) -> None:
    key = office.new_hub_key()
    next(key_files.folder(office.var).glob("*.key")).unlink()
    assert refusal(office.propose, ROTATE, key.kid) == "key.no-file"


def test_a_units_new_certificate_is_good_in_a_hub_that_runs_and_beside_the_old_one(
    office: KeyOffice,
) -> None:
    fresh = keys.generate(office.suite)
    with pytest.raises(Forbidden, match=r"certificate\.unknown"):
        office.keep(office.signed(fresh))
    office.two(IMPORT, office.handed(office.certificate("hospital", fresh.public)))
    office.keep(office.signed(fresh))
    office.keep(office.signed(office.hospital_key()))


def test_an_authority_is_trusted_by_two_people_and_no_more_when_they_say_so(
    office: KeyOffice,
) -> None:
    own = keys.generate(office.suite)
    ca = certificates.issue_ca("区卫健 CA", own, office.now - HOUR, office.now + 99 * DAY)
    fresh = keys.generate(office.suite)
    dates = {"valid_from": office.now - HOUR, "valid_until": office.now + DAY}
    leaf = office.handed(certificates.issue("hospital", fresh.public, ca, own, **dates))
    assert refusal(office.propose, IMPORT, leaf) == "key.untrusted"
    assert refusal(office.propose, ADD, office.handed(office.hospital())) == "trust.not-ca"
    assert refusal(office.propose, ADD, office.handed(office.root)) == "trust.known"
    old = certificates.issue_ca("旧 CA", own, office.now - 9 * HOUR, office.now - HOUR)
    assert refusal(office.propose, ADD, office.handed(old)) == "trust.not-valid"
    office.two(ADD, office.handed(ca))
    office.two(IMPORT, leaf)
    office.keep(office.signed(fresh))
    office.two(REMOVE, office.handed(ca))
    with pytest.raises(Forbidden, match=r"certificate\.unknown"):
        office.keep(office.signed(fresh))
    assert [each.code for each in office.hub.trust.now().problems] == ["key.untrusted"]
    assert refusal(office.propose, REMOVE, office.handed(ca)) == "trust.not-added"


# --- who can write the database, and has no operator's key ------------------------------------


def test_a_decision_that_nobody_signed_or_one_person_did_does_not_count(office: KeyOffice) -> None:
    key = office.new_hub_key()
    proposal = office.propose(ROTATE, key.kid)
    with office.hub.store.read() as connection:
        row = proposal_rows.get(connection, proposal)
    assert row is not None
    wang = office.person("wang")
    about = {"proposal": row.id, "action": ROTATE, "target": row.target}
    alone = wang.sign("approve", about, reason="", now=office.now)
    entry = key_book.entry(office.hub.site, (row.proposed_token, alone))
    office.hub.ledger.commit(lambda _: [entry])
    assert office.hub.signer.kid != key.kid
    [problem] = office.hub.trust.now().problems
    assert (problem.code, problem.facts["reason"]) == ("key.not-genuine", "proposal.same-person")


@pytest.mark.parametrize(
    ("changed", "genuine"),
    [
        ({}, True),
        ({"item": "0" * 43}, False),
        ({"reason": "例行"}, False),
        ({"since": "2020-01-01T00:00:00.000000Z"}, False),
        ({"action": WITHDRAW}, False),
        ({"about": {"proposal": "p" * 26}}, False),
        ({"about": {"target": "{}"}}, False),
        ({"word": "cancel"}, False),
    ],
)
def test_two_people_s_words_count_only_for_what_they_say(
    office: KeyOffice, changed: dict[str, Any], genuine: bool
) -> None:
    told = dict(changed)
    key = office.new_hub_key()
    proposal = office.propose(ROTATE, key.kid)
    with office.hub.store.read() as connection:
        row = proposal_rows.get(connection, proposal)
    assert row is not None
    about = {"proposal": row.id, "action": ROTATE, "target": row.target, **told.pop("about", {})}
    li = office.person("li", "approve")
    second = li.sign(told.pop("word", "approve"), about, reason="", now=office.now)
    entry = key_book.entry(office.hub.site, (row.proposed_token, second))
    entry = replace(entry, details={**(entry.details or {}), **told})
    office.hub.ledger.commit(lambda _: [entry])
    assert (office.hub.signer.kid == key.kid) is genuine
    reasons = [(each.code, each.facts["reason"]) for each in office.hub.trust.now().problems]
    assert reasons == ([] if genuine else [("key.not-genuine", "operator.forged")])


def test_a_decision_about_another_key_or_a_second_time_does_not_count(office: KeyOffice) -> None:
    own = keys.generate(office.suite)
    ca = certificates.issue_ca("CA", own, office.now - HOUR, office.now + 99 * DAY)
    office.two(ADD, office.handed(ca))
    with office.hub.store.read() as connection:
        [row] = ledger_rows.entries_of(connection, key_book.KIND, key_book.REF)
    told = {k: v for k, v in canonical.loads(row.body).items() if k not in ("kind", "ref", "at")}
    office.two(REMOVE, office.handed(ca))
    from exchange.ledger import Entry

    for changed in (told, told | {"item": "0" * 64}, told | {"tokens": ["", ""]}, {}):
        office.hub.ledger.commit(lambda _, c=changed: [Entry("key", "keys", details=c)])
    state = office.hub.trust.now()
    assert state.book.anchors == ()
    assert [each.code for each in state.problems] == ["key.not-genuine"] * 4


def test_a_certificate_exchanged_in_the_store_does_not_count(office: KeyOffice) -> None:
    fresh = keys.generate(office.suite)
    name = office.handed(office.certificate("hospital", fresh.public))
    office.two(IMPORT, name)
    from sqlalchemy import delete

    from exchange.store.trust_tables import certificate

    with office.hub.store.write() as connection:
        connection.execute(delete(certificate))
        other = office.certificate("hospital", keys.generate(office.suite).public)
        trust_rows.put_certificate(connection, name, other.pem.decode())
    office.reopen()
    with pytest.raises(Forbidden, match=r"certificate\.unknown"):
        office.keep(office.signed(fresh))
    assert [each.code for each in office.hub.trust.now().problems] == ["key.certificate-gone"]


def test_an_operator_who_has_left_keeps_his_word_and_gives_no_more(office: KeyOffice) -> None:
    key = office.rotate()
    path = office.folder / "site/operators/wang.yaml"
    path.write_text(path.read_text("utf-8").replace("[operate, approve]", "[former]"), "utf-8")
    office.reopen()
    assert office.hub.signer.kid == key.kid
    assert refusal(office.propose, WITHDRAW, key.kid, kind=Forbidden) == "operator.no-role"
    path.unlink()
    office.reopen()
    assert office.hub.signer.kid != key.kid
    assert {each.code for each in office.hub.trust.now().problems} == {"key.not-genuine"}


def test_a_proposal_whose_key_has_changed_meanwhile_is_not_done(office: KeyOffice) -> None:
    one, other = office.new_hub_key(), office.new_hub_key()
    late = office.propose(WITHDRAW, one.kid)
    office.two(ROTATE, one.kid)
    assert refusal(office.approve, late) == "key.signs-now"
    assert office.hub.signer.kid == one.kid
    office.two(ROTATE, other.kid)


def test_who_was_revoked_proposes_nothing(office: KeyOffice) -> None:
    office.want_lists()
    held = certificates.load((office.folder / "site/keys/operators/wang.crt").read_bytes())
    office.publish(office.crl(held))
    assert office.look() == ""
    assert refusal(office.propose, WITHDRAW, "x", kind=Forbidden) == "certificate.revoked"
    assert proposals.propose(
        office.hub,
        office.person("li"),
        Wish(WITHDRAW, "", office.hospital().public_key.kid, "泄露"),
    ).id
