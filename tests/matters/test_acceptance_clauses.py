"""The standard was not lowered: whatever is taken out of the new procedure, the proof fails and names it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from matters import acceptance_file
from matters.acceptance_clauses import LOSSES, Loss, losses
from matters.acceptance_parts import Check, Item, Procedure, Sampling, Silence

BEFORE = acceptance_file.load(acceptance_file.BEFORE)
AFTER = acceptance_file.load(acceptance_file.SHIPPED)
CHECKS = sorted(BEFORE.checks)
EVIDENCE = sorted((c, e) for c in CHECKS for e in BEFORE.checks[c].evidence)
KEPT = [(c, e) for c, e in EVIDENCE if e in AFTER.materials]
GONE = [(c, e) for c, e in EVIDENCE if e not in AFTER.materials]
LOOKERS = sorted((c, item) for c in CHECKS for item in BEFORE.checks[c].items)
PARTS = sorted((c, part) for c in CHECKS for part in BEFORE.checks[c].parts)
ON_SITE = [c for c in CHECKS if BEFORE.checks[c].on_site]
ONLY_STEEL = {"equal": {"/project/steel": True}}


def with_check(name: str, **changes: object) -> Procedure:
    changed: Check = replace(AFTER.checks[name], **changes)  # type: ignore[arg-type]
    return replace(AFTER, checks={**AFTER.checks, name: changed})


def with_item(name: str, **changes: object) -> Procedure:
    changed: Item = replace(AFTER.items[name], **changes)  # type: ignore[arg-type]
    return replace(AFTER, items={**AFTER.items, name: changed})


def test_no_clause_was_dropped() -> None:
    assert losses(BEFORE, AFTER) == ()


def test_the_proof_is_of_something() -> None:
    assert len(CHECKS) >= 60 and len(GONE) >= 46 and len(KEPT) > 100
    assert {e for _, e in GONE} == set(AFTER.dropped)


@given(st.sampled_from(CHECKS))
def test_a_check_that_is_gone_is_named(name: str) -> None:
    left = {key: each for key, each in AFTER.checks.items() if key != name}
    assert losses(BEFORE, replace(AFTER, checks=left)) == (Loss("clause-gone", name, ""),)


@given(st.sampled_from(KEPT))
def test_evidence_that_is_gone_is_named(pair: tuple[str, str]) -> None:
    """Also what that evidence stood for, if nothing else did."""
    check, name = pair
    found = losses(BEFORE, with_check(check, evidence=AFTER.checks[check].evidence - {name}))
    assert Loss("evidence-gone", check, name) in found
    stood = {e for c, e in GONE if c == check and name in AFTER.dropped[e].instead}
    assert {each.name for each in found} - {name} <= stood
    assert {each.check for each in found} == {check}


@given(st.sampled_from(GONE))
def test_what_stands_instead_is_looked_at_in_that_very_check(pair: tuple[str, str]) -> None:
    check, name = pair
    instead = AFTER.dropped[name].instead
    changed = with_check(
        check,
        evidence=AFTER.checks[check].evidence - instead,
        items=AFTER.checks[check].items - instead,
    )
    assert Loss("evidence-gone", check, name) in losses(BEFORE, changed)


@given(st.sampled_from(GONE))
def test_a_paper_dropped_without_a_word_is_named(pair: tuple[str, str]) -> None:
    check, name = pair
    left = {key: each for key, each in AFTER.dropped.items() if key != name}
    found = losses(BEFORE, replace(AFTER, dropped=left))
    assert Loss("evidence-gone", check, name) in found
    assert Loss("material-gone", "", name) in found
    bare = {**AFTER.dropped, name: replace(AFTER.dropped[name], instead=frozenset())}
    assert Loss("evidence-gone", check, name) in losses(BEFORE, replace(AFTER, dropped=bare))


@given(st.sampled_from(LOOKERS))
def test_an_item_that_looks_no_more_is_named(pair: tuple[str, str]) -> None:
    check, item = pair
    now = AFTER.merged.get(item, item)
    found = losses(BEFORE, with_check(check, items=AFTER.checks[check].items - {now}))
    assert Loss("item-left-out", check, item) in found


@given(st.sampled_from(LOOKERS))
def test_an_item_that_is_gone_is_named(pair: tuple[str, str]) -> None:
    check, item = pair
    now = AFTER.merged.get(item, item)
    left = {name: each for name, each in AFTER.items.items() if name != now}
    found = losses(BEFORE, replace(AFTER, items=left))
    assert Loss("item-gone", check, item) in found and Loss("item-gone", "", item) in found


def test_a_merger_that_is_not_told_is_a_loss() -> None:
    found = losses(BEFORE, replace(AFTER, merged={}))
    assert Loss("item-gone", "", "property-survey") in found


@given(st.sampled_from(PARTS))
def test_a_part_that_is_left_out_is_named(pair: tuple[str, str]) -> None:
    check, part = pair
    found = losses(BEFORE, with_check(check, parts=AFTER.checks[check].parts - {part}))
    assert found == (Loss("part-left-out", check, part),)


@given(st.sampled_from(ON_SITE))
def test_a_check_that_no_one_goes_out_for_is_named(name: str) -> None:
    assert losses(BEFORE, with_check(name, on_site=False)) == (Loss("site-left-out", name, ""),)


@given(st.sampled_from(CHECKS))
def test_another_clause_is_named(name: str) -> None:
    assert losses(BEFORE, with_check(name, clause="GB 1")) == (Loss("clause-changed", name, ""),)


@given(st.sampled_from(KEPT))
def test_evidence_for_fewer_buildings_is_named(pair: tuple[str, str]) -> None:
    check, name = pair
    narrow = replace(AFTER.materials[name], when=ONLY_STEEL)
    found = losses(BEFORE, replace(AFTER, materials={**AFTER.materials, name: narrow}))
    assert Loss("evidence-narrowed", check, name) in found


def test_what_stands_instead_for_fewer_buildings_is_named() -> None:
    narrow = replace(AFTER.materials["foundation-record"], when=ONLY_STEEL)
    found = losses(
        BEFORE, replace(AFTER, materials={**AFTER.materials, "foundation-record": narrow})
    )
    assert Loss("evidence-narrowed", "foundation-accepted", "foundation-self") in found


def test_a_material_that_is_gone_and_never_was_evidence_is_named() -> None:
    checks = {
        key: replace(each, evidence=each.evidence - {"indoor-air"})
        for key, each in BEFORE.checks.items()
    }
    left = {key: each for key, each in AFTER.materials.items() if key != "indoor-air"}
    found = losses(replace(BEFORE, checks=checks), replace(AFTER, materials=left))
    assert found == (Loss("material-gone", "", "indoor-air"),)


@given(st.sampled_from(sorted(BEFORE.items)))
def test_an_item_for_fewer_buildings_is_named(item: str) -> None:
    found = losses(BEFORE, with_item(AFTER.merged.get(item, item), when=ONLY_STEEL))
    assert Loss("item-narrowed", "", item) in found


def test_less_sampling_is_named() -> None:
    name = "quality-supervision"
    old = AFTER.items[name].sampling
    assert old is not None
    for less in (replace(old, percent=9), replace(old, at_least=2), replace(old, of="/project/x")):
        assert losses(BEFORE, with_item(name, sampling=less)) == (Loss("sampling-less", "", name),)
    assert losses(BEFORE, with_item(name, sampling=None)) == ()
    assert losses(BEFORE, with_item(name, sampling=Sampling(old.of, old.title, 20, 5))) == ()


def test_silence_that_says_more_than_it_did_is_named() -> None:
    says = Silence("no-objection", "示例")
    found = losses(BEFORE, with_item("special-opinions", silence=says))
    assert found == (Loss("silence-more", "", "special-opinions"),)


def test_work_that_nobody_delegated_is_named() -> None:
    left = tuple(each for each in AFTER.delegations if each.of != "fire")
    found = losses(BEFORE, replace(AFTER, delegations=left))
    assert found == (Loss("not-delegated", "", "fire-inspection"),)
    assert losses(BEFORE, with_item("defence-equipment", on_behalf_of=())) == (
        Loss("not-delegated", "", "defence-equipment"),
    )


def test_stricter_is_no_loss() -> None:
    wider = with_check("piles", on_site=True, parts=AFTER.checks["piles"].parts | {"structure"})
    assert losses(BEFORE, wider) == ()
    assert losses(BEFORE, with_item("gas-connection", when=None)) == ()


def test_every_loss_has_its_words() -> None:
    assert all(LOSSES.values()) and len(LOSSES) == 13
