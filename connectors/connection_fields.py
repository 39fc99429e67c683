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
    "crl": _text("吊销列表文件", "根证书机构的，PEM；过期即拒绝一切连接，须定期更新。"),
}
_PROXY: Fields = {
    "proxy_login": _text("代理账号", "代理服务器须登录时填写；代理的地址写在系统文件中。"),
    "proxy_password": _secret("代理口令"),
}
_SIGNING: Fields = {
    "secret": _secret("签名密钥", "平台分配的报文签名密钥。"),
    "body_secret": _secret("正文签名密钥", "在登录之外另对正文签名的平台才填写。"),
    "sign_key": _text("签名私钥文件", "以国密 SM2 签名时填写；加密的 PKCS#8。"),
    "sign_key_password": _secret("签名私钥口令"),
    "spk": _text("对方公钥（泛微 E9）", "注册接口答复中的 spk，整段一行。"),
}

_PATH = _text("路径", "没有系统文件的连接才填写，如时间戳服务、告警的地址后面的 /tsa。")


def connection_type(wire: str) -> str:
    """The name under which Airflow knows a wire's connections.

    >>> connection_type("rest"), connection_type("sftp")
    ('zhida_http', 'zhida_sftp')
    """
    return f"zhida_{'http' if wire == 'rest' else wire}"


EXTRA: Mapping[str, Fields] = {
    "rest": {**_TLS, **_PROXY, **_SIGNING, "path": _PATH},
    "soap": {**_TLS, **_PROXY},
    "amqp": {"vhost": _text("虚拟主机", "空则为 /。"), **_TLS},
    "mllp": _TLS,
    "sftp": {
        "host_key": _text("对方主机公钥", "ssh-ed25519 AAAA…，由对方提供；不符即拒绝连接。"),
        "key": _text("我方私钥文件", "用口令登录时不填。"),
        "key_password": _secret("我方私钥口令"),
    },
    "tables": _TLS,
    "ftps": _TLS,
    "files": {},
    "gate": {},
}
"""Wire → field of the connection's ``extra`` → its declaration."""
STANDARD: Mapping[str, Mapping[str, str]] = {
    "rest": {
        "host": "主机", "port": "端口", "schema": "http 或 https", "login": "账号",
        "password": "口令或令牌",
    },
    "amqp": {"host": "主机", "port": "端口", "login": "账号", "password": "口令"},
    "mllp": {"host": "主机", "port": "端口"},
    "sftp": {"host": "主机", "port": "端口", "login": "账号", "password": "口令"},
    "tables": {"host": "主机", "port": "端口", "login": "账号", "password": "口令"},
    "ftps": {"host": "主机", "port": "端口", "login": "账号", "password": "口令"},
    "files": {"host": "目录的绝对路径"},
    "gate": {"host": "本侧目录的绝对路径", "password": "双方约定的密钥"},
}  # fmt: skip
"""Wire → those of Airflow's own fields that it uses, with their titles."""
TITLES: Mapping[str, str] = {
    "rest": "HTTP 接口（REST、SOAP）",
    "amqp": "消息队列（RabbitMQ）",
    "mllp": "HL7（MLLP）",
    "sftp": "SFTP",
    "tables": "前置机库",
    "ftps": "FTPS",
    "files": "本机目录",
    "gate": "网闸",
}
"""Wire → the name of its connection type; SOAP's is REST's, for both are HTTP."""
