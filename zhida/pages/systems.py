"""Systems: up or down, what waits for each, what is wrong and whom to call; certificates that end."""

from __future__ import annotations

from zhida import incident_view, system_state
from zhida.alert_line import can_wait
from zhida.pages.ask import Answer, Ask
from zhida.pages.desk import Desk
from zhida.pages.draw import draw


def shown(desk: Desk, ask: Ask) -> Answer:
    """Everything at a glance."""
    language = ask.language(desk.site.language)
    watch = desk.watch(language)
    incidents = incident_view.every(watch)
    facts = {
        "tab": "systems",
        "systems": system_state.every(watch),
        "incidents": [row | {"wait": can_wait(row)} for row in incidents],
        "certificates": desk.certificates(watch),
    }
    return draw(ask, language, "systems", facts)
