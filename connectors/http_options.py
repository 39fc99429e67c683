"""What a site says about an HTTP line, whatever goes over it: proxy, names in certificates, logins."""

from __future__ import annotations

from typing import Any

PROXY: dict[str, Any] = {
    "title": "代理服务器",
    "description": "例如 http://10.0.0.1:3128；空为直连。从不读取环境变量中的代理。账号写在连接的 extra 中。",
    "type": "string",
    "pattern": "^(http://[^/@?#\\s]+)?$",
    "default": "",
}
"""Not ``https://``: urllib3 would check such a proxy by other TLS settings than the peer's."""
CHECK_HOSTNAME: dict[str, Any] = {
    "title": "核对证书中的主机名",
    "description": "以证书中没有的地址访问对方时填 false；证书是否由 ca 签发仍然核对。",
    "type": "boolean",
    "default": True,
}


def plain_login(ways: str, secret: str) -> dict[str, Any]:
    """Whether a ``secret`` may cross the network in clear by these ``ways`` of logging in."""
    return {
        "title": "允许口令以明文经过网络",
        "description": f"地址为 http:// 且对方不在本机时，{ways} 会把{secret}明文送出，"
        "缺省拒绝；确认网络可信、对方又不支持 https 时才填 true。",
        "type": "boolean",
        "default": False,
    }
