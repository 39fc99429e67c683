"""The ``zhida`` command. Each command imports what it needs itself, so that help comes at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exchange.errors import Fatal, ZhidaError
from zhida import usage
from zhida.acceptance_cli import acceptance
from zhida.backup_cli import backup, restore
from zhida.case_cli import cases
from zhida.catalogue_cli import catalogue
from zhida.code_cli import NUMBERS, code
from zhida.command_options import AsJson
from zhida.data_request_cli import requests
from zhida.dataset_cli import datasets
from zhida.doctor_cli import doctor
from zhida.duty_cli import duty
from zhida.evidence_cli import evidence
from zhida.excel_cli import agreement, codes
from zhida.facts_cli import facts
from zhida.file_cli import files
from zhida.file_get_cli import get as get_file
from zhida.finance_cli import finance
from zhida.grants_cli import grants
from zhida.incident_cli import incidents
from zhida.invalid_cli import invalid
from zhida.key_cli import key
from zhida.ledger_cli import ledger
from zhida.leg_cli import legs
from zhida.listen_cli import listen
from zhida.mapping_cli import mapping as mappings
from zhida.matter_cli import matters
from zhida.mediation_cli import mediation
from zhida.metrics_cli import metrics
from zhida.network_cli import diff, firewall
from zhida.objection_cli import objections
from zhida.output import EXIT_DEFECT, EXIT_PROBLEM, Facts, Marked, emit, exit_code, show, tell
from zhida.parked_cli import parked
from zhida.person_cli import person
from zhida.policy_cli import policies
from zhida.proposal_cli import proposal
from zhida.prune_cli import prune
from zhida.reconcile_cli import doubts, reconcile
from zhida.replay_cli import replay
from zhida.report_cli import report
from zhida.reread_cli import replay as reread
from zhida.schema_cli import schema
from zhida.serve_cli import serve
from zhida.signer_cli import signer
from zhida.snapshot_cli import snapshots
from zhida.sweep_cli import sweep
from zhida.sync_cli import syncs
from zhida.sync_run_cli import backfill as backfill_sync
from zhida.sync_run_cli import run as run_sync
from zhida.system_call_cli import call as call_system
from zhida.system_cli import systems
from zhida.system_discover_cli import discover as discover_system
from zhida.system_new_cli import new as new_system
from zhida.trust_cli import trust
from zhida.vault_cli import vault
from zhida.version import VERSION

if TYPE_CHECKING:
    from mappings.field_words import FieldWords

app = typer.Typer(
    name="zhida",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(cases, name="case")
catalogue.add_typer(requests, name="request")
app.add_typer(catalogue, name="catalogue")
app.add_typer(acceptance, name="acceptance")
parked.command("replay")(replay)
app.add_typer(parked, name="parked")
app.add_typer(person, name="person")
app.add_typer(policies, name="policy")
app.add_typer(proposal, name="proposal")
invalid.command("replay")(reread)
app.add_typer(invalid, name="invalid")
app.add_typer(incidents, name="incident")
app.add_typer(duty, name="duty")
app.add_typer(legs, name="leg")
systems.command("new")(new_system)
systems.command("call")(call_system)
systems.command("discover")(discover_system)
app.add_typer(systems, name="system")
app.command()(listen)
app.command()(serve)
app.add_typer(agreement, name="agreement")
app.add_typer(mappings, name="mapping")
app.add_typer(codes, name="codes")
app.command("code", context_settings=NUMBERS)(code)
app.command("schema")(schema)
app.command("firewall")(firewall)
app.command("diff")(diff)
app.add_typer(ledger, name="ledger")
app.add_typer(key, name="key")
app.add_typer(trust, name="trust")
app.add_typer(vault, name="vault")
app.add_typer(matters, name="matter")
app.add_typer(mediation, name="mediation")
app.add_typer(evidence, name="evidence")
app.add_typer(datasets, name="dataset")
app.add_typer(grants, name="grants")
app.add_typer(finance, name="finance")
app.add_typer(facts, name="facts")
files.command("get")(get_file)
app.add_typer(files, name="file")
app.add_typer(snapshots, name="snapshot")
syncs.command("run")(run_sync)
syncs.command("backfill")(backfill_sync)
app.add_typer(signer, name="signer")
app.add_typer(syncs, name="sync")
app.add_typer(doubts, name="doubt")
app.add_typer(report, name="report")
app.command()(sweep)
app.command("reconcile")(reconcile)
app.command("doctor")(doctor)
app.command("metrics")(metrics)
app.command("prune")(prune)
app.command("backup")(backup)
app.command("restore")(restore)
app.add_typer(objections, name="objection")


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"zhida {VERSION}")
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_tell_version, help="版本 the version"),
    ] = False,
) -> None:
    """直达：让区里已有的系统一起办事。站点在 ZHIDA_SITE，数据在 ZHIDA_VAR。"""


@app.command()
def init() -> None:
    """建立或升级数据库 (create or upgrade the store)."""
    from exchange.store import schema
    from zhida.watch import open_watch

    with open_watch() as watch:
        schema.upgrade(watch.store)
    emit(None, as_json=False, table="数据库已就绪")


@app.command()
def check(as_json: AsJson = False) -> None:
    """检查整个站点 (check the whole site: files, certificates, keys, adapters, store)."""
    from zhida.site_check import check_site

    found = check_site()
    rows = [row | {"mark": Marked("[green]✓[/]" if row["ok"] else "[red]✗[/]")} for row in found]
    columns = {"mark": "", "step": "检查", "what": "结果", "remedy": "怎么办"}
    emit(found, as_json=as_json, table=show(rows, columns, title="站点检查"))
    if not all(row["ok"] for row in found):
        raise typer.Exit(EXIT_PROBLEM)


_SENSITIVE = {"child": "（未满十四岁）"}


@app.command("agreements")
def list_agreements(as_json: AsJson = False) -> None:
    """列出共享协议 (who may give what to whom, until when)."""
    from mappings import shapes
    from zhida import site, site_words
    from zhida.environment import site_folder

    told_by = site.load(site_folder())
    kinds, titles = shapes.of(told_by.folder), site_words.units(told_by)
    words = site_words.fields(told_by)
    told = [
        {
            "agreement": a.id,
            "provider": a.provider,
            "receiver": a.receiver,
            "document": a.document,
            "purpose": a.purpose,
            "fields": list(a.fields),
            "valid_until": a.valid_until.isoformat(),
            "notice": a.notice,
            "consent": a.consent,
            "sensitive": kinds.find(a.document).sensitive if a.document in kinds.kinds() else "",
        }
        for a in told_by.agreements
    ]
    rows = [_agreement(row, titles, words) for row in told]
    columns = {"named": "协议 · 数据", "way": "去向", "fields": "字段", "valid_until": "止于"}
    emit(told, as_json=as_json, table=show(rows, columns, title="共享协议"))


def _agreement(
    row: Mapping[str, Any], titles: Mapping[str, str], words: FieldWords
) -> dict[str, Any]:
    """By titles; its own name and its fields' pointers are what other files say."""
    sides = [titles.get(row[side], row[side]) for side in ("provider", "receiver")]
    kind = f"{words.kind(row['document'])}{_SENSITIVE.get(row['sensitive'], '')}"
    told = {"named": f"{row['agreement']}\n{kind}", "way": "\n→ ".join(sides)}
    return {**row, **told, "fields": "\n".join(row["fields"])}


def _spoken(facts: Facts) -> Facts:
    """Units by their titles, if the site's files can be read: what is wrong may be just these."""
    from zhida import environment, site_words

    folder = environment.own_site()
    if folder is None or not facts.keys() & site_words.UNITS:
        return facts
    return site_words.spoken(site_words.units_of(folder), facts)


def main() -> None:
    """Entry point: our errors end as text with a remedy and a telling exit code."""
    try:
        sys.exit(usage.run(app))
    except ZhidaError as error:
        tell(error, spoken=_spoken)
        sys.exit(exit_code(error))
    except Exception as defect:
        if os.environ.get("ZHIDA_DEBUG"):
            raise
        tell(Fatal("cli.defect", type=type(defect).__name__))
        sys.exit(EXIT_DEFECT)
