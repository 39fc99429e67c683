"""The lists of joint acceptance for people and programs: what is saved and proved, and what is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exchange.errors import Fatal
from exchange.names import nearest
from matters import acceptance_clauses, acceptance_file, acceptance_savings
from matters.acceptance_clauses import LOSSES, Loss
from matters.acceptance_parts import INFERRED, PUBLIC, Item, Material, Procedure
from matters.acceptance_savings import Figure, Savings
from matters.terms import Period, WorkingDays

_SHARE = "common-share"
_UNITS = {"minute": "分钟", "hour": "小时", "day": "天", "month": "个月", "year": "年"}


def savings(site: Path) -> dict[str, Any]:
    """The figures with what was published, what was cut, and the proof of the clauses."""
    before = acceptance_file.of_site(site, acceptance_file.BEFORE)
    after = acceptance_file.of_site(site)
    found = acceptance_savings.compare(before, after)
    return {
        "before": before.title,
        "after": after.title,
        "figures": [_figure(each) for each in found.figures],
        **_cut(found, after),
        "clauses": _clauses(before, after),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    told = figure.published
    over = "超过 " if told and told.over else ""
    return {
        "figure": figure.name,
        "title": figure.title,
        "value": figure.value,
        "text": _text(figure.name, figure.value),
        "published": told.value if told else None,
        "published_text": f"{over}{_text(figure.name, told.value)}" if told else "没有公布",
        "sentence": told.sentence if told else "",
        "agrees": figure.agrees,
        "basis": INFERRED if figure.inferred else PUBLIC,
        "entries": figure.entries,
        "inferred": figure.inferred,
    }


def _text(name: str, value: int) -> str:
    """As a person reads it.

    >>> _text("items", 19), _text("common-share", 2575), _text("common-share", 2500)
    ('19', '25.75%', '25%')
    """
    if name != _SHARE:
        return f"{value:,}"
    whole, rest = divmod(value, 100)
    return f"{whole}.{rest:02}%" if rest else f"{whole}%"


def _cut(found: Savings, after: Procedure) -> dict[str, Any]:
    titles = _titles(after)
    return {
        "common": [
            {"material": each.material.name, "title": each.material.title}
            | {"before": each.before, "after": each.after}
            for each in found.common
        ],
        "process": [
            {"material": each.material.name, "title": each.material.title, "why": each.dropped.why}
            | {"instead": {n: titles[n] for n in sorted(each.dropped.instead)}}
            for each in found.process
        ],
        "merged": [
            {"item": old.name, "title": old.title, "into": new.name, "into_title": new.title}
            for old, new in found.merged
        ],
        "added": [{"material": each.name, "title": each.title} for each in found.added],
    }


def _clauses(before: Procedure, after: Procedure) -> dict[str, Any]:
    found = acceptance_clauses.losses(before, after)
    of_checks = {each.check for each in found} - {""}
    return {
        "checks": len(before.checks),
        "kept": len(before.checks) - len(of_checks),
        "inferred": sum(each.source.startswith(INFERRED) for each in before.checks.values()),
        "losses": [_loss(each, before) for each in found],
    }


def _loss(loss: Loss, before: Procedure) -> dict[str, str]:
    check = before.checks.get(loss.check)
    titles = _titles(before)
    return {
        "what": loss.what,
        "text": LOSSES[loss.what],
        "check": loss.check,
        "title": check.title if check else "",
        "clause": check.clause if check else "",
        "name": loss.name,
        "name_title": titles.get(loss.name, loss.name),
    }


def _titles(told: Procedure) -> dict[str, str]:
    """Of items, materials and parts, by name."""
    titles = {name: each.title for name, each in told.items.items()}
    titles |= {name: each.title for name, each in told.materials.items()}
    return titles | dict(told.parts)


def procedure(site: Path, only: str = "") -> dict[str, Any]:
    """Stages → items → materials, each material with all its consumers. ``only``: this item."""
    told = acceptance_file.of_site(site)
    if only and only not in told.items:
        raise Fatal("acceptance.no-item", item=only, nearest=nearest(only, told.items))
    shown = [each for each in told.items.values() if only in ("", each.name)]
    stages = [
        {"stage": name, "title": each.title}
        | {"items": [_item(item, told) for item in shown if item.stage == name]}
        for name, each in told.stages.items()
        if any(item.stage == name for item in shown)
    ]
    counts = {"items": len(told.items), "materials": len(told.materials)}
    return {"title": told.title, "source": told.source, **counts, "stages": stages}


def _item(item: Item, told: Procedure) -> dict[str, Any]:
    materials = [each for each in told.materials.values() if item.name in each.consumers]
    checks = [each for each in told.checks.values() if item.name in each.items]
    return {
        "item": item.name,
        "title": item.title,
        "by": item.by,
        "by_title": told.roles[item.by],
        "for": {role: told.roles[role] for role in item.on_behalf_of},
        "kind": item.kind,
        "article": item.article,
        "within": period(item.within),
        "source": item.source,
        "materials": [_material(each, told) for each in materials],
        "checks": [{"check": c.name, "title": c.title, "clause": c.clause} for c in checks],
    }


def _material(material: Material, told: Procedure) -> dict[str, Any]:
    return {
        "material": material.name,
        "title": material.title,
        "issuer": material.issuer,
        "fetched": material.fetched,
        "large": material.large,
        "consumers": {name: told.items[name].title for name in sorted(material.consumers)},
        "source": material.source,
    }


def period(told: Period) -> str:
    """As a person reads it.

    >>> period(WorkingDays(5))
    '5 个工作日'
    """
    if isinstance(told, WorkingDays):
        return f"{told.count} 个工作日"
    return f"{told.count} {_UNITS[told.unit]}"
