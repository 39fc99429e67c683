"""The second wall: triggers in the database that refuse to change what the ledger has written.

Whoever owns the database can take them away. So they protect against slips and against programs
that have only the tables' rights; the tree and its outside heads protect against the owner. That
the wall stands, each trigger as the migrations made it, is looked at all the same (``breaches``):
who changed it had a reason. It tells of this moment only: who takes a trigger away and puts it
back is seen in the tree, not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import bindparam, text

from exchange.store.engine import Connection

Triggers = Mapping[str, tuple[str, str]]
"""Name → when it fires, and what it does then (on SQLite one text), as the database tells it."""

_KEYS = {
    "ledger_entry": ("seq",),
    "ledger_tile": ("level", "n"),
    "ledger_head": ("size",),
    "ledger_outside": ("holder", "size"),
    "ledger_prune": ("first", "entry"),
}
"""Tables whose rows are written once, with their keys."""
_TABLES = (*_KEYS, "ledger_tip")
_SAYS = "the ledger is written once"
_GROWS = "NEW.size <= OLD.size OR NEW.id <> OLD.id"
_SAME = (
    'NEW.seq = OLD.seq AND NEW.kind = OLD.kind AND NEW."case" = OLD."case" AND NEW.ref = OLD.ref'
)
_TOLD = (
    "COALESCE((SELECT 1 FROM ledger_prune p JOIN ledger_entry e ON e.seq = p.entry"
    " WHERE p.first <= OLD.seq AND p.first > OLD.seq - 4096 AND p.last >= OLD.seq"
    " AND e.kind = 'pruned' ORDER BY p.first DESC LIMIT 1), 0) = 1"
)
"""Of an entry whose body may go: a signed entry says so (``exchange.pruning``)."""

_IN_SQLITE = text(
    "SELECT name, sql, '' FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN :tables"
).bindparams(bindparam("tables", expanding=True))
_IN_POSTGRESQL = text(
    "SELECT t.tgname, pg_get_triggerdef(t.oid, true),"
    " CASE WHEN t.tgenabled = 'A' AND p.proconfig IS NULL THEN p.prosrc ELSE '' END"
    " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
    " WHERE NOT t.tgisinternal AND c.relname IN :tables AND pg_table_is_visible(c.oid)"
    " UNION ALL SELECT r.rulename, '', '' FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class"
    " WHERE c.relname IN :tables AND pg_table_is_visible(c.oid)"
).bindparams(bindparam("tables", expanding=True))
"""One that a replica's session passes by, or whose function has settings of its own, does nothing here:
so it is none of ours. Nor is a rule, which could make an INSERT do nothing.
"""


def breaches(connection: Connection) -> list[str]:
    """Names of triggers that are not there, do not always fire, or do something else than was made;
    and of triggers and rules on the ledger's tables that are none of ours.
    """
    embedded = connection.dialect.name == "sqlite"
    asked = _IN_SQLITE if embedded else _IN_POSTGRESQL
    rows = connection.execute(asked, {"tables": _TABLES})
    found = {name: (when, does) if embedded else (_plain(when), does) for name, when, does in rows}
    wanted = _sqlite() if embedded else _postgresql()
    return sorted(n for n in wanted.keys() | found.keys() if wanted.get(n) != found.get(n))


def _plain(when: str) -> str:
    """Without the spaces and brackets that servers of different versions print differently."""
    return when.translate(_LEFT_OUT)


_LEFT_OUT = str.maketrans("", "", " \n()")


def _sqlite() -> Triggers:
    goes = f"length(NEW.body) = 0 AND NEW.hash IS OLD.hash AND {_SAME} AND {_TOLD}"
    found = dict(_once())
    found["ledger_entry_update"] += f" WHEN NOT COALESCE({goes}, 0)"
    found["ledger_tip_update"] = f"UPDATE ON ledger_tip WHEN {_GROWS}"
    found["ledger_tip_delete"] = "DELETE ON ledger_tip"
    return {
        f"wall_{name}": (f"CREATE TRIGGER wall_{name} BEFORE {what} {_ABORT}", "")
        for name, what in found.items()
    }


_ABORT = f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"


def _once() -> Iterator[tuple[str, str]]:
    for table, keys in _KEYS.items():
        same = " AND ".join(f"{key} = NEW.{key}" for key in keys)
        yield f"{table}_update", f"UPDATE ON {table}"
        yield f"{table}_delete", f"DELETE ON {table}"
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"
        yield f"{table}_insert", f"INSERT ON {table} WHEN {there}"


def _postgresql() -> Triggers:
    found = {}
    for table in _KEYS:
        does = "ledger_entry_wall" if table == "ledger_entry" else "ledger_wall"
        found[f"{table}_change"] = f"DELETE OR UPDATE ON {table} FOR EACH ROW", does
        found[f"{table}_empty"] = f"TRUNCATE ON {table} FOR EACH STATEMENT", "ledger_wall"
    shrinks = "new.size <= old.size OR new.id <> old.id"
    update = f"UPDATE ON ledger_tip FOR EACH ROW WHEN ({shrinks})"
    found["ledger_tip_update"] = update, "ledger_wall"
    found["ledger_tip_delete"] = "DELETE ON ledger_tip FOR EACH ROW", "ledger_wall"
    found["ledger_tip_empty"] = "TRUNCATE ON ledger_tip FOR EACH STATEMENT", "ledger_wall"
    return {
        f"wall_{name}": (
            _plain(f"CREATE TRIGGER wall_{name} BEFORE {what} EXECUTE FUNCTION {does}()"),
            _BODIES[does],
        )
        for name, (what, does) in found.items()
    }


_REFUSED = f"RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'restrict_violation'; END"
_BODIES = {
    "ledger_wall": f" BEGIN {_REFUSED} ",
    "ledger_entry_wall": " BEGIN IF TG_OP = 'UPDATE' THEN"
    f" IF NEW.body = '' AND NEW.hash = OLD.hash AND {_SAME} AND {_TOLD}"
    f" THEN RETURN NEW; END IF; END IF; {_REFUSED} ",
}
"""What its functions do on PostgreSQL."""
