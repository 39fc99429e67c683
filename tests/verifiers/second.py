"""Asks the verifier in JavaScript (``tests/verifiers/node``): many bundles in one run of Node."""

import hashlib
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from exchange import times

PROGRAM = Path(__file__).parent / "node" / "verify.mjs"


@dataclass
class Second:
    """Bundles and what goes with them as files of one folder, each content once."""

    folder: Path

    def judge(self, attempts):
        """Its answer on each: dicts with ``code``, ``row``, ``why`` and ``remarks``."""
        node = shutil.which("node")
        assert node, "node is missing: tests/peers/install.sh (apt-get install nodejs)"
        jobs = "".join(json.dumps(self.job(attempt)) + "\n" for attempt in attempts)
        done = subprocess.run(
            [node, str(PROGRAM), "--batch"], input=jobs, capture_output=True, text=True, check=False
        )
        assert done.returncode in (0, 1), done.stderr
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(answers) == len(attempts), done.stderr
        return answers

    def job(self, attempt):
        """One line of its batch mode."""
        checker = attempt.checker
        told = {
            "file": self.kept(attempt.data),
            "anchors": [self.kept(each.der) for each in checker.trust.anchors],
            "stamp_anchors": [self.kept(each) for each in checker.trust.stamp_anchors],
            "crls": [self.kept(each.der) for each in checker.trust.lists],
            "hub": checker.hub,
            "at": times.stamp(checker.at),
        }
        return told | ({"head": self.kept(checker.head.encode())} if checker.head else {})

    def kept(self, data):
        """Path of a file with this content."""
        path = self.folder / hashlib.sha256(data).hexdigest()
        if not path.exists():
            path.write_bytes(data)
        return str(path)
