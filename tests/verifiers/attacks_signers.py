"""Attacks with keys and certificates that are good for something else, and with none that is."""

import json
from datetime import timedelta

from asn1crypto import core
from asn1crypto import x509 as asn1

from crypto import certificates, keys
from exchange.evidence_trust import Trust
from tests.exchange.evidence import conftest as kit
from tests.verifiers.forging import (
    OID,
    OTHER,
    Signed,
    attack,
    certificate_name,
    crl,
    handmade,
    raw_token,
    told_bytes,
)
from tests.verifiers.whole import Whole, add_der

DAY = timedelta(days=1)


# --- another trusted unit ------------------------------------------------------------------------


def rewritten_document(bench, forger, key, provider="hospital", **claims):
    """The provider's document by another key; claims follow in entry and notes."""
    name, _told, token = bench.document(forger, provider)
    parts = Signed(token)
    payload = json.loads(parts.payload) | claims
    alg = {"SM2-SM3": "SM2-SM3", "Ed25519": "EdDSA"}[key.suite]
    token = raw_token(key, parts.header | {"kid": key.kid, "alg": alg}, told_bytes(payload))
    shared = {k: claims[k] for k in ("provider", "custody", "source") if k in claims}
    return bench.replace(forger, name, token, **shared)


@attack(2)
def a_document_signed_by_another_trusted_unit(bench):
    world = bench.world
    forger = bench.exchanged(bench.forger("case"), "hospital", world.certificates["bank"])
    return bench.attempt(rewritten_document(bench, forger, world.keys["bank"]).seal())


@attack(2)
def a_unit_that_speaks_for_another(bench):
    """In its own name, of another unit's fact; or, what is as bad, as if the hub had read it."""
    world = bench.world
    forger = bench.exchanged(bench.forger("case"), "hospital", world.certificates["bank"])
    claims = bench.draw.choice([{"iss": "bank"}, {"iss": "bank", "custody": "hub"}])
    return bench.attempt(rewritten_document(bench, forger, world.keys["bank"], **claims).seal())


@attack(2)
def the_hubs_reading_as_the_units_word(bench):
    forger = bench.exchanged(bench.forger("case"), "hospital")
    key = bench.world.keys["hub"]
    claims = bench.draw.choice([{"iss": "hub"}, {}])
    return bench.attempt(rewritten_document(bench, forger, key, **claims).seal())


@attack(2)
def a_custody_that_is_none(bench):
    word = bench.draw.choice(["Unit", "", "both", "hub ", "none"])
    forger = bench.forger("case")
    key = bench.world.keys["hospital"]
    return bench.attempt(rewritten_document(bench, forger, key, custody=word).seal())


@attack(2)
def sealed_by_another_trusted_unit(bench):
    world = bench.world
    forger = bench.forger(key=world.keys["bank"])
    forger.add_certificate(world.certificates["bank"])
    return bench.attempt(forger.seal())


@attack(2)
def a_trusted_unit_that_plays_the_hub(bench):
    world = bench.world
    forger = bench.forger(key=world.keys["bank"])
    forger.add_certificate(world.certificates["bank"])
    return bench.attempt(forger.relog().seal(hub="bank", organization="示例bank"))


@attack(2)
def a_name_that_looks_like_the_hubs(bench):
    """Trusted CAs write such certificates: the checker's word for the hub is compared by code point."""
    _world, key = bench.world, keys.generate(bench.suite)
    name = bench.draw.choice(
        ["Hub", "hub ", "ｈｕｂ", "huЬ", "hub.", "h\u0075\u0301b", "HUB", "һub"]
    )
    forger = bench.forger(key=key)
    forger.add_certificate(bench.certificate(name, key.public, organization="示例hub"))
    told = bench.draw.choice([{"hub": name}, {}])
    return bench.attempt(forger.relog().seal(**told))


@attack(2)
def a_hub_of_another_organisation(bench):
    world, key = bench.world, keys.generate(bench.suite)
    other = bench.certificate(
        "hub", key.public, organization=bench.draw.choice(["别的机构", "示例hub ", ""])
    )
    forger = bench.forger("case", key=key)
    forger.add_certificate(other)
    if bench.draw.random() < 0.5:
        return bench.attempt(forger.seal())
    forger.relog().key = world.keys["hub"]
    return bench.attempt(forger.seal())


@attack(2)
def a_head_by_another_trusted_unit(bench):
    world = bench.world
    forger = bench.forger(key=world.keys["bank"])
    forger.add_certificate(world.certificates["bank"])
    forger.relog().key = world.keys["hub"]
    return bench.attempt(forger.seal())


