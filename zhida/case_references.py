"""The target's own number (受理号) of each item of a case: what one gives on the telephone.

It lies sealed in the receipt, so it is told only where the vault can be opened. What may be a
person's number, or anything but a number, is shown as its mask.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from exchange import receipt
from exchange.errors import ZhidaError
from exchange.store import case_rows, delivery_rows
from exchange.store.delivery_rows import ReceiptRow
from exchange.vault import Vault
from mappings.masks import mask
from zhida import environment
from zhida.watch import Watch

_NUMBER = re.compile(r"[A-Za-z0-9_./:-]{1,64}")
_PERSONAL = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|[0-9]{15}|1[3-9][0-9]{9})(?![0-9])")
"""Identity numbers of both lengths, and mobile phones."""


def of_case(
    watch: Watch, case: str, opener: Callable[[Watch], Vault] | None = None
) -> dict[str, str]:
    """Row of the case → number; none for who lacks the secret, and for what is erased."""
    try:
        opened = (opener or vault)(watch)
    except ZhidaError:
        return {}
    found: dict[str, str] = {}
    for name, row in _receipts(watch, case).items():
        try:
            told = shown(receipt.open_row(opened, row).reference)
        except ZhidaError:  # its bucket's key is destroyed
            continue
        found |= {name: told} if told else {}
    return found


def reasons(
    watch: Watch, case: str, opener: Callable[[Watch], Vault] | None = None
) -> dict[str, str]:
    """Row of the case → the words in which the target refused it; likewise only with the secret.

    They are for whoever tells the applicant; a person's number in them is shown as its mask.
    """
    try:
        opened = (opener or vault)(watch)
    except ZhidaError:
        return {}
    found: dict[str, str] = {}
    for name, row in _receipts(watch, case).items():
        try:
            told = receipt.open_row(opened, row).reason
        except ZhidaError:  # its bucket's key is destroyed
            continue
        found |= {name: _PERSONAL.sub(lambda n: mask(n[0]), told)} if told else {}
    return found


def shown(reference: str) -> str:
    """
    >>> shown("YL2026112800001"), shown("320117202601050015"), shown("张小直"), shown("")
    ('YL2026112800001', '9×18', '汉×3', '')
    """
    plain = _NUMBER.fullmatch(reference) and not _PERSONAL.search(reference)
    return reference if plain or not reference else mask(reference)


def vault(watch: Watch) -> Vault:
    """The site's; ``Fatal`` for who has no secret in the environment."""
    folder = environment.var_folder() / "keys"
    return Vault(folder, environment.secret(), cipher=watch.site.cipher)


def _receipts(watch: Watch, case: str) -> dict[str, ReceiptRow]:
    found: dict[str, ReceiptRow] = {}
    with watch.store.read() as connection:
        for item in case_rows.items(connection, case):
            sent = delivery_rows.get_delivery(connection, item.effect) if item.effect else None
            row = delivery_rows.get_receipt(connection, sent.receipt) if sent else None
            found |= {item.item: row} if row else {}
    return found
