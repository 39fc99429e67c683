"""Airflow's way of telling that an item's task failed: with the line of its leg's incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseNotifier

if TYPE_CHECKING:
    from airflow.sdk.definitions.context import Context

LINE = "zhida_alert"
"""Name under which the notifiers after this one find the line in their templates."""


class ZhidaNotifier(BaseNotifier):
    """Says in the failed task's log what happened, whose system it is and whom to call.

    The dag factory gives it to every item. Whoever wants the line elsewhere puts another of
    Airflow's notifiers behind it, whose templates then know ``{{ zhida_alert }}``::

        on_failure_callback=[ZhidaNotifier(), SmtpNotifier(html_content="{{ zhida_alert }}", …)]

    The site's own robot is told by the task ``close``, once an incident and not once a failure.
    """

    def notify(self, context: Context) -> None:
        """Render the line, log it, and leave it in the context."""
        told: Any = context
        told[LINE] = self._line(told) or str(told.get("exception") or "")
        self.log.warning("%s", told[LINE])

    def _line(self, context: Any) -> str:
        """The line of the open incident of the item's system; empty before the third failure."""
        from exchange.errors import ZhidaError
        from zhida import alerts
        from zhida.airflow import connections
        from zhida.hub import open_hub

        task = context["task"]
        try:
            with open_hub(find=connections.find) as hub:
                system = hub.site.system_of(hub.site.matter(task.matter).items[task.item])
                return alerts.line_of(hub, system.name)
        except ZhidaError as error:
            self.log.error("no line for this failure: %s", error)
            return ""