@attack(2)
def a_holder_of_two_names(bench):
    """A certificate with two common names is nobody's: else it were the reader's choice whose."""
    world, key = bench.world, keys.generate(bench.suite)
    names = bench.draw.sample(["hub", "bank"], 2)

    def change(tbs):
        parts = [
            {
                "type": "common_name",
                "value": asn1.DirectoryString("utf8_string", core.UTF8String(name)),
            }
            for name in names
        ]
        company = {
            "type": "organization_name",
            "value": asn1.DirectoryString("utf8_string", core.UTF8String("示例hub")),
        }
        tbs["subject"] = asn1.Name("", asn1.RDNSequence([[each] for each in (company, *parts)]))

    der = handmade(bench.certificate("hub", key.public), world.root[1], change)
    forger = bench.forger("case", key=key)
    add_der(forger, der)
    return bench.attempt(forger.seal())


# --- a CA of the attacker's own ------------------------------------------------------------------


@attack(5)
def forged_as_a_whole_under_another_ca(bench):
    """Everything fits, all names are the same: only the anchors tell."""
    return bench.attempt(Whole(bench).forged())


@attack(2)
def forged_as_a_whole_with_the_cas_name_and_key_identifier(bench):
    root = kit.authority(bench.suite, f"twin {bench.draw.randrange(3)}")
    real = bench.world.root[0]

    def change(tbs):
        tbs["issuer"] = tbs["subject"] = asn1.Name.load(real.subject)
        for extension in tbs["extensions"]:
            if extension["extn_id"].native == "key_identifier":
                extension["extn_value"] = core.ParsableOctetString(
                    core.OctetString(bytes.fromhex(real.key_id)).dump()
                )

    twin = certificates.load(handmade(root[0], root[1], change))

    def dress(tbs):
        for extension in tbs["extensions"]:
            if extension["extn_id"].native == "authority_key_identifier":
                value = asn1.AuthorityKeyIdentifier({"key_identifier": bytes.fromhex(real.key_id)})
                extension["extn_value"] = core.ParsableOctetString(value.dump())

    dressed = lambda made: handmade(made, root[1], dress)  # noqa: E731
    return bench.attempt(Whole(bench, (twin, root[1]), dressed=dressed).forged())


@attack(4)
def an_anchor_inside_the_bundle(bench):
    world = bench.world
    forger = bench.forger()
    other = kit.authority(bench.suite, f"attacker {bench.draw.randrange(3)}")
    forger.add_certificate(bench.draw.choice([world.root[0], other[0]]))
    return bench.attempt(forger.seal())


@attack(5)
def a_stranger_as_the_intermediate(bench):
    """The attacker's root, its own subject changed so that it is not self-issued, comes along."""
    root = kit.authority(bench.suite, f"attacker {bench.draw.randrange(3)}")
    between = keys.generate(bench.suite)
    middle = kit.issue("中级CA", between.public, root, usages=("key_cert_sign", "crl_sign"))
    return bench.attempt(Whole(bench, (middle, between), middle).forged())


@attack(2)
def a_unit_as_a_ca(bench):
    """The bank's certificate is good, but nobody's issuer; its key writes the hub another one."""
    world, key = bench.world, keys.generate(bench.suite)
    bank = (world.certificates["bank"], world.keys["bank"])
    forged = bench.certificate("hub", key.public, bank, organization="示例hub")
    forger = bench.forger("case", key=key)
    forger.add_certificate(forged)
    pretended = kit.issue("bank", world.keys["bank"].public, world.root, organization="示例bank")

    def change(tbs):
        tbs["extensions"][0]["extn_value"] = core.ParsableOctetString(
            asn1.BasicConstraints({"ca": True}).dump()
        )

    add_der(forger, handmade(pretended, world.root[1], change))
    return bench.attempt(forger.relog().seal())


@attack(5)
def a_unit_as_an_issuer(bench):
    world, key = bench.world, keys.generate(bench.suite)
    bank = (world.certificates["bank"], world.keys["bank"])
    forger = bench.forger("case", key=key)
    forger.add_certificate(bench.certificate("hub", key.public, bank, organization="示例hub"))
    forger.add_certificate(world.certificates["bank"])
    return bench.attempt(forger.relog().seal())


@attack(2)
def an_intermediate_beyond_its_length(bench):
    """``pathLenConstraint`` 0, and a CA under it."""
    world = bench.world
    first, second, key = (keys.generate(bench.suite) for _ in range(3))
    usages = ("key_cert_sign", "crl_sign")
    upper = kit.issue("上级CA", first.public, world.root, usages=usages, path_length=0)
    lower = kit.issue("下级CA", second.public, (upper, first), usages=usages)
    forger = bench.forger(key=key)
    bench.exchanged(forger, "bank", upper, lower)
    forger.add_certificate(
        bench.certificate("hub", key.public, (lower, second), organization="示例hub")
    )
    return bench.attempt(forger.seal())


