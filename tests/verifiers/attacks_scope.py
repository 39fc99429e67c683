"""Bundles of one transfer, and of fields of it: more, less or something else than they say (section 6, rows 13 and 14)."""

import json

from tests.exchange.evidence import conftest as kit
from tests.verifiers.forging import attack, true


def note(bench, kind="transfer"):
    """Id and names of a note of the world's case."""
    forger = bench.forger("case")
    _, told = bench.entry(forger, kind)
    return told["ref"], told["disclosed"]


def exported(bench, *, some=False):
    """As the hub exports it: one transfer, or some of its fields."""
    found, names = note(bench, bench.draw.choice(["transfer", "query"]))
    fields = bench.draw.sample(names, bench.draw.randint(1, len(names))) if some else ()
    key = (bench.suite, found, tuple(sorted(fields)))
    if key not in _MADE:
        _MADE[key] = bench.world.exporter().export(bench.world.case, transfer=found, fields=fields)
    return kit.Forger(bench.world, _MADE[key])


_MADE = {}


def sealed(forger, **changed):
    told = {"version": 2, **changed}
    return forger.seal(**told)


@true
def one_transfer(bench):
    return bench.attempt(sealed(exported(bench)))


@true
def some_fields_of_one_transfer(bench):
    return bench.attempt(sealed(exported(bench, some=True)))


@true
def all_fields_of_one_transfer(bench):
    """Nothing is held back, and it need not be."""
    return bench.attempt(sealed(exported(bench), scope="field"))


@attack(2)
def fewer_fields_than_the_scope_says(bench):
    """A transfer is shown whole, or is not called one."""
    while True:
        forger = exported(bench, some=True)
        [name] = forger.names("transfers/")
        shown = forger.members[name].decode().count("~") - 1
        told = [json.loads(forger.members[n]) for n in forger.names("ledger/entries/")]
        if any(len(t.get("disclosed", ())) > shown for t in told):
            break
    scope = bench.draw.choice(["transfer", "unit"])
    return bench.attempt(forger.seal(version=2 if scope == "transfer" else 1, scope=scope))


@attack(2)
def no_field_at_all(bench):
    forger = exported(bench, some=True)
    [name] = forger.names("transfers/")
    forger.members[name] = forger.members[name].split(b"~", 1)[0] + b"~"
    return bench.attempt(sealed(forger))


@attack(2)
def a_field_of_another_document(bench):
    forger = exported(bench, some=True)
    [name] = forger.names("transfers/")
    other = bench.forger("case")
    mine = forger.members[name].split(b"~", 1)[0]
    strange = [
        body.split(b"~")[1]
        for one in other.names("transfers/")
        if (body := other.members[one]).split(b"~", 1)[0] != mine
    ]
    forger.members[name] += bench.draw.choice(strange) + b"~"
    return bench.attempt(sealed(forger))


@attack(2)
def a_field_that_the_receiver_never_got(bench):
    """The source's disclosure is genuine; the note says that it was withheld."""
    world = bench.world
    forger = exported(bench, some=True)
    [name] = forger.names("transfers/")
    notes = [json.loads(forger.members[n]) for n in forger.names("ledger/entries/")]
    [told] = [each for each in notes if "withheld" in each]
    whole = world.archive.get(told["document"]).token
    mine = set(forger.members[name].decode().split("~")[1:])
    names = {kit.json.loads(kit.base64.urlsafe_b64decode(d + "=" * (-len(d) % 4)))[1]: d
             for d in whole.split("~")[1:] if d}  # fmt: skip
    secret = [d for n, d in names.items() if n not in told["disclosed"] and d not in mine]
    if not secret:
        return a_field_of_another_document(bench)
    forger.members[name] += bench.draw.choice(secret).encode() + b"~"
    return bench.attempt(sealed(forger))


@attack(2)
def two_notes_in_a_bundle_of_one(bench):
    scope = bench.draw.choice(["transfer", "field"])
    return bench.attempt(sealed(kit.Forger(bench.world, bench.world.unit_bundle), scope=scope))


@attack(2)
def one_transfer_of_another_receiver(bench):
    unit = bench.draw.choice(["bank", "hub", "医保"])
    return bench.attempt(sealed(exported(bench), unit=unit))


@attack(2)
def a_whole_case_called_one_transfer(bench):
    scope = bench.draw.choice(["transfer", "field"])
    return bench.attempt(sealed(bench.forger("case"), scope=scope, unit="police"))


@attack(4)
def one_transfer_in_version_one(bench):
    return bench.attempt(exported(bench, some=bench.draw.random() < 0.5).seal(version=1))


@attack(4)
def one_transfer_of_nobody(bench):
    return bench.attempt(sealed(exported(bench), unit=""))


@attack(4)
def a_scope_that_there_is_not(bench):
    return bench.attempt(sealed(exported(bench), scope=bench.draw.choice(["fields", "", "Field"])))


@attack(2)
def more_withheld_than_there_is(bench):
    """The note of a transfer of which only a part is shown."""
    forger = exported(bench, some=True)
    name, told = bench.entry(forger, "transfer", "query")
    more = sorted({*told["withheld"], *(f"/x{n}" for n in range(9))})
    bench.put(forger, name, told | {"withheld": more})
    return bench.attempt(sealed(forger.relog()))
