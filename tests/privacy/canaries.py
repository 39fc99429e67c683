"""Texts that are planted in every field of a newborn's case, to be looked for afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox import resident_id
from sandbox.births import birth

MOTHER = resident_id.compose("320117", "19910713", 864)
FATHER = resident_id.compose("320117", "19890917", 753)
CANARIES: Mapping[str, str] = {
    "child's name": "秦龘犇",
    "given name": "龘犇",
    "mother's name": "霍靐淼",
    "father's name": "邬骉焱",
    "name that no GBK has": "秦𬀩𪚥",
    "mother's number": MOTHER,
    "mother's birthday": MOTHER[6:14],
    "father's number": FATHER,
    "telephone": "19907654321",
    "address": "溧水区麤犇巷淼字号",
    "mother's record": "MRN7788990017",
    "child's record": "MRN7788990025",
    "certificate": "X909777351",
    "second certificate": "X909777352",
    "third certificate": "X909777353",
    "fourth certificate": "X909777354",
    "certificate of a wrong message": "X909777355",
    "child's birthday": "20251117",
    "child's birthday with hyphens": "2025-11-17",
    "what the officer wrote": "霍靐淼所持证件与秦龘犇不符",
    "what the platform wrote": "秦龘犇已在外地参保",
    "an ethnicity that there is not": "半人马座民族",
    "a name in a wrong form": "驫羴鱻",
}


def facts(number: int, certificate: str) -> dict[str, Any]:
    told = birth(number).facts
    told["certificate"]["number"] = certificate
    told["child"] |= {
        "mrn": CANARIES["child's record"],
        "born": CANARIES["child's birthday"] + f"0{number}37",
        "place": CANARIES["address"],
    }
    told["mother"] |= {
        "name": CANARIES["mother's name"],
        "id_number": MOTHER,
        "mrn": CANARIES["mother's record"],
    }
    told["father"] |= {"name": CANARIES["father's name"], "id_number": FATHER}
    return told


def form(number: int, certificate: str, **changed: str) -> dict[str, str]:
    told = birth(number).form | {
        "cszmbh": certificate,
        "xsexm": CANARIES["child's name"],
        "lhfs": "1",
        "sbrxm": CANARIES["mother's name"],
        "sbrsfz": MOTHER,
        "sbrlxdh": CANARIES["telephone"],
    }
    return told | changed
