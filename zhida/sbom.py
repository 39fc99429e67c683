"""``python -m zhida.sbom LOCK [PACKAGES]``: the bill of materials, CycloneDX 1.6, the same bytes for the same lock.

Out of the lock file and not out of an environment: it names the files that may be installed, by their
hashes, and nothing that happens to be there besides.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from zhida import supply
from zhida.licence_words import UNKNOWN
from zhida.supply import Package
from zhida.version import VERSION


def bill(found: Sequence[Package], digest: str) -> dict[str, Any]:
    """The document. ``digest``: of the lock file, so that its serial number is this lock's."""
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, f'zhida/{VERSION}/{digest}')}",
        "version": 1,
        "metadata": {"component": _hub()},
        "components": [_component(each) for each in found],
        "dependencies": [{"ref": _hub()["bom-ref"], "dependsOn": [e.purl for e in found]}],
    }


def _hub() -> dict[str, Any]:
    purl = f"pkg:pypi/zhida@{VERSION}"
    return {
        "type": "application",
        "bom-ref": purl,
        "name": "zhida",
        "version": VERSION,
        "purl": purl,
        "licenses": [{"expression": "Apache-2.0"}],
    }


def _component(each: Package) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "library",
        "bom-ref": each.purl,
        "name": each.name,
        "version": each.version,
        "purl": each.purl,
        "externalReferences": [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{each.name}/{each.version}/",
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in each.hashes],
            }
        ],
    }
    return told if each.licence == UNKNOWN else told | {"licenses": [{"expression": each.licence}]}


def dumps(lock: Path, installed: Path | None = None) -> str:
    """The text of the file."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    return json.dumps(bill(supply.packages(lock, installed), digest), indent=1) + "\n"


if __name__ == "__main__":
    source, *rest = map(Path, sys.argv[1:])
    sys.stdout.write(dumps(source, rest[0] if rest else None))
