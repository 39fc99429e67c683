"""docs/how-to/finance-letters.md: its files can be copied, its program signs what the hub takes, its codes exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crypto import keys
from exchange.problems import catalogue
from matters import finance_file
from tests import how_to_files
from tests.zhida import finance_stores
from tests.zhida.finance_town import Place
from zhida import finance_letters, finance_revoking, finance_token

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/how-to/finance-letters.md").read_text("utf-8")
FIRM, PASSWORD = "91320116MA1000017B", "a password of the firm"


alone = finance_stores.place


@pytest.fixture
def place(alone: Place) -> Place:
    """The page's site, and a firm's key and certificate as files."""
    copied = alone.folder / "copied"
    told = how_to_files.write("finance-letters", copied)
    assert set(told) == {"finance.yaml", "letter.json", "revocation.json"}
    text = told["finance.yaml"].read_text("utf-8")
    alone.write("finance.yaml", text.replace("../trust/enterprises", "../enterprises"))
    [program] = re.findall(r"^<!-- file: sign.py -->\n```python\n(.*?)^```", PAGE, re.M | re.S)
    (copied / "sign.py").write_text(program, "utf-8")
    middle, key = alone.authority.below(), keys.generate("SM2-SM3")
    leaf = middle.issue("六合示例机械有限公司", key, attributes={"serial_number": FIRM})
    (copied / "firm.key").write_bytes(key.to_pem(PASSWORD.encode(), iterations=1000))
    (copied / "firm.crt").write_bytes(leaf.pem)
    (copied / "middle.crt").write_bytes(middle.certificate.pem)
    return alone


def sign(place: Place, record: str, kind: str) -> str:
    words = [
        sys.executable,
        "-W",
        "ignore",
        "sign.py",
        record,
        kind,
        "firm.key",
        "firm.crt",
        "middle.crt",
    ]
    env = {"PATH": os.environ["PATH"], "KEY_PASSWORD": PASSWORD, "PYTHONUTF8": "1"}
    done = subprocess.run(
        words, cwd=place.folder / "copied", env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_its_program_signs_is_taken_and_taken_back(place: Place) -> None:
    token = sign(place, "letter.json", finance_token.LETTER.type)
    found = finance_letters.take(
        place.hub,
        place.rules,
        bank="bank-a",
        token=token,
        known=finance_file.of_site(place.site).datasets,
    )
    assert (found.row.grantor_uscc, found.state(place.today)) == (FIRM, "valid")
    token = sign(place, "revocation.json", finance_token.REVOCATION.type)
    assert finance_revoking.revoke(place.hub, place.rules, token=token) == found.id
    assert finance_letters.get(place.hub.store, found.id).state(place.today) == "revoked"


def test_short_numbers_of_a_signature_are_filled_up(place: Place) -> None:
    """One of 256 signatures has an r or s that begins with a zero byte."""
    [program] = re.findall(r"^def number.*?(?=^ders)", PAGE, re.M | re.S)
    names: dict[str, object] = {}
    exec(program, names)
    number = names["number"]
    assert callable(number)
    der = bytes([0x30, 70, 2, 33, 0, *[255] * 32, 2, 31, *[7] * 31])
    r, after = number(der, 2)
    assert (r, number(der, after)[0]) == (b"\xff" * 32, b"\0" + b"\7" * 31)


def test_it_names_every_code_of_letters_and_readings() -> None:
    named = set(re.findall(r"`(finance\.[a-z-]+)`", PAGE))
    assert named <= set(catalogue())
    own = {code for code in catalogue() if code.startswith("finance.letter-")}
    assert own <= named
