"""``zhida trust check``: get the lists now, and whether everything that is trusted holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exchange.errors import Problem
from exchange.problems import describe
from zhida import certificate_ends, key_view, revocation_look
from zhida.hub import Hub

Row = dict[str, Any]


def check(hub: Hub) -> list[Row]:
    """One row a step: ``step``, ``ok``, ``what``, ``remedy``, ``code``."""
    rows = [_looked(each) for each in revocation_look.look(hub, every=True)]
    rows += _authorities(hub)
    rows += [_bad("两人的决定与证书", each) for each in hub.trust.now().problems]
    return [*rows, *_keys(hub), _own(hub), *_ends(hub)]


def _ends(hub: Hub) -> Iterator[Row]:
    """What ends within thirty days; within seven it counts as a defect."""
    now, state = hub.clock(), hub.trust.now()
    found = list(certificate_ends.of_trust(hub.site, state))
    with hub.store.read() as connection:
        found += certificate_ends.of_stamper(hub.outside.stamper, connection)
    found += certificate_ends.of_operators(hub.site)
    near = [each for each in found if each.is_near(now)]
    near += certificate_ends.of_lists(state.revocations.watched.values(), now)
    for each in sorted(near, key=lambda each: each.until):
        row = _bad(f"有效期 {each.holder}", each.problem(now))
        yield row | {"ok": not each.is_near(now, certificate_ends.LATE)}


def _authorities(hub: Hub) -> Iterator[Row]:
    """Whom the site trusts, and with which algorithm each of them signs."""
    for row in key_view.authorities(hub.trust.now()):
        told = (key_view.KINDS[row["kind"]], key_view.algorithm(row["suite"]))
        yield _good(f"签发机构 {row['name']}", "，".join(told))


def _looked(look: revocation_look.Look) -> Row:
    step = f"吊销列表 {look.issuer}"
    if look.error is not None:
        return _bad(step, look.error.problems[0])
    return _good(step, "取到新的" if look.is_new else "没有更新的")


def _keys(hub: Hub) -> Iterator[Row]:
    """Keys that are good no more, told for those who use them; that is no defect of the site."""
    for row in key_view.keys(hub.site, hub.trust.now(), hub.clock()):
        if row["code"]:
            yield _good(f"{row['unit']} 的密钥 {row['kid'][:16]}", row["why"])


def _own(hub: Hub) -> Row:
    """The key with which the hub signs now."""
    kid = hub.signer.kid
    lapsed = hub.trust.lapsed(hub.trust.now(), kid)
    step = f"中枢正在签名的密钥 {kid[:16]}"
    return _good(step, "正常") if lapsed is None else _bad(step, lapsed.problems[0])


def _good(step: str, what: str) -> Row:
    return {"step": step, "ok": True, "what": what, "remedy": "", "code": ""}


def _bad(step: str, problem: Problem) -> Row:
    what, remedy = describe(problem.code, problem.facts)
    return {"step": step, "ok": False, "what": what, "remedy": remedy, "code": problem.code}
