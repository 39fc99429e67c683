"""What a unit's paper clerk does with a sealed paper: fetches it by its receipt, and hands it out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sandbox.office import Filled, Form, Office, Refused

_DIGEST = re.compile("[0-9a-f]{64}")


def hand_out(office: Office, form: Form) -> Filled:
    """Nobody hands out what can't be fetched and compared; a paper that the clerk refuses is told so."""
    reason = office.refusals.get((684, form["wsbh"]))
    if reason:
        raise Refused(reason)
    if not form.get("hzbh") or not _DIGEST.fullmatch(form.get("wjzy", "")):
        raise Refused("没有回执号或文件摘要，无法取文件核对")
    return {}


RULES: Mapping[int, Callable[[Office, Form], Filled | None]] = {684: hand_out}
