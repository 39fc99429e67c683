"""``zhida proposal``: what one operator has proposed, and the decision of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson, Reason
from zhida.output import emit, local, show

if TYPE_CHECKING:
    from exchange.store.engine import Connection
    from exchange.store.proposal_rows import ProposalRow
    from zhida.watch import Watch

proposal = typer.Typer(no_args_is_help=True, help="两人确认 what takes two people")

_LIST = {
    "short": "编号",
    "which": "办件 · 事项",
    "wish": "提议 · 理由",
    "by": "提议人",
    "state_zh": "状态",
}


@proposal.command("list")
def list_proposals(
    every: Annotated[bool, typer.Option("--all", help="连同已决定的 decided ones too")] = False,
    as_json: AsJson = False,
) -> None:
    """列出待决定的提议 (proposals that wait for a second person)."""
    from exchange.store import proposal_rows
    from zhida.watch import open_watch

    with open_watch() as watch, watch.store.read() as connection:
        rows = proposal_rows.listed(connection, "" if every else "open")
        found = [_told(watch, connection, row) for row in rows]
    emit(found, as_json=as_json, table=show([_plain(row) for row in found], _LIST, title="提议"))


@proposal.command("show")
def show_proposal(identifier: str, as_json: AsJson = False) -> None:
    """一个提议：要做什么、谁签的、现在还能不能决定 (one proposal, its signature verified)."""
    from zhida import proposal_read
    from zhida.watch import open_watch

    with open_watch() as watch:
        row = proposal_read.find(watch.store, identifier)
        proposal_read.verified(watch.site, row)
        with watch.store.read() as connection:
            found = _told(watch, connection, row)
    rows = [{"name": name, "text": _plain(found)[key]} for key, name in _SHOWN.items()]
    emit(found, as_json=as_json, table=show(rows, {"name": "", "text": ""}, title="提议"))


_SHOWN = {
    "proposal": "编号",
    "action_zh": "提议",
    "case": "办件",
    "item": "事项",
    "unit": "证书主体",
    "kid": "密钥标识",
    "until": "有效期至",
    "algorithm": "算法",
    "code": "转人工原因",
    "reason": "理由",
    "proposed_by": "提议人",
    "at": "提议时间",
    "state_zh": "状态",
    "decided_by": "决定人",
}


@proposal.command()
def approve(identifier: str, reason: Reason = "", as_json: AsJson = False) -> None:
    """同意并立即执行；不能是提议人本人 (approve; it happens at once)."""
    _decide("approve", identifier, reason, as_json)


@proposal.command()
def reject(identifier: str, reason: Reason, as_json: AsJson = False) -> None:
    """不同意；事项仍待人工 (reject; the item stays parked)."""
    _decide("reject", identifier, reason, as_json)


def _decide(verdict: str, identifier: str, reason: str, as_json: bool) -> None:
    from exchange.evidence_report import ACTIONS
    from zhida import proposals
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import APPROVE

    decide = {"approve": proposals.approve, "reject": proposals.reject}[verdict]
    with open_hub() as hub:
        who = this_person(hub.site, APPROVE, hub.clock(), hub.trust.now().revocations)
        row = decide(hub, who, identifier, reason=reason)
    word = "已同意并执行" if verdict == "approve" else "未同意，事项仍待人工"
    text = f"{word}：{ACTIONS[row.action]}（提议 {row.id[:12]}，决定人 {who.operator.title}）"
    emit(
        {"proposal": row.id, "action": row.action, "verdict": verdict}, as_json=as_json, table=text
    )


def _told(watch: Watch, connection: Connection, row: ProposalRow) -> dict[str, Any]:
    from exchange import canonical
    from zhida.proposal_read import why_void

    seen = canonical.loads(row.target.encode())
    now = watch.clock()
    void = why_void(watch.site, connection, row, now) if row.state == "open" else ""
    told = {name: getattr(row, name) for name in ("action", "reason", "proposed_by", "decided_by")}
    told |= {"proposal": row.id, "proposed_at": row.proposed_at, "void": void}
    told |= {name: seen[name] for name in ("case", "item", "code")}
    told |= dict.fromkeys(_CERTIFICATE, "") | _certificate(connection, row.action, seen)
    return told | {"state": "void" if void else row.state}


_SIGNED = ("unit", "kid", "until")
_CERTIFICATE = {**{name: _SHOWN[name] for name in _SIGNED}, "algorithm": "算法"}


def _certificate(connection: Connection, action: str, seen: dict[str, Any]) -> dict[str, str]:
    """What stands in a certificate that is decided about: nobody can judge its digest."""
    from zhida import key_view, vault_book, vault_recipient

    if action == vault_book.ARCHIVE:
        return vault_recipient.about(connection, seen["item"].rpartition("/")[2])
    if not set(_SIGNED) <= set(seen):
        return {}
    told = {name: str(seen[name]) for name in _SIGNED}
    return told | {"algorithm": key_view.algorithm_of(connection, seen["item"])}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    from exchange.evidence_report import ACTIONS, VERDICTS

    told = {"short": row["proposal"][:12], "case": row["case"][:12]}
    told |= {"action_zh": ACTIONS[row["action"]], "at": local(row["proposed_at"])}
    shown = {name: row[name] for name in _CERTIFICATE} | {"until": local(row["until"])}
    parts = [f"{title} {shown[name]}" for name, title in _CERTIFICATE.items() if shown[name]]
    told |= {
        "which": "\n".join([told["case"], row["item"], *parts]),
        "by": f"{row['proposed_by']}\n{told['at']}",
    }
    told |= {"wish": f"{told['action_zh']}\n{row['reason']}"}
    return row | told | shown | {"state_zh": VERDICTS[row["state"]]}
