"""The steps of a check of drop folders, on a disk or over SFTP: they are listed and sampled only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from connectors import ftps, ftps_line
from connectors.check_steps import Open, Probe, Step, not_applicable, run
from connectors.check_tcp import Place, probes
from connectors.check_text import guess
from connectors.files import Disk
from connectors.folder import Folder
from connectors.sftp import Remote
from connectors.sftp_line import Line, Server
from exchange.ports import Endpoint

SAMPLE = 65_536


def check(options: Mapping[str, Any], endpoint: Endpoint, streams: Sequence[str]) -> Iterator[Step]:
    """A folder of this machine."""
    looked = _Look(lambda: Disk(Path(endpoint.address)), options)
    network = [not_applicable(name) for name in ("dns", "tcp", "tls", "login")]
    return run([*network, *looked.probes(())])


def check_sftp(
    options: Mapping[str, Any], endpoint: Endpoint, streams: Sequence[str]
) -> Iterator[Step]:
    """Folders at the other end of SFTP; its pinned key stands in for TLS and is told at the login."""
    server = Server.of(endpoint, min(10.0, options.get("timeout_s", 30)))
    place, remote = Place(server.host, server.port), Remote(Line(server))
    return _remote(options, endpoint, (place, remote, f"主机公钥相符，账号 {server.login}"))


def check_ftps(
    options: Mapping[str, Any], endpoint: Endpoint, streams: Sequence[str]
) -> Iterator[Step]:
    """Folders at the other end of FTPS; its TLS is agreed on while one logs in, and told there."""
    server = ftps_line.Server.of(endpoint, min(10.0, options.get("timeout_s", 30)))
    place = Place(server.host, server.port)
    remote = ftps.Remote(ftps_line.Line(server))
    return _remote(options, endpoint, (place, remote, f"证书有效，账号 {server.login}"))


def _remote(
    options: Mapping[str, Any], endpoint: Endpoint, peer: tuple[Place, Folder, str]
) -> Iterator[Step]:
    """``peer``: where it is, its files, and what a login shows."""
    place, remote, note = peer
    looked = _Look(lambda: remote, options)
    try:
        yield from run(
            [
                *probes(place, context=None, clock=endpoint.clock),
                Probe("login", lambda: _login(remote, note), ("tcp",)),
                *looked.probes(("tcp", "login")),
            ]
        )
    finally:
        remote.close()


def _login(remote: Folder, note: str) -> str:
    """Whoever may list the folder in which one arrives is logged in."""
    with remote.told():
        remote.list(".")
    return note


def folders(options: Mapping[str, Any]) -> list[str]:
    """The folders that settings name, of drops, of shelves, and of a gate's channels."""
    told = [about["folder"] for about in options.get("folders", {}).values()]
    for channel in options.get("channels", {}).values():
        told += [channel[name] for name in ("out", "in", "state")]
    return told or ["."]


class _Look:
    """Lists every folder of the options once, and samples one file."""

    def __init__(self, open_place: Callable[[], Folder], options: Mapping[str, Any]) -> None:
        self._open = open_place
        self._folders = folders(options)

    def probes(self, needs: tuple[str, ...]) -> list[Probe]:
        """The last three steps."""
        return [
            Probe("permission", self._listed, needs),
            not_applicable("clock"),
            Probe("encoding", self._sampled, (*needs, "permission")),
        ]

    def _listed(self) -> str:
        place, told = self._open(), []
        for folder in self._folders:
            with place.told(folder):
                told.append(f"{folder} {len(place.list(folder))} 个")
        return "可以读取：" + "，".join(told) + "（写入权限未试）"

    def _sampled(self) -> str | Open:
        place = self._open()
        for folder in self._folders:
            with place.told(folder):
                found = [each for each in place.list(folder) if each.kind == "file" and each.size]
                if found:
                    newest = max(found, key=lambda each: each.changed)
                    data = place.read(f"{folder}/{newest.name}", SAMPLE)
                    return f"最新一个文件看来是 {guess(data)}"
        return Open("目录中没有文件")
