"""A clerk's desk: a site, and what all bureaus handed over last night about invented firms; to be tried by hand.

``python -m sandbox.policy_desk`` lays it into ``var/policies`` (docs/tutorial-policy.md); it starts nothing. What is there is made anew.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox import fact_books, fact_catalogue, fact_site, pki
from sandbox.enterprises import District

FOLDER = Path("var/policies")
FIRMS = 1200
_SITE = """site: clerk
title: 示例
unit: hub
suite: Ed25519
key: keys/hub.key
certificate: keys/hub.crt
trust: ../trust
matters: []
"""


def lay(folder: Path, firms: int = FIRMS) -> None:
    """Keys, site, the bureaus' lists about so many firms, and ``env.sh`` that points ``zhida`` at them."""
    shutil.rmtree(folder, ignore_errors=True)
    site = folder / "site"
    pki.make(folder, "Ed25519")
    (site / "units").mkdir(parents=True)
    (site / "site.yaml").write_text(_SITE, "utf-8")
    (site / "units/hub.yaml").write_text("unit: hub\ntitle: 示例数据局\n", "utf-8")
    connections = fact_site.lay(site, (folder / "books").resolve())
    district = District(firms, (datetime.now(UTC) + timedelta(hours=8)).date(), quiet=1)
    for holder, facts in fact_catalogue.by_holder(fact_catalogue.load()).items():
        fact_books.hand_over(folder / "books", holder, facts, district)
    (folder / "var").mkdir(mode=0o700)
    (folder / "env.sh").write_text(_environment(folder, connections), "utf-8")
    (folder / "env.sh").chmod(0o600)


def _environment(folder: Path, connections: Mapping[str, str]) -> str:
    place = folder.resolve()
    told = {
        "ZHIDA_SITE": str(place / "site"),
        "ZHIDA_VAR": str(place / "var"),
        "ZHIDA_KEY_PASSWORD": pki.secrets_of(folder)["hub"],
        **{f"AIRFLOW_CONN_{name.upper()}": value for name, value in connections.items()},
    }
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in told.items())


def main(folder: Path = FOLDER) -> None:
    """Lay it, and say what to do next."""
    lay(folder)
    print(f"{FIRMS} 户虚构企业，各单位交来的清单在 {folder}/books。接着：")
    print(f". {folder}/env.sh\nzhida init")


if __name__ == "__main__":
    main()
