"""``zhida report``: figures about the whole, for those who answer for it."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from exchange.names import NONE, similar
from zhida.report_acceptance_cli import acceptance
from zhida.report_finance_cli import finance
from zhida.report_flows_cli import flows
from zhida.report_grants_cli import grants
from zhida.report_matter_cli import matter
from zhida.report_mediation_cli import mediation
from zhida.report_overview_cli import agreements, clock, freshness
from zhida.report_reform_cli import reform


class _ByMatter(TyperGroup):
    """``zhida report newborn`` is ``zhida report matter newborn``."""

    short_for = "matter"

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """A name that is no report, nor nearly one, is a matter's; the site knows which it has.

        No report has a hyphen in its name: ``grant-list`` is no ``grants`` misspelt.
        """
        name = args[0]
        if not name.startswith("-") and ("-" in name or similar(name, self.commands) == NONE):
            args = [self.short_for, *args]
        return super().resolve_command(ctx, args)


report = typer.Typer(cls=_ByMatter, no_args_is_help=True, help="报表 reports")
report.command("matter")(matter)
report.command("grants")(grants)
report.command("mediation")(mediation)
report.command("acceptance")(acceptance)
report.command("finance")(finance)
report.command("freshness")(freshness)
report.command("clock")(clock)
report.command("agreements")(agreements)
report.command("reform")(reform)
report.command("flows")(flows)


@report.callback()
def group() -> None:
    """报表 (reports)."""  # with one command alone, typer would drop its name
