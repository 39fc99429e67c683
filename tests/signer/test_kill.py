"""``kill -9`` of the signer: what was acknowledged is on disk, what was not comes again."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from crypto import sd_jwt
from sandbox.process import ROOT

pytestmark = pytest.mark.guarantee("G1")

DIES = """
import os, pathlib, signal
from adapters import hospital
from zhida import signer, signer_desk

def die(*given, **named):
    os.kill(os.getpid(), signal.SIGKILL)

if {before}:
    signer_desk.SignerDesk._keep = die
else:
    hospital.acknowledge = die
signer.run(signer.SignerHome.read(pathlib.Path({home!r})), os.environ["ZHIDA_SIGNER_PASSWORD"])
"""


@contextmanager
def _doomed(hospital: Any, *, before: bool) -> Iterator[subprocess.Popen[bytes]]:
    """A signer that kills itself at its first message, before or after the commit."""
    code = DIES.format(before=before, home=str(hospital.home))
    env = {"ZHIDA_SIGNER_PASSWORD": hospital.district.secrets["signer"]}
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=env)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("before", [True, False])
def test_a_death_between_commit_and_acknowledgement_neither_loses_nor_doubles(
    hospital: Any, before: bool
) -> None:
    signer, count = hospital.district.signer, hospital.documents()
    signer.stop()
    born = hospital.birth()
    with _doomed(hospital, before=before) as process:
        hospital.tell(born.facts)
        assert process.wait(30) == -9
    assert hospital.documents() == count + (0 if before else 1)
    assert not hospital.all_acknowledged()
    signer.start()
    hospital.wait(hospital.all_acknowledged)
    assert hospital.documents() == count + 1
    assert hospital.fields(born.form["cszmbh"])["/mother/name"] == born.facts["mother"]["name"]
    assert hospital.audit().problems == []


def test_a_death_at_any_moment_neither_loses_nor_doubles(hospital: Any) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"\nseed {seed}", file=sys.stderr)
    chance, signer = random.Random(seed), hospital.district.signer
    told = []
    for _ in range(3):
        told += [hospital.birth() for _ in range(3)]
        for born in told[-3:]:
            hospital.tell(born.facts)
        time.sleep(chance.random() * 0.25)
        signer.kill()
        signer.start()
    hospital.wait(hospital.all_acknowledged)
    signed = [sd_jwt.verify(hospital.ask(b.form["cszmbh"]), hospital.key) for b in told]
    numbers = {each.fields["/certificate/number"] for each in signed}
    assert len(numbers) == len(told)
    assert all("supersedes" not in each.always for each in signed)
    assert hospital.documents() == len(hospital.ledger("signed"))
    assert hospital.audit().problems == []
