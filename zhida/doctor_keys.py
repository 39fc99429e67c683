"""The doctor on keys and on whom the hub trusts: do they open, and how long are they good?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from crypto.certificates import Certificate
from exchange import times
from exchange.errors import ZhidaError
from exchange.keyring import UnitCertificate
from zhida import certificate_ends, key_view, trust
from zhida.doctor_line import Line, Part
from zhida.hub import Hub
from zhida.watch import Watch

_PART, _TRUST = Part("keys"), Part("trust")
SOON = timedelta(days=30)
"""A new certificate takes weeks: docs/how-to/keys.md wants a month."""
_LIST_CODES = {"stale": "doctor.crl-old", "over": "revocation.over", "none": "revocation.none"}


def look(hub: Hub) -> Iterator[Line]:
    """The vault, the key that signs now, every unit's certificates and every operator's."""
    yield from _PART.tried("检索密钥", lambda: [_vault(hub)])
    yield from _PART.tried("正在签名的密钥", lambda: [_signing(hub)])
    yield from _PART.tried("单位的证书", lambda: _units(hub))
    yield from _PART.tried("操作人的证书", lambda: _operators(hub))


def _vault(hub: Hub) -> Line:
    if not hub.vault.has_lookup_key:
        return _PART.open("检索密钥", "还没有：第一件入库时生成")
    hub.vault.tag("doctor")
    return _PART.good("检索密钥", "能打开")


def _signing(hub: Hub) -> Line:
    kid = hub.signer.kid
    lapsed = hub.trust.lapsed(hub.trust.now(), kid)
    if lapsed is not None:
        return _PART.of("正在签名的密钥", lapsed.problems[0])
    return _PART.good("正在签名的密钥", kid[:16])


def _units(hub: Hub) -> Iterator[Line]:
    """By unit, the one that is good longest; an old one beside a new one is no matter."""
    held: dict[str, list[Certificate]] = {}
    for each in hub.trust.now().units:
        held.setdefault(each.unit, []).append(each.certificate)
    longest = {unit: max(c, key=lambda x: x.valid_until) for unit, c in held.items()}
    yield from dated(_PART, "单位的证书", longest, hub.clock())


def _operators(hub: Hub) -> Iterator[Line]:
    found: list[UnitCertificate] = []
    for who in hub.site.operators.values():
        try:
            found.append(trust.operator_path(hub.site, who))
        except ZhidaError as error:
            yield _PART.of("操作人的证书", error.problems[0])
    by_name = {each.unit: each.certificate for each in found}
    yield from dated(_PART, "操作人的证书", by_name, hub.clock())


def dated(
    part: Part, title: str, certificates: dict[str, Certificate], now: datetime
) -> Iterator[Line]:
    """A line for each that is over, not yet valid or ends soon; one if none does."""
    wrong = [line for n, c in certificates.items() if (line := _dated(part, title, n, c, now))]
    yield from wrong
    if not wrong:
        first = min((c.valid_until for c in certificates.values()), default=None)
        told = f"，最早 {times.in_china(first):%Y-%m-%d} 到期" if first else ""
        yield part.good(title, f"{len(certificates)} 张{told}")


def _dated(part: Part, title: str, name: str, found: Certificate, now: datetime) -> Line | None:
    until = times.civil_day(found.valid_until).isoformat()
    if not found.valid_from <= now <= found.valid_until:
        since = times.civil_day(found.valid_from).isoformat()
        return part.bad(title, "doctor.certificate-over", name=name, since=since, until=until)
    if found.valid_until - now < SOON:
        return part.note(title, "doctor.certificate-soon", name=name, until=until)
    return None


def trusted(hub: Hub) -> Iterator[Line]:
    """The anchors, what does not count, and the lists of revoked certificates."""
    state = hub.trust.now()
    known = {each.common_name: each for each in state.authorities.all}
    yield from dated(_TRUST, "签发机构", known, hub.clock())
    yield from _TRUST.tried("时间戳机构的证书", lambda: _stamper(hub))
    yield from (_TRUST.of("两人的决定与证书", each) for each in state.problems)
    watch = Watch(hub.site, hub.store, hub.clock)
    rows = key_view.lists(watch, state)
    yield from map(_list, rows)
    if not rows:
        yield _TRUST.open("吊销列表", "站点没有写从哪里取（site.yaml 的 revocation）")


def _stamper(hub: Hub) -> Iterator[Line]:
    """Its root, or the certificate of its last stamp, whichever ends first."""
    now, title = hub.clock(), "时间戳机构的证书"
    with hub.store.read() as connection:
        found = certificate_ends.of_stamper(hub.outside.stamper, connection)
    for each in found:
        until = times.civil_day(each.until).isoformat()
        if not each.is_near(now):
            yield _TRUST.good(title, f"{until} 前有效")
        else:
            yield _TRUST.of(title, each.problem(now), "note" if now <= each.until else "bad")


def _list(row: dict[str, str]) -> Line:
    title = f"吊销列表 {row['issuer']}"
    if row["state"] == "fresh":
        return _TRUST.good(title, f"{_day(row['next_update'])} 前有效")
    code = _LIST_CODES[row["state"]]
    facts = {"issuer": row["issuer"], "until": _day(row["usable_until"]) or "-"}
    if row["state"] == "stale":
        return _TRUST.note(title, code, **facts)
    return _TRUST.bad(title, code, **facts)


def _day(stamp: str) -> str:
    return times.civil_day(times.instant(stamp)).isoformat() if stamp else ""
