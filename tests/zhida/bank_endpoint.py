"""The banks' endpoint as it is in the field: ``zhida serve`` over loopback, with tokens, in a district of stand-ins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crypto import keys
from crypto.keys import PrivateKey
from sandbox.district import District
from sandbox.layout import free_port
from tests.zhida import finance_in_district
from tests.zhida.finance_in_district import Financing
from zhida import serve

TOKENS = {bank: f"{bank}-" + "t" * 32 for bank in ("bank-a", "bank-b")}
SERVE = """connection: bank_door
without_tls: true
answer_seconds: 2
clients:
  bank-a: {title: 示例甲银行, unit: bank-a, connection: token_a, may: [finance], rate: 10000 per second}
  bank-b: {title: 示例乙银行, unit: bank-b, connection: token_b, may: [finance], rate: 10000 per second}
"""


@dataclass(frozen=True)
class BankEndpoint:
    """Where it listens, and the district behind it."""

    url: str
    financing: Financing
    key: PrivateKey
    """The first bank's, which signs what it sends if ``signs``."""

    def headers(self, bank: str = "bank-a") -> dict[str, str]:
        return {"Authorization": f"Bearer {TOKENS[bank]}"}


def key_of(district: District) -> PrivateKey:
    """The first bank's, whose certificate the site knows."""
    pem = (district.directory / "bank-a" / "unit.key").read_bytes()
    return keys.load_private(pem, district.secrets["ca"].encode())


@contextmanager
def opened(folder: Path, open_town: Any, *, signs: bool = False) -> Iterator[BankEndpoint]:
    """Listening; a day's quota is not used up by a test that asks a thousand things."""
    with finance_in_district.opened(folder, open_town, seconds=2) as financing:
        place, port = financing.hub.site.folder, free_port()
        rules = (place / "finance.yaml").read_text("utf-8")
        (place / "finance.yaml").write_text(re.sub(r"_day: \d+", "_day: 100000", rules), "utf-8")
        told = SERVE.replace("unit: bank-a,", "unit: bank-a, signs: true,") if signs else SERVE
        (place / "serve.yaml").write_text(told, "utf-8")
        financing.town.connections |= {
            "bank_door": {"host": "127.0.0.1", "port": port},
            "token_a": {"host": "-", "password": TOKENS["bank-a"]},
            "token_b": {"host": "-", "password": TOKENS["bank-b"]},
        }
        key = key_of(financing.district)
        with closing(financing.town.open_hub()) as hub, serve.open_server(hub):
            yield BankEndpoint(f"http://127.0.0.1:{port}", financing, key)
