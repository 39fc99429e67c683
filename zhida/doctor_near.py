"""The doctor on what a process can't work without: site, data folder, store, the hub's key.

Asks nobody but the store and changes nothing but a temporary file, so a container's health check
may ask it every minute.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from crypto import sm2
from exchange.store.engine import Store
from zhida import airflow_settings, doctor_disk, doctor_store, environment, site, trust
from zhida.doctor_line import Line, Part
from zhida.site import Site

_SITE, _KEYS = Part("site"), Part("keys")


@dataclass(slots=True)
class Visit:
    """What one look at the installation has found so far."""

    site: Site | None = None
    airflow: airflow_settings.Settings | None = None


def look(visit: Visit, *, quick: bool = True) -> Iterator[Line]:
    """Line by line. ``quick``: of the folders only the hub's own."""
    yield from _SITE.tried("站点文件", lambda: [_read_site(visit)])
    told = visit.site
    if told is None:
        return
    yield from Part("machine").tried("数据目录", lambda: _machine(visit, told, quick=quick))
    yield from Part("store").tried("连接", lambda: _stored(told))
    yield from _KEYS.tried("中枢私钥", lambda: _opened(told))


def _read_site(visit: Visit) -> Line:
    visit.site = told = site.load(environment.site_folder())
    return _SITE.good("站点文件", f"{told.title}：{len(told.systems)} 个系统")


def _machine(visit: Visit, told: Site, *, quick: bool) -> Iterator[Line]:
    var = environment.var_folder()
    folders = {"数据目录": var}
    if not quick:
        folders |= {"临时目录": Path(tempfile.gettempdir()), **_logs(visit.airflow)}
    yield from doctor_disk.look(folders, _secret_files(told, var))


def _logs(airflow: airflow_settings.Settings | None) -> dict[str, Path]:
    if airflow is None:
        return {}
    told = airflow.get("logging", "base_log_folder", str(airflow.home / "logs"))
    return {"日志目录": Path(told)} if told else {}


def _secret_files(told: Site, var: Path) -> list[Path]:
    """The files and folders that nobody else may read."""
    folders = [var, var / "keys", var / "signing"]
    named = environment.secret_files()
    return [told.key, *named, *folders, *(p for f in folders[1:] for p in sorted(f.glob("*.key")))]


def _stored(told: Site) -> Iterator[Line]:
    with closing(open_store(told)) as store:
        yield from doctor_store.look(store)


def open_store(told: Site) -> Store:
    """The store with little patience: its caller closes it."""
    url = environment.store_url() or told.store_url(environment.var_folder())
    return Store(url, patience=5.0)


def _opened(told: Site) -> Iterator[Line]:
    """The first key and its password; the suite's own test."""
    key = trust.private_key(told, environment.secret(), environment.other_secret())
    yield _KEYS.good("中枢私钥", f"{told.key.name} 能打开，{key.suite}")
    if told.suite.startswith("SM2"):
        yield _KEYS.good("国密算法自检", type(sm2.provider()).__name__)
