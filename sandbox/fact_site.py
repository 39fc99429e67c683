"""The part of a site that takes facts in from all bureaus: units, systems, agreements, mappings, ``grants.yaml``.

Written out as files that a person can read and change; their contents follow the catalogue.
"""

from __future__ import annotations

import json
from pathlib import Path

from sandbox import fact_catalogue, fact_ways
from sandbox.fact_books import MARK, TABLE
from sandbox.fact_catalogue import Asked
from sandbox.fact_ways import Way


def lay(site: Path, books: Path, facts: list[Asked] | None = None) -> dict[str, str]:
    """Add the files; gives connections by their names. ``books``: where the bureaus hand over."""
    held = fact_catalogue.by_holder(facts or fact_catalogue.load())
    titles = fact_catalogue.titles()
    for holder, own in held.items():
        way = fact_ways.way(holder)
        _write(
            site,
            "units",
            holder,
            f"unit: {holder}\ntitle: 示例{titles.get(holder, holder)}\n",
            over=False,
        )
        _write(site, "systems", f"{holder}-facts", _system(holder, way, books))
        _write(site, "agreements", f"{holder}-to-hub-facts", _agreement(holder, own))
        _write(site, "mappings", _mapping_name(holder), _mapping(holder, way, own))
    (site / "grants.yaml").write_text(_grants(held), "utf-8")
    return connections(books, facts)


def connections(books: Path, facts: list[Asked] | None = None) -> dict[str, str]:
    """Those to the bureaus' lists, by their names."""
    held = fact_catalogue.by_holder(facts or fact_catalogue.load())
    return {connection(holder): _endpoint(books) for holder in held}


def _write(site: Path, folder: str, name: str, text: str, *, over: bool = True) -> None:
    file = site / folder / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    if over or not file.exists():
        file.write_text(text, "utf-8")


def _mapping_name(holder: str) -> str:
    return f"facts_{holder.replace('-', '_')}"


def connection(holder: str) -> str:
    """Id of the connection to a bureau's lists."""
    return _mapping_name(holder)


def _endpoint(place: Path) -> str:
    """As an Airflow connection in JSON."""
    return json.dumps({"conn_type": "zhida", "host": str(place)})


def _system(holder: str, way: Way, books: Path) -> str:
    head = f"system: {holder}-facts\ntitle: {holder} 企业事实\nunit: {holder}\nadapter: bulk\nconnection: {connection(holder)}\noptions:\n"
    if way.form == "table":
        path = json.dumps(str(books / holder / "front.db"))
        return head + (
            f"  wire: tables\n  settings:\n    driver: sqlite\n    database: {path}\n    tables:\n"
            f"      facts: {{table: {TABLE}, key: [{way.firm}], mark: {MARK}, overlap: 0}}\n"
            f"  streams:\n    facts: {{mapping: {_mapping_name(holder)}, format: json}}\n"
        )
    return head + (
        "  wire: files\n  settings:\n    folders:\n"
        f"      facts: {{folder: {holder}, pattern: '*.csv', max_bytes: 1000000000}}\n"
        f"  streams:\n    facts: {{mapping: {_mapping_name(holder)}, format: csv, encoding: {way.encoding}}}\n"
    )


def _agreement(holder: str, facts: list[Asked]) -> str:
    fields = "\n".join(f"  - /{fact.name}" for fact in facts)
    return (
        f"agreement: {holder}-to-hub-facts\nprovider: {holder}\nreceiver: hub\n"
        "document: enterprise-facts\npurpose: grants\nbasis: 示例：优化营商环境条例第三十一条\n"
        f'fields:\n  - /uscc\n{fields}\nvalid_from: "2026-01-01"\nvalid_until: "2030-12-31"\n'
    )


def _mapping(holder: str, way: Way, facts: list[Asked]) -> str:
    headings = way.headings(facts)
    used = [way.firm, *headings.values()]
    ignored = "" if way.form == "csv" else f"ignore:\n  - {{fields: [/{MARK}], reason: internal}}\n"
    wire = json.dumps(
        [f"/{each}" for each in (*used, *([MARK] if ignored else []))], ensure_ascii=False
    )
    rules = "".join(_rule(way, fact, headings[fact.name]) for fact in facts)
    return (
        f"mapping: {_mapping_name(holder)}\ntitle: {holder} 的企业事实\nfrom: {wire}\nto: wire\n"
        f'missing: ["", "空"]\none_way: 只读取\nfields:\n'
        f"  - {{to: /uscc, from: {json.dumps('/' + way.firm, ensure_ascii=False)}, identifier: gb32100}}\n{rules}{ignored}"
    )


def _rule(way: Way, fact: Asked, heading: str) -> str:
    place = json.dumps(f"/{heading}", ensure_ascii=False)
    return f"  - {{to: /{fact.name}, from: {place}, required: false{_step(way, fact)}}}\n"


def _step(way: Way, fact: Asked) -> str:
    if fact.kind == "flag":
        return f', values: {{"{way.yes}": true, "{way.no}": false}}'
    if fact.kind == "count":
        return ", number: {}"
    if fact.kind == "money":
        return f", number: {{from: {way.money}, to: 分}}"
    if fact.kind == "date":
        return f", date: {{from: {way.date}, to: yyyy-MM-dd}}"
    if fact.codes and way.form == "csv":
        told = {title: code for code, title in fact.codes.items()}
        return f", values: {json.dumps(told, ensure_ascii=False)}"
    return ""


def _grants(held: dict[str, list[Asked]]) -> str:
    head = (
        "# 惠企政策：每项事实从哪里来，多久取一次，多久之内算有效。\nretention: 10 years\nfacts:\n"
    )
    return head + "".join(_source(holder, facts) for holder, facts in held.items())


def _source(holder: str, facts: list[Asked]) -> str:
    gives = ", ".join(fact.name for fact in facts)
    return (
        f"  - system: {holder}-facts\n    lists: {_lists(holder)}\n    every: 1 day\n"
        f"    fresh: 2 days\n    gives: [{gives}]\n"
    )


def _lists(holder: str) -> str:
    return "changes" if fact_ways.way(holder).form == "table" else "whole"