@attack(2)
def an_intermediate_that_may_not_issue(bench):
    world, between, key = bench.world, keys.generate(bench.suite), keys.generate(bench.suite)
    upper = kit.issue("上级CA", between.public, world.root, usages=("key_cert_sign", "crl_sign"))

    def change(tbs):
        usage = bench.draw.choice([{"crl_sign"}, {"digital_signature"}])
        for extension in tbs["extensions"]:
            if extension["extn_id"].native == "key_usage":
                extension["extn_value"] = core.ParsableOctetString(asn1.KeyUsage(usage).dump())

    weak = certificates.load(handmade(upper, world.root[1], change))
    forger = bench.forger(key=key)
    forger.add_certificate(weak)
    forger.add_certificate(
        bench.certificate("hub", key.public, (weak, between), organization="示例hub")
    )
    return bench.attempt(forger.seal())


# --- certificates for something else ----------------------------------------------------------------


@attack(2)
def a_certificate_that_is_not_for_signatures(bench):
    options = bench.draw.choice(
        [{"usages": ("key_encipherment",)}, {"purposes": ("server_auth",)},
         {"purposes": ("client_auth",)}, {"usages": ("key_agreement", "data_encipherment")}]
    )  # fmt: skip
    other = bench.certificate("hub", organization="示例hub", **options)
    return bench.attempt(bench.exchanged(bench.forger(), "hub", other).seal())


@attack(2)
def a_critical_extension_that_nobody_knows(bench):
    world = bench.world

    def change(tbs):
        oid = bench.draw.choice(["1.2.3.4", "2.5.29.30", "2.5.29.36", "2.5.29.32"])
        value = {"2.5.29.30": asn1.NameConstraints({"permitted_subtrees": [{"base": asn1.GeneralName("dns_name", "x")}]}),
                 "2.5.29.36": asn1.PolicyConstraints({"require_explicit_policy": 0}),
                 "2.5.29.32": asn1.CertificatePolicies([{"policy_identifier": "2.5.29.32.0"}])}.get(oid, core.Null())  # fmt: skip
        tbs["extensions"].append(
            asn1.Extension(
                {
                    "extn_id": oid,
                    "critical": True,
                    "extn_value": core.ParsableOctetString(value.dump()),
                }
            )
        )

    der = handmade(world.certificates["hub"], world.root[1], change)
    forger = bench.exchanged(bench.forger(), "hub")
    add_der(forger, der)
    return bench.attempt(forger.seal())


@attack(2, 4, 5, alike=False)
def a_byte_of_a_certificate_changed(bench):
    """Named and sealed anew: the signature on it tells, or its form, which one reads more closely."""
    world = bench.world
    unit = bench.draw.choice(["hub", "hospital"])
    forger = bench.exchanged(bench.forger("case"), unit)
    add_der(forger, bench.flip(world.certificates[unit].der))
    return bench.attempt(forger.seal())


@attack(2)
def a_signature_on_a_certificate_by_another(bench):
    """The CA's name, another's signature; of the other suite too."""
    world = bench.world
    stranger = keys.generate(bench.draw.choice([bench.suite, OTHER[bench.suite]]))
    own = world.certificates["hub"]
    der = handmade(
        own, stranger, lambda tbs: tbs["signature"].__setitem__("algorithm", OID[stranger.suite])
    )
    forger = bench.exchanged(bench.forger(), "hub")
    add_der(forger, der)
    return bench.attempt(forger.seal())


@attack(4)
def a_certificate_that_nobody_signed_with(bench):
    forger = bench.forger()
    world, key = bench.world, keys.generate(bench.suite)
    other = bench.draw.choice([world.certificates["bank"], bench.certificate("hub", key.public)])
    forger.add_certificate(other)
    return bench.attempt(forger.seal())


@attack(4)
def a_certificate_under_another_name(bench):
    forger = bench.forger()
    name = bench.pick(forger.names("certificates/"))
    forger.members[f"certificates/{bench.draw.randbytes(32).hex()}.crt"] = forger.members.pop(name)
    return bench.attempt(forger.seal())


@attack(2)
def the_signers_certificate_left_out(bench):
    forger = bench.forger("case")
    del forger.members[
        certificate_name(bench.world.certificates[bench.draw.choice(["hub", "hospital"])])
    ]
    return bench.attempt(forger.seal())


@attack(5)
def the_intermediate_left_out(bench):
    forger = bench.forger("case")
    del forger.members[certificate_name(bench.world.middle[0])]
    return bench.attempt(forger.seal())


@attack(4)
def more_intermediates_than_anyone_needs(bench):
    forger, world = bench.forger(), bench.world
    for number in range(33):
        key = world.keys["bank"].public
        forger.add_certificate(
            kit.issue(f"CA {number}", key, world.root, usages=("key_cert_sign",))
        )
    return bench.attempt(forger.seal())


