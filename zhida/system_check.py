"""``zhida system check``: one system, from its file to the encoding of its answers, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors import checks
from connectors.check_steps import NAMES, Step
from exchange.addresses import host_and_port, without_login
from exchange.errors import Fact, ZhidaError
from exchange.ports import Endpoint
from exchange.problems import describe
from zhida import connections, system_wire
from zhida.connections import Finder
from zhida.site import Site, System
from zhida.system_wire import Wire

TITLES = {
    "file": "系统文件",
    "connection": "连接",
    "dns": "域名解析",
    "tcp": "网络端口",
    "tls": "加密与证书",
    "login": "登录",
    "permission": "权限",
    "clock": "时钟",
    "encoding": "字符编码",
}
"""The steps in their order, as a person reads them."""
_BEFORE = "前面的步骤未通过，无法判断"


def check_system(
    told: Site, system: System, find: Finder = connections.from_environment
) -> list[dict[str, Any]]:
    """One row a step: ``step``, ``title``, ``state``, ``note``, ``code``, ``what``, ``remedy``."""
    rows: list[dict[str, Any]] = []
    try:
        system_wire.formed(system)
        wire = system_wire.of(system)
        rows += _file(told, system)
        endpoint = system_wire.endpoint(told, system, find)
        rows += _beginning_with_connection(wire, endpoint, system.connection)
    except ZhidaError as error:
        name = "connection" if rows else "file"
        rows += [_bad(name, each.code, each.facts) for each in error.problems]
    return rows + [_row(each) for each in _left(rows)]


def _file(told: Site, system: System) -> list[dict[str, Any]]:
    """What it names and is not there yet (a mapping) holds up none of the other steps."""
    try:
        system_wire.checked(told, system)
    except ZhidaError as error:
        return [_bad("file", each.code, each.facts) for each in error.problems]
    return [_row(Step("file", "good", system.path.name))]


def _beginning_with_connection(
    wire: Wire, endpoint: Endpoint, connection: str
) -> Iterator[dict[str, Any]]:
    steps = checks.check(wire.alias, wire.settings, endpoint, wire.streams)
    yield _row(Step("connection", "good", f"{connection}：{host_and_port(endpoint.address)}"))
    yield from (_row(step) for step in steps)


def check_connection(alias: str, endpoint: Endpoint) -> list[dict[str, Any]]:
    """The same for a connection that no system uses yet: what its wire tells without settings."""
    try:
        return [_row(step) for step in checks.check(alias, {}, endpoint)]
    except ZhidaError as error:
        return [_bad("connection", each.code, each.facts) for each in error.problems]


def _left(rows: list[dict[str, Any]]) -> Iterator[Step]:
    """The steps that were never come to."""
    seen = {row["step"] for row in rows}
    for name in ("file", "connection", *NAMES):
        if name not in seen:
            yield Step(name, "open", _BEFORE)


def _bad(name: str, code: str, facts: Mapping[str, Fact]) -> dict[str, Any]:
    return _row(Step(name, "bad", code=code, facts=facts))


def _row(step: Step) -> dict[str, Any]:
    facts = {k: without_login(v) if isinstance(v, str) else v for k, v in step.facts.items()}
    what, remedy = describe(step.code, facts) if step.code else (without_login(step.note), "")
    told = {"step": step.name, "title": TITLES[step.name], "state": step.state}
    return told | {"code": step.code, "what": what, "remedy": remedy}
