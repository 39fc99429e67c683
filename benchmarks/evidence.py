"""S11: a bundle of evidence verified, against ``openssl`` verifying as many SM2 signatures in a loop.

Ours is the whole checklist of ``docs/evidence-format.md`` on the bundle of its worked example: container,
digests, forms, paths in the tree, disclosures, certificates, dates. The reference checks nothing but
signatures, as many as the bundle has different ones, inside one process of ``openssl speed``: to call
the program once for each, as an auditor's script would, takes it much longer.

Both are one thread that waits for nothing, so what is compared is CPU seconds: ``openssl speed`` counts its
own, and so a busy machine changes neither side.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from benchmarks.measure import PAIRS, Result, Sample, compared, rates, timed
from crypto import certificates, keys
from exchange.evidence_trust import Trust
from exchange.evidence_verify import Checker, verify

_EXAMPLE = Path(__file__).parents[1] / "docs" / "evidence-example"
_AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
_COUNT = 40


def run() -> Result:
    """The same bundle again and again; of one round nothing is kept for the next but loaded keys."""
    data = (_EXAMPLE / "SM2-SM3.zip").read_bytes()
    root = certificates.load((_EXAMPLE / "SM2-SM3.crt").read_bytes())
    checker = Checker(Trust((root,)), _AT)
    with _counted() as asked:
        verify(data, checker)
    wanted = len(set(asked))

    def check() -> int:
        for _ in range(_COUNT):
            verify(data, checker)
        return _COUNT

    check()
    samples = [(_by_cpu(timed(check)), _openssl(wanted)) for _ in range(PAIRS)]
    ours, cpu = rates([mine for mine, _ in samples])
    result = Result("S11", "核验证据包 bundle of evidence", "份/CPU 秒", "≥ 0.5 ×", ours, cpu)
    result.reference = f"openssl: its {wanted} signatures only"
    result.notes = [f"{len(asked)} signatures verified, {wanted} different ones; {len(data)} bytes"]
    return compared(result, samples, 0.5)


@contextmanager
def _counted() -> Iterator[list[tuple[bytes, bytes, bytes]]]:
    """Every signature that is asked about."""
    asked: list[tuple[bytes, bytes, bytes]] = []
    real = keys.PublicKey.verify

    def noted(self: keys.PublicKey, signature: bytes, data: bytes) -> None:
        asked.append((self.raw, signature, data))
        real(self, signature, data)

    with patch.object(keys.PublicKey, "verify", noted):
        yield asked


def _by_cpu(sample: Sample) -> Sample:
    return Sample(sample.units, sample.cpu, sample.cpu)


def _openssl(wanted: int) -> Sample:
    """Bundles whose signatures ``openssl speed`` verifies in a second of its CPU time."""
    command = ["openssl", "speed", "-seconds", "1", "sm2"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = re.search(r"(\d+) 256 bits CurveSM2 verify in ([0-9.]+)s", done.stderr)
    if found is None:
        raise RuntimeError("this openssl has no SM2: install Debian's openssl")
    seconds = float(found[2])
    return Sample(max(1, int(found[1]) // wanted), seconds, seconds)
