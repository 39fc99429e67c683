"""Guarantee G5: two verifiers that share no code, and whatever an attacker may try, many times.

The second (``tests/verifiers/node``) was written from ``docs/evidence-format.md`` alone. Each class
of attacks is drawn anew with a seed a round; both verifiers must refuse each with one of the codes
of the document, and with the same. True bundles, odd ones among them, must pass both.
"""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.exchange.evidence.conftest import build_world
from tests.verifiers import (
    attacks_container,
    attacks_form,
    attacks_ledger,
    attacks_notes,
    attacks_p256,
    attacks_scope,
    attacks_signers,
    attacks_stamp,
    attacks_stamp_form,
    attacks_tokens,
    true_bundles,
)
from tests.verifiers.forging import ATTACKS, TRUE, Bench
from tests.verifiers.second import Second

pytestmark = pytest.mark.guarantee("G5")

MODULES = (
    attacks_container, attacks_form, attacks_ledger, attacks_notes, attacks_p256, attacks_scope, attacks_signers, attacks_stamp,
    attacks_stamp_form, attacks_tokens,
)  # fmt: skip
ROUNDS = {"": 2, "full": 200}[os.environ.get("ZHIDA_ROUNDS", "")]
CHUNK = 400
"""Bundles for one run of Node."""
SUITES = ("SM2-SM3", "Ed25519")


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    made = {suite: build_world(tmp_path_factory.mktemp("world"), suite) for suite in SUITES}
    for world in made.values():
        world.older_bundle = world.exporter().export(world.case, older=world.old_head)
        world.other_bundle = world.exporter().export(world.other)
        world.hospital_bundle = world.exporter().export(world.case, unit="hospital")
    return made


def drawn(worlds, classes, rounds):
    """Every class so many times, in turns on either suite."""
    for name, make in sorted(classes.items()):
        for number in range(rounds):
            seed = f"{name} {number}"
            attempt = make(Bench(worlds[SUITES[number % 2]], random.Random(seed)))
            attempt.seed, attempt.codes, attempt.alike = seed, make.codes, make.alike
            yield attempt


def judged(attempts, folder):
    """What either answered that the document does not; and where they differ. Both at a time."""
    wrong = []
    with ThreadPoolExecutor(1) as other:
        while chunk := list(islice(attempts, CHUNK)):
            with TemporaryDirectory(dir=folder) as own:
                second = other.submit(Second(Path(own)).judge, chunk)
                firsts = [attempt.first(folder) for attempt in chunk]
                wrong += filter(None, map(differing, chunk, firsts, second.result()))
    return wrong


def differing(attempt, first, answer):
    """None if both answered as the document does."""
    second = answer["code"]
    if {first, second} <= attempt.codes and (first == second or not attempt.alike):
        return None
    return attempt.seed, sorted(attempt.codes), first, second, answer["why"]


def test_there_are_enough_classes():
    assert len(ATTACKS) >= 40
    assert {make.__module__ for make in TRUE.values()} == {
        attacks_p256.__name__,
        attacks_scope.__name__,
        attacks_stamp.__name__,
        true_bundles.__name__,
    }
    assert all(make.codes and 0 not in make.codes for make in ATTACKS.values())


@pytest.mark.parametrize("module", MODULES, ids=lambda each: each.__name__.partition("attacks_")[2])
def test_both_verifiers_refuse_every_attack_alike(worlds, tmp_path, record_property, module):
    classes = {name: make for name, make in ATTACKS.items() if make.__module__ == module.__name__}
    assert classes
    record_property("rounds", len(classes) * ROUNDS)
    assert judged(drawn(worlds, classes, ROUNDS), tmp_path) == []


def test_both_verifiers_accept_what_is_true(worlds, tmp_path, record_property):
    record_property("rounds", len(TRUE) * ROUNDS)
    assert judged(drawn(worlds, TRUE, ROUNDS), tmp_path) == []
