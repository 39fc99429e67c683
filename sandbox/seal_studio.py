"""The police's seal register at its front-end machine: files come in, receipts go out (invented).

No process: whoever plays the officer calls ``work``. A request is a JSON file in GB 18030 named by
the hub's number; the receipt has the same name.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sandbox import uscc
from sandbox.moments import china_time


class SealStudio:
    """``folder`` holds ``requests`` and ``receipts``. ``refused``: company → why there is no seal."""

    def __init__(self, folder: Path) -> None:
        self.requests, self.receipts = folder / "requests", folder / "receipts"
        for each in (self.requests, self.receipts):
            each.mkdir(parents=True, exist_ok=True)
        self.refused: dict[str, str] = {}
        self.filed: list[dict[str, Any]] = []

    def work(self) -> int:
        """Answer what has no receipt yet; how many."""
        new = [
            each
            for each in sorted(self.requests.glob("*.json"))
            if not (self.receipts / each.name).exists()
        ]
        for file in new:
            told = self._answer(json.loads(file.read_bytes().decode("gb18030")))
            draft = self.receipts / f".{file.name}.tmp"
            draft.write_bytes(json.dumps(told, ensure_ascii=False).encode("gb18030"))
            draft.rename(self.receipts / file.name)
        return len(new)

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        code, reason = asked["tyxydm"], self.refused.get(asked["dwmc"], "")
        if reason or not uscc.is_valid(code):
            return {"result": "2", "reason": reason or "统一社会信用代码不符合要求", "tyxydm": code}
        number = f"320117{len(self.filed) + 1:07}"
        self.filed.append(asked | {"yzbm": number})
        return {"result": "1", "tyxydm": code, "yzbm": number, "barq": china_time("%Y%m%d")}
