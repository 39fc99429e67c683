"""What a site says about the folders into which we put files: the same for a disk, SFTP, FTPS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.pickup_claims import MAX_BYTES
from connectors.pickup_options import FOLDERS as DROPS

_FOLDER = DROPS["additionalProperties"]["properties"]["folder"]

FOLDERS: dict[str, Any] = {
    "title": "存取目录",
    "description": "键为操作中的名称：“put 名称”放入文件，“get 名称”读取，“list 名称”列出。",
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {
        "type": "object",
        "additionalProperties": False,
        "required": ["folder"],
        "properties": {
            "folder": _FOLDER,
            "marker": {
                "title": "标记文件的后缀",
                "description": "对方以标记文件判断写完时填写：.ok 即在 a.json 之后放入空文件 a.json.ok。",
                "type": "string",
                "pattern": r"^[^/]{2,20}$",
            },
            "max_bytes": {
                "title": "文件大小上限（字节）",
                "type": "integer",
                "minimum": 1,
                "default": MAX_BYTES,
            },
            "most": {
                "title": "最多列出的文件数",
                "description": "超过即报错，不会只列出一部分。",
                "type": "integer",
                "minimum": 1,
                "default": 10_000,
            },
        },
    },
}

TIMEOUT: dict[str, Any] = {
    "title": "等待应答的秒数",
    "type": "number",
    "exclusiveMinimum": 0,
    "default": 30,
}
"""Of places that are reached over a network."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One folder that files are put into and read from."""

    folder: str
    marker: str = ""
    """What is added to a file's name for the empty file that tells that it is whole."""
    max_bytes: int = MAX_BYTES
    most: int = 10_000

    def path(self, name: str) -> str:
        """Where a file of this folder is."""
        return f"{self.folder}/{name}"


def shelves(told: Mapping[str, Mapping[str, Any]]) -> dict[str, Shelf]:
    """The folders of ``folders`` (valid under ``FOLDERS``).

    >>> shelves({"out": {"folder": "to/police"}})["out"].path("a.json")
    'to/police/a.json'
    """
    return {name: Shelf(**about) for name, about in told.items()}
