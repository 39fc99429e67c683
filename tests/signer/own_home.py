"""A unit's signer within the test's own process: its home, its system's messages, copies of its store."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from exchange.store import ledger_rows, schema
from sandbox.births import birth
from sandbox.hospital_message import message
from zhida import signer
from zhida.signer_desk import SignerDesk
from zhida.signer_settings import SignerHome

HUB = "sandbox hub"


class OwnHome:
    """The home lies in ``folder``; each ``desk()`` is another start of the process."""

    def __init__(self, folder: Path, password: str) -> None:
        self.folder, self.password = folder, password
        self.open: list[SignerDesk] = []
        self.count = 0

    def set(self, **changed: Any) -> None:
        """Change ``signer.json``."""
        file = self.folder / "signer.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | changed))

    def home(self) -> SignerHome:
        return SignerHome.read(self.folder)

    def desk(self) -> SignerDesk:
        found = signer.open_desk(self.folder, self.home().told, self.password.encode())
        schema.upgrade(found.store)
        self.open.append(found)
        return found

    def tell(self, desk: SignerDesk, facts: dict[str, Any], **changed: Any) -> None:
        """A message of the unit's system."""
        self.count += 1
        assert b"MSA|AA" in desk.receive(message(facts | changed, f"M{self.count}"))

    def births(self, desk: SignerDesk, *numbers: int) -> None:
        for number in numbers:
            self.tell(desk, birth(number).facts)

    def size(self, desk: SignerDesk) -> int:
        with desk.store.read() as connection:
            head = ledger_rows.head(connection)
        return head.size if head else 0

    def keep(self, name: str) -> Path:
        """A copy of the store, as a backup has it; whoever has it open has closed it."""
        self.close()
        return Path(shutil.copy(self.folder / "signer.sqlite", self.folder / name))

    def put_back(self, copy: Path) -> None:
        self.close()
        for file in self.folder.glob("signer.sqlite*"):
            file.unlink()
        shutil.copy(copy, self.folder / "signer.sqlite")

    def close(self) -> None:
        for each in self.open:
            each.close()
        self.open = []
