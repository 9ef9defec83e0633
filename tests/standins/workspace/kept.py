"""What CREATE TABLE said and Delta does not keep (the keys), so that SHOW CREATE TABLE can tell it again."""

from __future__ import annotations

import shutil
from pathlib import Path

from deltalake import DeltaTable
from sqlglot import exp

_TYPES = {"string": "STRING", "long": "BIGINT", "integer": "INT", "double": "DOUBLE", "boolean": "BOOLEAN"}


def keep(folder: Path, tree: exp.Create) -> None:
    """Only what is new: CREATE TABLE IF NOT EXISTS may come again."""
    name = tree.this.this.name.lower()
    constraints = [c.sql("databricks") for c in tree.this.expressions if not isinstance(c, exp.ColumnDef)]
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / name).exists():
        (folder / name).write_text("\n".join(constraints))


def drop(path: Path, folder: Path) -> None:
    shutil.rmtree(path)
    (folder / path.name).unlink(missing_ok=True)


def create_statement(table: str, path: Path, definition: Path) -> str:
    """Columns, partitions and properties as they are now; constraints as they were written."""
    delta = DeltaTable(path)
    metadata = delta.metadata()
    constraints = definition.read_text().splitlines() if definition.exists() else []
    parts = [f"CREATE TABLE {table} (\n  " + ",\n  ".join([*map(_column, delta.schema().fields), *constraints]) + ")"]
    parts.append("USING delta")
    if metadata.partition_columns:
        parts.append(f"PARTITIONED BY ({', '.join(metadata.partition_columns)})")
    properties = ",\n  ".join(f"'{name}' = '{value}'" for name, value in sorted(metadata.configuration.items()))
    return "\n".join([*parts, *([f"TBLPROPERTIES (\n  {properties})"] if properties else []), ""])


def _column(field: object) -> str:
    kind = field.type
    name = f"ARRAY<{_type(kind.element_type)}>" if kind.type == "array" else _type(kind)
    comment = (field.metadata or {}).get("comment")
    told = "" if comment is None else " COMMENT '" + comment.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return f"{field.name} {name}{'' if field.nullable else ' NOT NULL'}{told}"


def _type(kind: object) -> str:
    return _TYPES.get(kind.type, kind.type.upper())
