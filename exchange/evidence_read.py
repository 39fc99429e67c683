"""Take a bundle apart: container, manifest, digests, each member in its form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from crypto import base64url
from crypto.errors import Unsupported
from crypto.suites import suite
from exchange import evidence_format as form
from exchange.errors import Invalid, Rejected
from exchange.evidence_format import Manifest
from exchange.evidence_parts import (
    Bundle,
    Leaf,
    certificate,
    read_head,
    read_proofs,
    stamp,
    text,
)
from exchange.evidence_zip import unpack

_Members = Mapping[str, bytes]


def read(data: bytes) -> Bundle:
    """The parts. ``Invalid`` if malformed, ``Rejected`` if the manifest says other digests."""
    members = unpack(data)
    form.check_names(members)
    manifest = form.read_manifest(members[form.MANIFEST])
    _check_digests(manifest, members)
    if not _matching(members, form.ENTRY):
        raise Invalid("evidence.empty")
    return Bundle(
        manifest=manifest,
        seal=_seal(members),
        leaves=_leaves(members),
        head=read_head(text(members, form.HEAD), form.HEAD),
        stamp=stamp(members[form.STAMP]) if form.STAMP in members else None,
        older=read_head(text(members, form.OLDER), form.OLDER) if form.OLDER in members else None,
        proofs=read_proofs(members[form.PROOFS], continued=form.OLDER in members),
        documents=_tokens(members, form.DOCUMENT),
        transfers=_tokens(members, form.TRANSFER),
        certificates={
            name: certificate(members[name], name) for name in _matching(members, form.CERTIFICATE)
        },
    )


def _check_digests(manifest: Manifest, members: _Members) -> None:
    try:
        digest = suite(manifest.suite).digest
    except Unsupported:
        raise Invalid("evidence.manifest") from None
    for name in sorted(set(manifest.members) - set(members)):
        raise Rejected("evidence.member-dropped", member=name)
    for name in sorted(set(members) - {form.MANIFEST, form.SEAL}):
        if name not in manifest.members:
            raise Rejected("evidence.member-added", member=name)
        if digest(members[name]).hex() != manifest.members[name]:
            raise Rejected("evidence.member-changed", member=name)


def _seal(members: _Members) -> str:
    """The detached signature with its payload put back."""
    head, *rest = text(members, form.SEAL).split(".")
    if len(rest) != 2 or rest[0]:
        raise Invalid("evidence.token", member=form.SEAL, reason="not detached")
    return f"{head}.{base64url.encode(members[form.MANIFEST])}.{rest[1]}"


def _leaves(members: _Members) -> list[Leaf]:
    return [
        Leaf.read(int(number), members[name])
        for name, number in sorted(_matching(members, form.ENTRY).items())
    ]


def _tokens(members: _Members, pattern: re.Pattern[str]) -> dict[str, str]:
    found = _matching(members, pattern)
    return {identifier: text(members, name) for name, identifier in found.items()}


def _matching(members: _Members, pattern: re.Pattern[str]) -> dict[str, str]:
    """Members of one kind: name → the part of it that varies."""
    matched = {name: pattern.fullmatch(name) for name in members}
    return {name: match[1] for name, match in matched.items() if match}


def check_certificates(bundle: Bundle) -> None:
    """Each is named by its digest, and none is a root: trust comes from the checker alone."""
    for name, each in bundle.certificates.items():
        if form.certificate_name(hashlib.sha256(each.der).hexdigest()) != name:
            raise Invalid("evidence.certificate", member=name, reason="named otherwise")
        if each.issuer == each.subject:
            raise Invalid("evidence.certificate", member=name, reason="self-signed")
