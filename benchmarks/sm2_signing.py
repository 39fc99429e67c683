"""SM2: signatures a second through our provider, against ``openssl speed`` on the same core."""

from __future__ import annotations

import re
import subprocess

from benchmarks.measure import PAIRS, Result, Sample, compared, rates, timed
from crypto import keys, sm2

_MESSAGE = bytes(range(256)) * 4
_COUNT = 2000


def run() -> Result:
    """1 KiB messages (openssl signs 20 bytes): the extra hashing is ours to bear."""
    key = keys.generate("SM2-SM3")

    def sign() -> int:
        for _ in range(_COUNT):
            key.sign(_MESSAGE)
        return _COUNT

    sign()
    samples = [(timed(sign), openssl()) for _ in range(PAIRS)]
    ours, cpu = rates([mine for mine, _ in samples])
    result = Result("SM2", "SM2 签名 signature", "签名", "≥ 0.7 ×", ours, cpu)
    result.reference = "openssl speed sm2"
    result.notes = [sm2.provider().name, "goal of our own: speed.md sets none"]
    return compared(result, samples, 0.7)


def openssl() -> Sample:
    """Signatures that ``openssl speed`` makes in a second on one core."""
    command = ["openssl", "speed", "-elapsed", "-seconds", "1", "sm2"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = re.search(r"(\d+) 256 bits CurveSM2 signs in ([0-9.]+)s", done.stderr)
    if found is None:
        raise RuntimeError("this openssl has no SM2: install Debian's openssl")
    seconds = float(found[2])
    return Sample(int(found[1]), seconds, seconds)