@attack(5)
def other_anchors_or_none(bench):
    other = kit.authority(OTHER[bench.suite])[0], kit.authority(bench.suite, "unknown")[0]
    chosen = bench.draw.choice([(), other[:1], other[1:], other])
    return bench.attempt(bench.bundle(), trust=Trust(tuple(chosen)))


@attack(5)
def a_unit_as_the_anchor(bench):
    certificate = bench.world.certificates[bench.draw.choice(["hub", "bank"])]
    anchors = (*bench.draw.choice([(), (bench.world.root[0],)]), certificate)
    return bench.attempt(bench.bundle(), trust=Trust(anchors))


# --- time -------------------------------------------------------------------------------------------


@attack(3)
def a_certificate_out_of_its_time(bench):
    """Ended a moment before, or beginning a moment after the signature."""
    seconds = timedelta(seconds=bench.draw.randint(1, 10_000_000))
    change = bench.draw.choice(
        [{"valid_from": kit.START - 2 * seconds - DAY, "valid_until": kit.START - seconds},
         {"valid_from": kit.LATER + seconds}]
    )  # fmt: skip
    other = bench.certificate("hub", organization="示例hub", **change)
    return bench.attempt(bench.exchanged(bench.forger(), "hub", other).seal())


@attack(3)
def signed_after_the_certificate_was_revoked(bench):
    when = kit.START - timedelta(seconds=bench.draw.randint(0, 10**6))
    unit = bench.draw.choice(["hub", "hospital"])
    return bench.attempt(bench.bundle("case"), bench.revoked(unit, when))


@attack(3)
def back_dated_with_a_key_revoked_since(bench):
    """The thief writes a date from before the revocation; the ledger's entry is from after it."""
    world, forger = bench.world, bench.forger("case")
    early = bench.moved(days=-bench.draw.randint(20, 50))
    data = rewritten_document(bench, forger, world.keys["hospital"], iat=early).seal()
    when = kit.START - timedelta(days=bench.draw.randint(0, 10))
    return bench.attempt(data, bench.revoked("hospital", when))


@attack(3)
def an_intermediate_that_was_revoked(bench):
    world = bench.world
    when = kit.START - timedelta(seconds=bench.draw.randint(0, 10**6))
    return bench.attempt(
        bench.bundle("case"),
        crl(world.root, [certificates.Revocation(world.middle[0].serial, when)]),
    )


@attack(3)
def revocation_lists_out_of_date(bench):
    until = kit.START - timedelta(seconds=bench.draw.randint(1, 10**6))
    lists = [crl(bench.world.root, (), until) for _ in range(bench.draw.randint(1, 2))]
    return bench.attempt(bench.bundle(), *lists)


@attack(2)
def a_revocation_list_by_a_stranger(bench):
    """With the CA's name: it could hide a revocation as well as invent one."""
    key = keys.generate(bench.suite)
    twin = certificates.issue_ca("Root", key, kit.FROM, kit.UNTIL, organization="示例根CA")
    lists = [crl((twin, key)), *bench.draw.choice([[], [crl(bench.world.root)]])]
    bench.draw.shuffle(lists)
    return bench.attempt(bench.bundle(), *lists)


@attack(2)
def changed_and_lapsed(bench):
    """Lapsed means: authentic, but. What was changed as well is not authentic."""
    forger = bench.forger("case")
    name, told = bench.entry(forger, "transfer")
    bench.put(forger, name, told | {"disclosed": ["/x"]})
    return bench.attempt(forger.relog().seal(), bench.revoked("hub", kit.START - DAY))


@attack(2)
def dates_that_run_backwards(bench):
    far = timedelta(seconds=bench.draw.randint(700, 10**7))
    forger = bench.forger()
    where = bench.draw.choice(["entry", "head", "manifest", "check", "iat"])
    if where == "entry":
        name = forger.names("ledger/entries/")[-1]
        told = json.loads(forger.members[name])
        sign = bench.draw.choice([1, -1])
        bench.put(forger, name, told | {"at": bench.moved(seconds=sign * far.total_seconds())})
        return bench.attempt(forger.relog().seal())
    if where == "head":
        return bench.attempt(forger.relog(at=bench.moved(seconds=far.total_seconds())).seal())
    if where == "manifest":
        return bench.attempt(forger.seal(exported_at=bench.moved(seconds=-far.total_seconds())))
    if where == "check":
        return bench.attempt(bench.bundle(), at=kit.START - far)
    late = bench.moved(seconds=far.total_seconds())
    return bench.attempt(
        bench.reissue(forger, lambda told: told | {"iat": late}).seal(), at=kit.UNTIL
    )
