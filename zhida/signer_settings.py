"""``signer.json``: what the home folder of a unit's signer says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs

from connectors import tls
from connectors.gate_options import OPTIONS as GATES
from exchange import canonical
from exchange.errors import Fatal

FILE = "signer.json"
_TEXT = {"type": "string", "minLength": 1}
_DOOR = {
    "type": "object",
    "required": ["port", "cert", "key", "client_ca"],
    "properties": {
        "host": {"type": "string"},
        "port": {"type": "integer", "minimum": 1, "maximum": 65535},
        "cert": {"type": "string"},
        "key": {"type": "string"},
        "client_ca": {"type": "string"},
    },
}
SERVER: Mapping[str, Any] = {
    "title": "签名服务器",
    "description": "私钥在签名验签服务器（或密码卡）里，这里只送摘要。command 与 url 二选一。",
    "type": "object",
    "additionalProperties": False,
    "required": ["key_id"],
    "oneOf": [{"required": ["command"]}, {"required": ["url"]}],
    "properties": {
        "key_id": _TEXT | {"title": "密钥在服务器里的编号"},
        "command": {
            "title": "厂商的命令",
            "description": "标准输入是 32 字节摘要，标准输出是签名；{key_id} 换成编号。",
            "type": "array",
            "minItems": 1,
            "items": _TEXT,
        },
        "url": _TEXT | {"title": "签名服务的地址"},
        "ca": _TEXT | {"title": "服务器证书的签发机构"},
        "cert": _TEXT | {"title": "本机的客户端证书"},
        "key": _TEXT | {"title": "本机的客户端私钥"},
    },
}
_CHANNEL = GATES["properties"]["channels"]["additionalProperties"]
GATE: Mapping[str, Any] = {
    **_CHANNEL,
    "title": "经网闸交给中枢",
    "description": "两边只能经网闸摆渡文件的：交出的与 https 的 /births、/changes 相同，收回的只有回执。"
    "双方约定的密钥放在环境变量 ZHIDA_SIGNER_GATE_SECRET。",
    "required": ["to", "folder", *_CHANNEL["required"]],
    "properties": {
        "to": _TEXT | {"title": "交给谁", "description": "须在 announces_to 里。"},
        "folder": _TEXT | {"title": "各目录所在的目录"},
        "every_s": {
            "title": "隔几秒看一次",
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 10,
        },
        **_CHANNEL["properties"],
    },
}
SETTINGS: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "签名机 signer.json",
    "type": "object",
    "required": ["unit", "system", "certificate", "mllp", "store"],
    "anyOf": [{"required": ["https"]}, {"required": ["gate"]}],
    "oneOf": [{"required": ["key"]}, {"required": ["signature_server"]}],
    "properties": {
        "unit": _TEXT,
        "system": _TEXT,
        "key": _TEXT
        | {"title": "本单位的私钥", "description": "加密的 PKCS#8；与签名服务器二选一。"},
        "signature_server": SERVER,
        "certificate": {"type": "string"},
        "former_certificates": {
            "title": "从前的证书",
            "description": "换下的密钥的证书：签名机自己从前签的还要靠它们来认。",
            "type": "array",
            "items": _TEXT,
        },
        "store": {"type": "string"},
        "last_head": _TEXT
        | {
            "title": "最后的树头记在哪里",
            "description": "缺省为本目录的 last-head.jws。最好在另一块盘上，不要备份它。",
        },
        "mllp": _DOOR,
        "https": _DOOR,
        "gate": GATE,
        "announces_to": {
            "title": "主动告知的对象",
            "description": "客户端证书的通用名；列出的可以取得每一例新出生，其他的只能按编号查询。",
            "type": "array",
            "items": _TEXT,
        },
    },
}


@dataclass(frozen=True, slots=True)
class SignerHome:
    """The folder of one signer and what its ``signer.json`` says."""

    folder: Path
    told: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> SignerHome:
        """Read the folder's ``signer.json``."""
        try:
            told = canonical.loads((folder / FILE).read_bytes())
        except OSError:
            raise Fatal("signer.no-settings", folder=str(folder)) from None
        for error in jsonschema_rs.Draft202012Validator(dict(SETTINGS)).iter_errors(told):
            missing = getattr(error.kind, "property", "")
            path = "/".join([*map(str, error.instance_path), str(missing)]).strip("/")
            raise Fatal("signer.settings", path=path or "/")
        return cls(folder, told)

    def file(self, name: str) -> Path:
        """A file named relative to the folder."""
        return self.folder / name

    def address(self, door: str) -> tuple[str, int]:
        """Where a door listens; on this machine only unless the settings name a host."""
        told = self.told[door]
        return told.get("host", "127.0.0.1"), told["port"]

    def context(self, door: str, password: str) -> Any:
        """The TLS context of a door: its certificate, and whose certificates it asks for."""
        names = self.told[door]
        return tls.server(
            cert=self.file(names["cert"]),
            key=self.file(names["key"]),
            password=password,
            client_ca=self.file(names["client_ca"]),
        )
