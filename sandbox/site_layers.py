"""What is laid over a district's own copy of the example site, which keeps to the core.

``whole``: the nine items of the newborn's matter, with every unit's system. ``by_hand``: no unit has
an interface any more; what it did there it does in the OA, by the same matter. ``further``: another
matter with everything that it needs, all of it files.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from sandbox.process import ROOT

_WHOLE, _DESK = ROOT / "sandbox" / "newborn_site", ROOT / "sandbox" / "desk_site"


_BEFORE = "baseline.yaml"
"""What it was like before the reform."""


def whole(site: Path) -> None:
    """Units, systems and agreements of the nine items; the packaged matter counts. Once."""
    if (site / "systems" / "tax.yaml").exists():
        return
    _lay(_WHOLE, site, "*")
    _before(_WHOLE, site)
    (site / "matters" / "newborn.yaml").unlink()


def _before(layer: Path, site: Path) -> None:
    """What it was like before the reform; beside what another layer has told."""
    told, own = site / _BEFORE, (layer / _BEFORE).read_text("utf-8")
    if told.exists():
        told.write_text(told.read_text("utf-8") + own.partition("baseline:\n")[2], "utf-8")
    else:
        told.write_text(own, "utf-8")


def by_hand(site: Path) -> None:
    """Every system but the window's OA goes. Once."""
    if (site / "systems" / "public-security.yaml").exists():
        return
    for folder in ("units", "agreements"):
        _lay(_WHOLE, site, folder, over=False)
    for file in (site / "systems").glob("*.yaml"):
        if file.name != "oa.yaml":
            file.unlink()
    _lay(_DESK, site, "*")


FURTHER = {"business-licence": "licence_site", "talent-household": "talent_site"}
"""Matter → the folder of its layer."""


def further(site: Path, matter: str) -> None:
    """A matter beside those that the site has: every file of its layer, and its name. Once."""
    if matter in (site / "site.yaml").read_text("utf-8"):
        return
    _lay(ROOT / "sandbox" / FURTHER[matter], site, "*", "*")
    _name(site, matter)


def _name(site: Path, *matters: str) -> None:
    """The site has these matters from now on."""
    told = site / "site.yaml"
    text, more = told.read_text("utf-8"), ", ".join(matters)
    told.write_text(re.sub(r"(?m)^(matters: \[.*)\]", rf"\g<1>, {more}]", text), "utf-8")


def grants(site: Path) -> None:
    """The matters of grants, who pays, who speaks with the firms, and who decides. Once.

    The tables of those who pay are the district's.
    """
    if (site / "systems" / "treasury.yaml").exists():
        return
    _lay(ROOT / "sandbox" / "grants_site", site, "*", "*")
    shutil.copyfile(ROOT / "sandbox" / "grants_site" / _PEOPLE, site / _PEOPLE)
    _name(site, *GRANT_MATTERS)
    for system in ("treasury", "unemployment_fund"):
        told = site / "systems" / f"{system.replace('_', '-')}.yaml"
        tables = f"{site.parent / system}/frontend.sqlite"
        example = f"{_VAR}/{system}/frontend.sqlite"
        told.write_text(told.read_text("utf-8").replace(example, tables), "utf-8")


def grants_alone(site: Path) -> None:
    """The same where nothing else is done: the example's matter and its systems go. Once."""
    if (site / "systems" / "treasury.yaml").exists():
        return
    _empty(site)
    grants(site)
    _forget_example(site)


def _empty(site: Path) -> None:
    """The example's systems and its matter's file go."""
    for file in [*(site / "systems").glob("*.yaml"), *(site / "matters").glob("*.yaml")]:
        file.unlink()


def _forget_example(site: Path) -> None:
    """Its matter is not named any more, once another is."""
    told = site / "site.yaml"
    told.write_text(told.read_text("utf-8").replace("[newborn, ", "["), "utf-8")


