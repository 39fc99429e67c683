"""What a report wants of its reader: one line of what matters, then what is to be done, and by whom.

A figure that asks nothing of anybody stands below; whoever reads only the first screen has read enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from zhida.report_sections import Section
from zhida.site import Contact, Site


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to be done."""

    what: str
    who: str
    """The unit or person whose turn it is, with a telephone where the site names one."""
    do: str

    def told(self) -> dict[str, str]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


TITLE = "要办的事"
NOTHING = "没有要办的事。"


def section(findings: Sequence[Finding | dict[str, Any]]) -> Section:
    """As the table that comes first."""
    rows: list[dict[str, Any]] = [
        each.told() if isinstance(each, Finding) else dict(each) for each in findings
    ]
    return Section(TITLE, {"what": "什么", "who": "谁", "do": "怎么办"}, rows)


def headline(parts: Iterable[str], findings: Sequence[Any]) -> str:
    """The first line.

    >>> headline(["16 项数据", ""], [])
    '16 项数据。没有要办的事。'
    >>> headline(["16 项数据", "2 项超出承诺"], [1, 2])
    '16 项数据；2 项超出承诺。要办的事 2 件，见下。'
    """
    told = "；".join(part for part in parts if part)
    return f"{told}。{f'要办的事 {len(findings)} 件，见下。' if findings else NOTHING}"


def who(title: str, contact: Contact | None) -> str:
    """A unit, and whom to call there.

    >>> who("市医院", Contact("信息科", "0000")), who("市医院", None)
    ('市医院（信息科 0000）', '市医院')
    """
    return f"{title}（{contact.name} {contact.phone}）" if contact else title


def of_unit(site: Site, name: str) -> str:
    """The same of a unit's name; of who is no unit of the site, what was written."""
    unit = site.units.get(name)
    return who(unit.title, unit.contact) if unit else name


def hub(site: Site) -> str:
    """Whose hub it is, and whom to call there."""
    return of_unit(site, site.unit)
