"""What a site says about a gate (网闸): its folders on our side, and how it behaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.pickup_options import FOLDERS as DROPS
from exchange.errors import Fatal

_FOLDER = DROPS["additionalProperties"]["properties"]["folder"]
_NAME = {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,40}$"}

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "网闸（文件摆渡）",
    "description": "连接的 host 为本侧各目录所在的绝对路径；password 为双方约定的密钥（可空）："
    "有密钥时，没有密钥的人不能伪造报文和回执。对侧须按 docs/gate-format.md 收发；"
    "只是隔着网闸放文件、取文件的，用 files。",
    "type": "object",
    "additionalProperties": False,
    "required": ["channels"],
    "properties": {
        "channels": {
            "title": "通道",
            "description": "键为数据流名称，也是“send 名称”“receipt 名称”中的名称。",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["out", "in", "state", "us", "them"],
                "properties": {
                    "out": {**_FOLDER, "title": "发出目录", "description": "网闸从这里取走文件。"},
                    "in": {**_FOLDER, "title": "接收目录", "description": "网闸把文件放到这里。"},
                    "state": {
                        **_FOLDER,
                        "title": "状态目录",
                        "description": "序号和回执保存在此；网闸不得接触，须一并备份。",
                    },
                    "channel": {
                        "title": "通道在文件中的名称",
                        "description": "两侧一致；缺省为 main。",
                        **_NAME,
                        "default": "main",
                    },
                    "us": {"title": "本侧的名称", **_NAME},
                    "them": {"title": "对侧的名称", **_NAME},
                    "extension": {
                        "title": "文件扩展名",
                        "description": "网闸放行的扩展名；内容总是纯文本。",
                        "type": "string",
                        "pattern": "^[A-Za-z0-9]{1,3}$",
                        "default": "txt",
                    },
                    "max_file_bytes": {
                        "title": "网闸允许的文件大小（字节）",
                        "description": "更大的报文分成几个文件。",
                        "type": "integer",
                        "minimum": 4096,
                        "default": 10_000_000,
                    },
                    "delay_s": {
                        "title": "一去一回通常的秒数",
                        "description": "超过而没有回执的算逾期。应作为操作的 settle 时间。",
                        "type": "number",
                        "exclusiveMinimum": 0,
                        "default": 1800,
                    },
                    "patience_s": {
                        "title": "等待缺失文件的秒数",
                        "description": "其后的已到而中间的未到，或一份报文的文件不全，等这么久才算缺失。",
                        "type": "number",
                        "minimum": 0,
                        "default": 1800,
                    },
                },
            },
        },
    },
}
_CHANNEL = OPTIONS["properties"]["channels"]["additionalProperties"]["properties"]
_DEFAULTS = {name: about["default"] for name, about in _CHANNEL.items() if "default" in about}
DELAY_S: float = _DEFAULTS["delay_s"]
CHANNEL: str = _DEFAULTS["channel"]
_HEAD_BYTES = 1200
"""More than the first line of any file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One pair of folders and who stands on both sides. Their meaning is told in ``OPTIONS``."""

    name: str
    out: str
    into: str
    state: str
    channel: str
    us: str
    them: str
    extension: str
    max_file_bytes: int
    delay_s: float
    patience_s: float
    secret: str

    @property
    def part_bytes(self) -> int:
        """How much of a message goes into one file: base64 makes lines of 77 bytes out of 57."""
        return (self.max_file_bytes - _HEAD_BYTES) // 77 * 57


def channels(told: Mapping[str, Mapping[str, Any]], secret: str) -> dict[str, Channel]:
    """The channels of ``channels`` (valid under ``OPTIONS``). ``Fatal gate.same-folder`` if two
    would take each other's files.
    """
    made = {name: _channel(name, about, secret) for name, about in told.items()}
    used = [folder for each in made.values() for folder in (each.out, each.into, each.state)]
    for each in made.values():
        if any(used.count(folder) > 1 for folder in (each.out, each.into, each.state)):
            raise Fatal("gate.same-folder", channel=each.name)
    return made


def _channel(name: str, about: Mapping[str, Any], secret: str) -> Channel:
    told = {**_DEFAULTS, **about}
    return Channel(name=name, into=told.pop("in"), secret=secret, **told)
