"""What the documents say is there: links, commands, make targets, problem codes, promises."""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main

from exchange.problems import catalogue
from zhida.cli import app
from zhida.hub import ADAPTERS

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "docker/README.md"])
LATER = {"guarantees-report.md"}
"""Made by ``make guarantees``; may be absent in a fresh clone."""
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _prose(page: Path) -> str:
    return _FENCE.sub("", page.read_text("utf-8"))


def _shell(page: Path) -> list[str]:
    """Lines of shell snippets, without comments and the inside of here-documents."""
    lines: list[str] = []
    for language, body in _FENCE.findall(page.read_text("utf-8")):
        if language == "sh":
            plain = re.sub(r"<<'(\w+)'\n.*?^\1$", "", body, flags=re.M | re.S)
            lines += [re.sub(r"(^|\s)#.*", "", line).strip() for line in plain.splitlines()]
    return [line for line in lines if line]


def _mentions(page: Path) -> list[str]:
    """Everything in shell snippets and in `code` that starts with a command of ours."""
    spans = [text.strip() for text in _CODE.findall(_prose(page))]
    steps = [step.strip() for line in _shell(page) for step in line.split("&&")]
    return [text for text in spans + steps if text]


def _anchor(heading: str) -> str:
    """GitHub's anchor for a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@cache
def _all() -> Any:
    """``zhida`` with all its commands: a quarter of a second to make."""
    return typer.main.get_command(app)


def _find(words: list[str]) -> tuple[Any, list[str]]:
    """The command that ``words`` name, and what is left of them."""
    command = _all()
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    if words and not words[0].startswith("-") and hasattr(command, "short_for"):
        command = command.commands[command.short_for]  # ``zhida report newborn``
    return command, words


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(_prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = target.partition("#")
        found = (page.parent / place) if place else page
        if found.name in LATER:
            continue
        assert found.exists(), f"{_name(page)} links to {target}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", found.read_text("utf-8"), re.M)
            assert anchor in map(_anchor, headings), f"{_name(page)} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_zhida_command_that_is_mentioned_exists(page: Path) -> None:
    for text in _mentions(page):
        words = text.split()
        if words[0] != "zhida" or not re.fullmatch(r"[a-z-]+", (words + ["x"])[1]):
            continue
        command, rest = _find(words[1:])
        below = getattr(command, "commands", {})
        assert not below or not rest or rest[0] in "…|", f"{_name(page)}: {text}"
        known = {spelling for each in command.params for spelling in each.opts} | {"--help"}
        told = [word for word in rest if re.match("--?[a-z]", word)]  # ``-4`` may be a code
        assert set(told) <= known, f"{_name(page)}: {text}"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_make_target_that_is_mentioned_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M)) | {".venv/.ready"}
    for text in _mentions(page):
        words = text.split()
        if words[0] == "make" and len(words) > 1:
            assert words[1] in targets, f"{_name(page)}: {text}"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_module_that_is_run_exists(page: Path) -> None:
    for text in _mentions(page):
        named = re.search(r"\bpython3? -m ([a-z_.]+)", text)
        if named and named[1] not in ("venv", "pip"):
            place = ROOT / named[1].replace(".", "/")
            exists = place.with_suffix(".py").is_file() or (place / "__main__.py").is_file()
            assert exists, f"{_name(page)}: {text}"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_file_of_ours_that_is_named_exists(page: Path) -> None:
    rooms = r"(?:crypto|exchange|mappings|connectors|adapters|matters|zhida|sandbox|dags|docs|tests|benchmarks|docker)"
    for text in _CODE.findall(_prose(page)):
        if re.fullmatch(rooms + r"(/[\w.-]+)+/?", text) and Path(text).name not in LATER:
            assert (ROOT / text).exists(), f"{_name(page)}: {text}"


def test_every_problem_code_that_a_how_to_names_exists() -> None:
    known = catalogue()
    families = {code.partition(".")[0] for code in known}
    for page in PAGES:
        for text in _CODE.findall(_prose(page)):
            if re.fullmatch(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*", text):
                family, _, rest = text.partition(".")
                is_file = rest in ("py", "md", "csv", "yaml", "json", "zip", "cfg", "sh")
                is_module = (ROOT / family / f"{rest}.py").exists()
                is_operation = family in ADAPTERS
                found = is_file or is_module or is_operation or text in known
                assert found or family not in families, f"{_name(page)}: {text}"


def test_python_snippets_are_python_and_import_what_exists() -> None:
    for page in PAGES:
        for _, body in _FENCE.findall(page.read_text("utf-8")):
            for snippet in re.findall(r"<<'PY'\n(.*?)^PY$", body, re.M | re.S):
                compile(snippet, _name(page), "exec")
                exec("\n".join(re.findall(r"^from .*", snippet, re.M)), {})


def test_the_readme_by_hand_really_works(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    blocks = re.findall(r"^<!-- run: [^\n]* -->\n```sh\n(.*?)^```", text, re.M | re.S)
    assert len(blocks) == 5
    ours = [_by_a_machine(block) for block in blocks]
    done = _bash("set -euo pipefail\n" + "\nsleep 1\n".join(ours), tmp_path)
    _bash("python -m sandbox down", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "证据属实" in done.stdout
    assert "账本完整" in done.stdout
    assert "惠企政策 61 项" in done.stdout
    assert "奖补成效报表" in done.stdout
    assert (tmp_path / "stable-jobs.html").exists()


def _by_a_machine(block: str) -> str:
    """What a person does once, or reads off the screen, done for him."""
    told = "\n".join(line for line in block.splitlines() if not line.startswith("make "))
    first = 'import json, sys; print(json.load(sys.stdin)[0]["case"])'
    case = f"$(zhida case list --json | python -c '{first}')"
    return re.sub(r"\bCASE\b", case, told)


def _bash(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)}
    command = ["bash", "-c", script]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_help_comes_without_a_site() -> None:
    command = [sys.executable, "-m", "zhida", "--help"]
    done = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "ZHIDA_SITE" in done.stdout


def test_the_readme_starts_with_what_it_is() -> None:
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert lines[0] == "# Zhida 直达"
    assert lines[2].isascii()
    assert "## 中文说明" in lines


def test_every_decision_is_listed_and_whole() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text("utf-8")
    for page in folder.glob("0*.md"):
        text = page.read_text("utf-8")
        assert f"({page.name})" in index
        for part in ("**Context.**", "**Decision.**", "**Consequences.**", "**We would revisit**"):
            assert part in text, f"{page.name} lacks {part}"


def test_no_page_names_a_place_of_a_machine() -> None:
    for page in PAGES:
        found = re.search(
            r"(/home/|/root/(?!effect|reference)|/work/|/tmp/)\S*", page.read_text("utf-8")
        )
        assert found is None, f"{_name(page)}: {found[0] if found else ''}"
