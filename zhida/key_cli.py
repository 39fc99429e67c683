"""``zhida key``: the keys that sign, from the request to the CA to the day on which they are withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhida.code_cli import NUMBERS
from zhida.command_options import AsJson, Reason
from zhida.output import emit, local, show

if TYPE_CHECKING:
    from exchange.store.proposal_rows import ProposalRow
    from zhida.hub import Hub

key = typer.Typer(no_args_is_help=True, help="签名密钥 signing keys")

Kid = Annotated[str, typer.Argument(help="密钥标识的开头 the beginning of its kid")]
Crt = Annotated[Path, typer.Argument(help="证书 the certificate, PEM or DER")]
STATES = {
    "signing": "[green]正在签名[/]",
    "followed": "已换下，仍可核验",
    "trusted": "可用",
    "not-valid": "[red]不在有效期[/]",
    "withdrawn": "[red]已撤下[/]",
    "revoked": "[red]已吊销[/]",
    "waiting": "[yellow]等吊销列表[/]",
}
_LIST = {"unit": "单位", "short": "密钥", "until": "有效至", "state_zh": "状态", "why": "说明"}


@key.command()
def new(
    request: Annotated[Path, typer.Option(help="证书申请写入 where the request (PKCS #10) goes")],
    as_json: AsJson = False,
) -> None:
    """生成中枢的新密钥和证书申请 (a new key of the hub; nothing signs with it yet)."""
    from zhida import environment, files, key_files, site

    told = site.load(environment.site_folder())
    title = told.units[told.unit].title if told.unit in told.units else told.title
    made = key_files.make(environment.var_folder(), told.suite, environment.secret())
    files.write(request, key_files.request(made, told.unit, title))
    text = f"新密钥 {made.kid}\n证书申请：{request}\n拿到证书后：zhida key import 证书 --reason …"
    emit(
        {"kid": made.kid, "suite": made.suite, "request": str(request)}, as_json=as_json, table=text
    )


@key.command("import")
def import_certificate(
    certificate: Crt,
    reason: Reason,
    private: Annotated[
        Path | None,
        typer.Option("--key", help="在别处生成的私钥，口令在 ZHIDA_IMPORT_PASSWORD made elsewhere"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """提议登记一张单位证书，须另一人同意 (let a unit's certificate in; two people)."""
    from zhida import key_handing
    from zhida.key_book import IMPORT

    def handed(hub: Hub) -> str:
        if private is not None:
            key_handing.keep_key(hub, private)
        return key_handing.hand_in(hub, certificate)

    propose(IMPORT, handed, reason, as_json)


@key.command(context_settings=NUMBERS)
def rotate(kid: Kid, reason: Reason, as_json: AsJson = False) -> None:
    """提议中枢改用这个密钥签名，须另一人同意 (sign with this key from now on; two people).

    同意后各进程立即改用；旧密钥签过的照样可以核验。
    """
    from zhida.key_book import ROTATE

    propose(ROTATE, lambda hub: _whole(hub, kid), reason, as_json)


@key.command(context_settings=NUMBERS)
def revoke(kid: Kid, reason: Reason, as_json: AsJson = False) -> None:
    """提议撤下一个密钥，须另一人同意 (withdraw a key; two people).

    同意以后到达的、用它签的一律不收；以前收下的照旧有效。还要通知签发机构吊销证书。
    """
    from zhida.key_book import WITHDRAW

    propose(WITHDRAW, lambda hub: _whole(hub, kid), reason, as_json)


@key.command()
def rewrap(reason: Reason, as_json: AsJson = False) -> None:
    """换口令：把各密钥改由 ZHIDA_KEY_PASSWORD 加密 (put the keys under the present password).

    旧口令放在 ZHIDA_KEY_PASSWORD_OTHER。办理不停；可以重复运行。
    """
    from zhida import key_handing
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    with open_hub() as hub:
        who = this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)
        found = key_handing.rewrap(hub, who, reason)
    text = f"已改由新口令加密：存储密钥 {found['buckets']} 个，签名密钥 {found['signing']} 个"
    if found["site_key"]:
        text += f"\n站点文件里的 {found['site_key']} 仍是旧口令：用 openssl pkcs8 改好后放回"
    emit(found, as_json=as_json, table=text)


@key.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """列出各单位的密钥和证书 (every unit's keys)."""
    from zhida import key_view
    from zhida.output import Marked
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = key_view.keys(watch.site, key_view.of_watch(watch), watch.clock())
    rows = [
        row
        | {"short": f"{row['kid'][:16]}\n{row['suite']}", "until": local(row["valid_until"])}
        | {"state_zh": Marked(STATES[row["state"]])}
        for row in found
    ]
    emit(found, as_json=as_json, table=show(rows, _LIST, title="密钥"))


def _whole(hub: Hub, start: str) -> str:
    from zhida import key_view

    state = hub.trust.now()
    known = [each.certificate.public_key.kid for each in state.units]
    return key_view.whole(start, [*known, *(c.public_key.kid for c in state.authorities.all)])


def propose(action: str, item_of: Callable[[Hub], str], reason: str, as_json: bool) -> None:
    """Sign as the operator of this process, and say who has to decide."""
    from zhida import key_view
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.proposals import Wish, propose
    from zhida.site_operators import OPERATE

    with open_hub() as hub:
        who = this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)
        item = item_of(hub)
        row = propose(hub, who, Wish(action, "", item, reason))
        with hub.store.read() as connection:
            told = {"item": item, "algorithm": key_view.algorithm_of(connection, item)}
        days = hub.site.proposal_days
    _tell(row, days, told, as_json)


def _tell(row: ProposalRow, days: int, told: dict[str, str], as_json: bool) -> None:
    from exchange.evidence_report import ACTIONS

    lines = [f"已提议{ACTIONS[row.action]}：{told['item']}"]
    lines += [f"算法 {told['algorithm']}"] if told["algorithm"] else []
    lines += [f"提议编号 {row.id[:12]}，{days} 天内有效。"]
    lines += [f"另一位操作人决定：\n  zhida proposal approve {row.id[:12]}"]
    found = {"proposal": row.id, "action": row.action, **told}
    emit(found, as_json=as_json, table="\n".join(lines))
