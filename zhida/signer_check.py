"""Is everything there that a signer needs? Each step told, before it is run for the first time."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from exchange import times
from exchange.errors import Fatal, Rejected, ZhidaError
from exchange.ports import utc_now
from exchange.problems import describe
from exchange.store.engine import Store
from zhida import signer_guard, signer_key, signer_log
from zhida.signer_settings import SignerHome

Step = Callable[[], str]
_PROBE = b"zhida signer check"


def check(folder: Path, password: str, gate_secret: str = "") -> list[dict[str, object]]:
    """Rows for a table; what rests on a step that failed is left out."""
    home: list[SignerHome] = []

    def settings() -> str:
        home.append(SignerHome.read(folder))
        return str(home[0].told["unit"])

    rows = [_row("设置", settings)]
    if home:
        rows += [_row(name, step) for name, step in _steps(home[0], password, gate_secret).items()]
    return rows


def _steps(home: SignerHome, password: str, gate_secret: str) -> dict[str, Step]:
    found: dict[str, Step] = {
        "本单位证书": lambda: _certificate(home),
        "密钥": lambda: _key(home, password),
        "报文的门": lambda: _door(home, "mllp", password),
    }
    if "https" in home.told:
        found["查询的门"] = lambda: _door(home, "https", password)
    if "gate" in home.told:
        found["网闸"] = lambda: _gate(home, gate_secret)
    return found | {"日志": lambda: _log(home), "日志的延续": lambda: _continued(home)}


def _certificate(home: SignerHome) -> str:
    own, now = signer_key.certificates_of(home.folder, home.told)[0], utc_now()
    if not own.valid_from <= now <= own.valid_until:
        raise Fatal("signer.certificate", until=times.stamp(own.valid_until)[:10])
    if own.common_name != home.told["unit"]:
        raise Fatal("signer.other-unit", found=own.common_name, unit=str(home.told["unit"]))
    return f"{own.common_name}，有效至 {times.stamp(own.valid_until)[:10]}"


def _key(home: SignerHome, password: str) -> str:
    """It signs, and the certificate verifies it."""
    own = signer_key.certificates_of(home.folder, home.told)[0]
    signer = signer_key.signer_of(home.folder, home.told, password.encode(), own)
    own.public_key.verify(signer.sign(_PROBE), _PROBE)
    where = "签名服务器" if "signature_server" in home.told else "文件"
    return f"{where}，{signer.suite}，试签成功"


def _door(home: SignerHome, door: str, password: str) -> str:
    home.context(door, password)
    host, port = home.address(door)
    try:
        with closing(socket.create_server((host, port))):
            return f"{host}:{port}"
    except OSError:
        return f"{host}:{port} 已有程序在听（签名机在运行时正常）"


def _gate(home: SignerHome, secret: str) -> str:
    from zhida import signer_gate

    return signer_gate.told(home, secret)


def _log(home: SignerHome) -> str:
    if not home.file(home.told["store"]).exists():
        return "还没有（第一次运行时建立）"
    found, problems = signer_log.verify(home)
    if problems:
        raise Rejected(problems[0].code, **problems[0].facts)
    return f"{found.entries} 条，完整"


def _continued(home: SignerHome) -> str:
    """Is the log the one that was signed last? An old copy looks whole too."""
    guard = signer_guard.guard_of(home)
    guard.require_room()
    last, file = guard.last(), home.file(home.told["store"])
    if file.exists():
        with closing(Store(f"sqlite:///{file.resolve()}")) as store:
            guard.require_now(store)
    elif last is not None:
        raise Fatal("signer.not-continued", size=0, head=last.size)
    return f"接着第 {last.size} 条的树头" if last else "还没有记下树头（下次签名时记下）"


def _row(step: str, act: Step) -> dict[str, object]:
    try:
        return {"step": step, "ok": True, "code": "", "what": act(), "remedy": ""}
    except ZhidaError as error:
        what, remedy = describe(error.code, error.facts, "zh")
        return {"step": step, "ok": False, "code": error.code, "what": what, "remedy": remedy}
