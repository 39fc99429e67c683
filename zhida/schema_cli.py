"""``zhida schema``: the JSON Schema of a kind of file, for an editor."""

from __future__ import annotations

from typing import Annotated

import typer


def schema(
    kind: Annotated[
        str, typer.Argument(help="site、unit、system、agreement、operator、matter、mapping")
    ],
) -> None:
    """一种文件的 JSON Schema，供编辑器提示和检查 (for editors; JSON Schema 2020-12)."""
    from zhida import editor_schemas
    from zhida.output import emit

    emit(editor_schemas.schema(kind), as_json=True)
