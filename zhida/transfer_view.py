"""What went to whom, by which agreement: the names of the fields, and no value.

Each name twice: as people call it, and the pointer that was signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exchange import canonical, custody
from exchange.store import kind_rows
from exchange.store.delivery_rows import TransferRow
from exchange.store.engine import Connection
from mappings.field_words import FieldWords
from zhida import site_words
from zhida.watch import Watch


def every(
    watch: Watch, connection: Connection, rows: Sequence[TransferRow]
) -> list[dict[str, Any]]:
    """These transfers, in their order."""
    kinds = kind_rows.words(connection, {each.document for each in rows})
    words = site_words.fields(watch.site)
    return [_told(watch, row, kinds.get(row.document, ("", "")), words) for row in rows]


def _told(
    watch: Watch, row: TransferRow, word: tuple[str, str], words: FieldWords
) -> dict[str, Any]:
    site, (kind, held) = watch.site, word
    titles = site_words.units(site)
    provider = titles.get(row.provider, row.provider)
    fields = {
        "disclosed": canonical.loads(row.disclosed.encode()),
        "withheld": canonical.loads(row.withheld.encode()),
    }
    return {
        "id": row.id,
        "item": row.item,
        "from": row.provider,
        "from_title": provider,
        "to": row.receiver,
        "to_title": titles.get(row.receiver, row.receiver),
        "agreement": row.agreement,
        "agreement_zh": site_words.agreement(site, words.kind(kind), row.purpose),
        "purpose": row.purpose,
        "purpose_zh": site_words.purpose(row.purpose, site),
        "at": row.at,
        "document_kind": kind,
        "document_kind_zh": words.kind(kind),
        "custody": held,
        "custody_zh": custody.told(held, provider, own=row.provider == site.unit),
        **fields,
        **{f"{name}_zh": [words.field(kind, p) for p in told] for name, told in fields.items()},
    }
