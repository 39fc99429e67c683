"""The reference page of what code outside may build on: ports, errors, outcomes, signers, out of their docstrings.

Read as text, not imported: what stands in the source is what is told, in its order.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from importlib import resources

Part = tuple[str, list[str]]
MODULES = (("exchange", "ports.py"), ("exchange", "errors.py"), ("crypto", "signer.py"))
"""Who writes an adapter, a wire or a signer needs these and nothing deeper."""
LEAD = (
    "写适配器、线路、签名服务器的人要实现和用到的，由源码里的说明生成。先看[几个概念](../concepts.md)。",
    "多数系统不用写程序：[只用配置接入一个系统](../how-to/connect-a-system.md)。",
    "What whoever writes an adapter, a wire or a signer implements and uses, out of the docstrings.",
)


def pages() -> dict[str, Part]:
    """The page by its file name: title and parts."""
    told = [part for package, file in MODULES for part in module(package, file)]
    return {"ports.md": ("程序接口 · Ports for code", [*LEAD, *told])}


def module(package: str, file: str) -> Iterator[str]:
    """A module's docstring, then its public names with theirs, as Markdown."""
    tree = ast.parse((resources.files(package) / file).read_text("utf-8"))
    yield f"## {package}.{file.removesuffix('.py')}"
    yield prose(ast.get_docstring(tree) or "")
    for node, text in _with_texts(tree.body):
        yield from _told(node, text)


def prose(text: str) -> str:
    """A docstring as Markdown: examples and indented blocks stay as they are typed.

    >>> prose("Adds.\\n\\n>>> 1 + 1\\n2")
    'Adds.\\n\\n```pycon\\n>>> 1 + 1\\n2\\n```'
    >>> prose("The family::\\n\\n    A")
    'The family:\\n\\n    A'
    """
    plain = re.sub(r"::$", ":", text, flags=re.M)
    return re.sub(r"^>>> .*(?:\n(?!\n).*)*", r"```pycon\n\g<0>\n```", plain, flags=re.M)


def _with_texts(body: Sequence[ast.stmt]) -> Iterator[tuple[ast.stmt, str]]:
    """Statements, each with the text that stands below it."""
    for node, below in zip(body, [*body[1:], None], strict=True):
        found = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        value = below.value.value if found else ""  # type: ignore[union-attr]
        yield node, str(value)


def _told(node: ast.stmt, text: str) -> Iterator[str]:
    if isinstance(node, ast.ClassDef) and _is_public(node.name):
        bases = ", ".join(map(ast.unparse, node.bases))
        yield f"### `{node.name}({bases})`" if bases else f"### `{node.name}`"
        yield prose(ast.get_docstring(node) or "")
        yield "\n".join(_members(node))
    elif isinstance(node, ast.FunctionDef) and _is_public(node.name):
        yield f"### `{_head(node)}`"
        yield prose(ast.get_docstring(node) or "")
    elif line := _value(node, text):
        yield line


def _members(node: ast.ClassDef) -> Iterator[str]:
    for each, text in _with_texts(node.body):
        if isinstance(each, ast.FunctionDef) and _is_public(each.name):
            lead = (ast.get_docstring(each) or "").partition(">>>")[0]
            yield f"- `{_head(each)}`: {' '.join(lead.split())}".removesuffix(": ")
        elif line := _value(each, text):
            yield line


def _value(node: ast.stmt, text: str) -> str:
    """A field of a class or a name of a module, with what stands below it."""
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    if not isinstance(target, ast.Name) or not _is_public(target.id):
        return ""
    return f"- `{ast.unparse(node)}`: {' '.join(text.split())}".removesuffix(": ")


def _head(node: ast.FunctionDef) -> str:
    gives = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{node.name}({ast.unparse(node.args)}){gives}"


def _is_public(name: str) -> bool:
    return not name.startswith("_")
