"""What a connection holds beside address, login and password, by wire: titles for forms.

Secrets and files of secrets stand here and in no option of a site. Imports nothing: Airflow's
provider registry reads this at every start.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Fields = Mapping[str, Mapping[str, Any]]


def _text(title: str, description: str = "") -> Mapping[str, Any]:
    return {"type": "string", "title": title, "description": description}


def _secret(title: str, description: str = "") -> Mapping[str, Any]:
    return {**_text(title, description), "format": "password", "writeOnly": True}


_TLS: Fields = {
    "ca": _text("对方根证书文件", "PEM；空则用操作系统信任的根证书。"),
    "cert": _text("我方客户端证书文件", "双向认证时填写，PEM。"),
    "key": _text("我方私钥文件", "PEM；与证书在同一文件时不填。"),
    "key_password": _secret("我方私钥口令"),
}
EXTRA: Mapping[str, Fields] = {
    "rest": {**_TLS, "secret": _secret("签名密钥", "医保等平台的报文签名密钥。")},
    "soap": _TLS,
    "amqp": {"vhost": _text("虚拟主机", "空则为 /。"), **_TLS},
    "mllp": _TLS,
    "sftp": {
        "host_key": _text("对方主机公钥", "ssh-ed25519 AAAA…，由对方提供；不符即拒绝连接。"),
        "key": _text("我方私钥文件", "用口令登录时不填。"),
        "key_password": _secret("我方私钥口令"),
    },
    "tables": {},
    "files": {},
}
"""Wire → field of the connection's ``extra`` → its declaration."""
TITLES: Mapping[str, str] = {
    "rest": "HTTP 接口（REST、SOAP）",
    "amqp": "消息队列（RabbitMQ）",
    "mllp": "HL7（MLLP）",
    "sftp": "SFTP",
    "tables": "前置机库",
    "files": "本机目录",
}
"""Wire → the name of its connection type; SOAP's is REST's, for both are HTTP."""
