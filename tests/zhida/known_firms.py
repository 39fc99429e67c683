"""Holders whose facts a test states row by row, signed as datasets and frozen as a snapshot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from exchange.dataset import Form
from exchange.document import Origin
from sandbox import fact_catalogue, fact_site
from tests.zhida import small_grants
from tests.zhida.endpoint import Endpoint
from zhida import dataset_books, grants_file
from zhida.fact_rows import KEY, KIND
from zhida.hub import Hub
from zhida.snapshot import Snapshot
from zhida.snapshot_take import Taking

HOLDERS = {
    "registry": ("registered_name", "district", "founded"),
    "tax": ("tax_clean", "rd_y1"),
    "human-resources": ("insured", "insured_y1"),
}
_NAME = "  registered_name: {title: 企业名称, kind: code}\n"


def lay(site: Path, books: Path) -> dict[str, Any]:
    """The small catalogue as the site's, and where its facts would come from: connections."""
    small_grants.write(site / "policies")
    file = site / "policies/facts/registry.yaml"
    file.write_text(file.read_text("utf-8") + _NAME, "utf-8")
    found = fact_site.lay(site, books, fact_catalogue.load(site / "policies/facts"))
    return {name: json.loads(text) for name, text in found.items()}


def state(
    endpoint: Endpoint, firms: Mapping[str, Mapping[str, Any]], *, at: datetime | None = None
) -> None:
    """Each holder says what it knows of these firms, as of ``at``."""
    hub = endpoint.hub
    for holder, names in HOLDERS.items():
        rows = [
            {KEY: uscc, **{n: _plain(told[n]) for n in names if told.get(n) is not None}}
            for uscc, told in sorted(firms.items())
        ]
        system = f"{holder}-facts"
        origin = Origin(KIND, hub.site.unit, holder, "hub", system, at or hub.clock())
        dataset_books.of(hub).write(rows, Form(KIND, (KEY,)), origin, bucket="grants-2040-01")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def freeze(hub: Hub) -> Snapshot:
    """A snapshot of what is known now."""
    return Taking(hub, grants_file.load(hub.site)).run()
