"""The bank's interface does what its description says: schemathesis asks, over loopback, and finds nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode

from tests.zhida import bank_endpoint
from tests.zhida.bank_endpoint import BankEndpoint
from tests.zhida.bank_hooks import exact
from zhida import finance_openapi
from zhida.finance_served import REQUESTS

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """[checks.positive_data_acceptance]
# A token of the right form can be one that nobody has signed (422), a code one with a wrong check digit.
expected-statuses = ["2xx", "401", "403", "404", "409", "422"]

[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "413", "422"]
"""
COMMAND = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]


@pytest.fixture(scope="module")
def endpoint(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[..., Any]
) -> Iterator[BankEndpoint]:
    with bank_endpoint.opened(tmp_path_factory.mktemp("bank"), open_town) as found:
        yield found


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("description") / "bank.json"
    file.write_text(json.dumps(finance_openapi.document()), "utf-8")
    return file


def test_schemathesis_takes_the_description_for_openapi() -> None:
    schemathesis.openapi.from_dict(finance_openapi.document()).validate()
    broken = finance_openapi.document()
    broken["paths"][REQUESTS]["post"]["responses"] = []
    with pytest.raises(Exception, match="responses"):
        schemathesis.openapi.from_dict(broken).validate()


def test_schemathesis_finds_nothing(endpoint: BankEndpoint, description: Path) -> None:
    """Whatever is sent, right and wrong: statuses, types, headers and bodies are those that are described."""
    config = description.with_name("schemathesis.toml")
    config.write_text(CONFIG, "utf-8")
    words = ["--config-file", str(config), "run", str(description), "--url", endpoint.url]
    words += ["-H", f"Authorization: {endpoint.headers()['Authorization']}", "--no-color"]
    words += ["--max-examples", "15", "--seed", "1", "--generation-database", "none"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": "tests.zhida.bank_hooks"}
    done = subprocess.run(
        [*COMMAND, *words],
        check=False,
        cwd=description.parent,
        env=env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert "10 selected / 10 total" in done.stdout
    (passed,) = re.findall(r"generated, (\d+) passed", done.stdout)
    assert int(passed) > 300, done.stdout


def test_what_a_letter_allows_is_answered_as_described(endpoint: BankEndpoint) -> None:
    """Random requests by a real letter: those are worked on, and read back."""
    financing, seen = endpoint.financing, Counter[int]()
    order = financing.order("PO-described")
    financing.letter("L-described", order, max_uses=1000)
    ours = financing.request("-", "L-described", order)
    schema = schemathesis.openapi.from_dict(finance_openapi.document())
    schema.config.update(base_url=endpoint.url)
    post, get = schema[REQUESTS]["POST"], schema[f"{REQUESTS}/{{number}}"]["GET"]

    def ask(case: Case) -> None:
        answer = case.call_and_validate(headers=endpoint.headers())
        seen[answer.status_code] += 1

    @settings(max_examples=10, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(post.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def each(case: Case) -> None:
        named = {name: ours[name] for name in ("letter", "order", "buyer", "seller")}
        case.body = {**exact(case.body), **named}
        ask(case)
        ask(get.Case(path_parameters={"number": case.body["number"]}))

    each()
    assert seen[200] + seen[202] >= 10, seen
