"""A site with a holder's folder of drawings, claims of them, and units that may fetch them or not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crypto import digests
from exchange import document
from exchange.document import Origin
from exchange.ledger import Entry
from tests.zhida.endpoint import UNTIL, Endpoint
from zhida import file_claims
from zhida.file_claims import Known

BUCKET = "drawings-2040-01"
SYSTEM = """system: drawings
title: 图纸库（示例）
unit: registry
adapter: large_files
connection: drawings_disk
options: {wire: files, take: out, settings: {folders: {out: {folder: out}}}}
"""
INBOX = """system: inbox
title: 收图（示例）
unit: portal-office
adapter: large_files
connection: inbox_disk
options: {wire: files, put: in, settings: {folders: {in: {folder: in}}}}
"""
SERVE = """connection: hub_door
clients:
  portal: {title: 门户, unit: portal-office, common_name: sandbox hub, may: [files]}
  robot: {title: 小雨, unit: enterprise-services, common_name: sandbox his, may: [files]}
"""


def agreement(name: str, receiver: str, *fields: str, purpose: str = "acceptance") -> str:
    listed = ", ".join(f'"{field}"' for field in fields)
    return (
        f"agreement: {name}\nprovider: registry\nreceiver: {receiver}\ndocument: file-claim\n"
        f"purpose: {purpose}\nbasis: 示例\nfields: [{listed}]\n"
        f'valid_from: "2026-01-01"\nvalid_until: "{UNTIL}"\n'
    )


class Office:
    """The endpoint, the holder's folder, and what a test asks of both."""

    def __init__(self, folder: Path, *, files: Mapping[str, str] = {}) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.out, self.inbox = folder / "holder/out", folder / "receiver/in"
        for each in (self.out, self.inbox, folder / "holder/in"):
            each.mkdir(parents=True)
        told = {
            "systems/drawings.yaml": SYSTEM,
            "systems/inbox.yaml": INBOX,
            "serve.yaml": SERVE,
            "agreements/portal.yaml": agreement("portal", "portal-office", "/title", "/sha256"),
            **files,
        }
        connections: dict[str, Any] = {
            "drawings_disk": {"host": str(folder / "holder")},
            "inbox_disk": {"host": str(folder / "receiver")},
        }
        self.endpoint = Endpoint(folder, told, connections=connections)
        self.hub = self.endpoint.hub
        self.hub.site.matters["drawings"] = _Matter()  # type: ignore[index]
        self.area = folder / "var/files"

    def claim(self, name: str, data: bytes | None = None, **told: Any) -> Known:
        """A file of the holder, if ``data`` is given, and its claim."""
        if data is not None:
            (self.out / name).parent.mkdir(parents=True, exist_ok=True)
            (self.out / name).write_bytes(data)
            told = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} | told
        return claim(self.hub, name, **told)


class _Matter:
    """Of a matter only its purpose is asked here."""

    purpose = "acceptance"


def claim(hub: Any, name: str, *, bucket: str = BUCKET, **told: Any) -> Known:
    """A claim, signed by the hub as read, and stored."""
    record = {
        "material": "M-001",
        "title": "结构图",
        "media_type": "application/octet-stream",
        "system": "drawings",
        "name": name,
        **told,
    }
    supersedes = record.pop("supersedes", "")
    provider = record.pop("provider", "registry")
    now = hub.clock()
    origin = Origin(
        "file-claim", hub.site.unit, provider, "hub", "drawings", now, supersedes=supersedes
    )
    found = hub.archive.verify(document.issue(record, origin, hub.signer, now=now))

    def work(connection: Any) -> list[Entry]:
        hub.archive.put(connection, found, raw=b"", salt=b"", bucket=bucket, now=now)
        return [Entry("document", found.id)]

    hub.ledger.commit(work)
    return file_claims.exact(hub, found.id)


def sm3(data: bytes) -> str:
    return digests.digest("sm3", data).hex()