def push(site: Path) -> None:
    """Firms are told of policies by portal, text and officer, and opt out; beside ``grants``. Once."""
    if (site / "systems" / "sms.yaml").exists():
        return
    _lay(ROOT / "sandbox" / "push_site", site, "*", "*")
    for folder in ("systems", "mappings"):
        _lay(ROOT / "sandbox" / "application_site", site, folder, "registry*")
    _name(site, *PUSH_MATTERS)


def mediation_papers(site: Path) -> None:
    """Papers of disputes are sealed and handed out; over a site that has the matters of disputes. Once."""
    if (site / "systems" / "papers-mediation-centre.yaml").exists():
        return
    _lay(ROOT / "sandbox" / "mediation_papers_site", site, "*", "*")
    _name(site, "mediation-paper")


def mediation(site: Path) -> None:
    """Labour disputes: the window and the platforms that register them, and everybody who takes one over. Once."""
    if (site / _ROLES).exists():
        return
    _lay(ROOT / "sandbox" / "mediation_site", site, "*", "*")
    shutil.copyfile(ROOT / "sandbox" / "mediation_site" / _ROLES, site / _ROLES)
    _name(site, *MEDIATION_MATTERS)


def mediation_alone(site: Path) -> None:
    """The same where nothing else is done: the example's matter and its systems go. Once."""
    if (site / _ROLES).exists():
        return
    _empty(site)
    mediation(site)
    _forget_example(site)


def acceptance(site: Path) -> None:
    """Joint acceptance of buildings: the platform, the registers, and everybody who decides an item. Once."""
    if (site / _SEATS).exists():
        return
    _lay(ROOT / "sandbox" / "acceptance_site", site, "*", "*", over=False)
    shutil.copyfile(ROOT / "sandbox" / "acceptance_site" / _SEATS, site / _SEATS)
    _before(ROOT / "sandbox" / "acceptance_site", site)
    _name(site, *ACCEPTANCE_MATTERS)


def acceptance_alone(site: Path) -> None:
    """The same where nothing else is done: the example's matter and its systems go. Once."""
    if (site / _SEATS).exists():
        return
    _empty(site)
    acceptance(site)
    _forget_example(site)


def finance(site: Path) -> None:
    """Order finance: the banks, the core enterprise, and everybody who says something of a firm. Once."""
    if (site / _BANKS).exists():
        return
    _lay(ROOT / "sandbox" / "finance_site", site, "*", "*", over=False)
    layer = ROOT / "sandbox" / "finance_site"
    shutil.copyfile(layer / _BANKS, site / _BANKS)
    shutil.copytree(layer / "matters", site / "matters", dirs_exist_ok=True)
    _name(site, *FINANCE_MATTERS)


def finance_alone(site: Path) -> None:
    """The same where nothing else is done: the example's matter and its systems go. Once."""
    if (site / _BANKS).exists():
        return
    _empty(site)
    finance(site)
    _forget_example(site)


ACCEPTANCE_MATTERS = (
    "acceptance",
    *(f"acceptance-{part}" for part in ("event", "review", "record", "paper")),
)
_SEATS = "acceptance.yaml"
FINANCE_MATTERS = ("order-finance", "finance-loan", "order-finance-watch")
_BANKS = "finance.yaml"
MEDIATION_MATTERS = ("mediation", "mediation-referral", "mediation-event")
_ROLES = "mediation.yaml"
PUSH_MATTERS = ("grant-push", "grant-opt-out")
GRANT_MATTERS = ("grant-list", "grant-payment", "grant-award", "grant-account")
_PEOPLE = "grant-people.yaml"
_VAR = "/var/lib/zhida"
"""Where the example has the tables of who pays; everybody's lie elsewhere."""


def _lay(layer: Path, site: Path, folder: str, name: str = "*.yaml", *, over: bool = True) -> None:
    """``over``: what is of the same name is replaced."""
    for file in sorted(each for each in layer.glob(f"{folder}/{name}") if each.is_file()):
        target = site / file.parent.name / file.name
        target.parent.mkdir(exist_ok=True)
        if over or not target.exists():
            shutil.copyfile(file, target)
