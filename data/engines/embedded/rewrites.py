"""UPDATE, DELETE and MERGE: DuckDB changes a copy, which then replaces the rows it was copied from.

On a table with one partition column only the partitions that the statement can reach are copied and replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection
from sqlglot import exp

from data.engines.base import Params
from data.engines.dialect import read, table_name
from data.engines.embedded.database import change, evaluate
from data.engines.embedded.dialect import Rendered, quoted, render
from data.engines.embedded.failures import reading
from data.engines.embedded.snapshots import File, Snapshot, duck_type
from data.errors import Invalid

_PARTITIONS, _SOURCE = "partitions_of_target", "source_of_merge"


@dataclass(frozen=True)
class ChangePlan:
    sql: Rendered
    reach: Rendered | None
    """Selects the partitions whose rows the statement can touch; None: all of them."""
    drops_partitions: bool
    """A DELETE that asks for nothing but partitions: no row needs to be looked at."""
    source: Rendered | None
    """The subquery a MERGE is USING: answered once, for `reach` and `sql`."""
    twice: Rendered | None
    """Finds a row that a MERGE would change by more than one row of its source: an error to Delta, not to DuckDB."""

    @property
    def tables(self) -> frozenset[str]:
        return frozenset().union(*(part.tables for part in (self.sql, self.reach, self.source, self.twice) if part))

    def over(self, views: Callable[[Rendered], Rendered]) -> ChangePlan:
        reach, source = self.reach and views(self.reach), self.source and views(self.source)
        return replace(self, sql=views(self.sql), reach=reach, source=source, twice=self.twice and views(self.twice))


@dataclass(frozen=True)
class Replacement:
    """What to write back. `rows` None: the rows that meet `predicate` just go."""

    affected: int
    rows: pa.Table | None = None
    predicate: str | None = None


@lru_cache(512)
def change_plan(sql: str, given: frozenset[str], partition: str | None) -> ChangePlan:
    tree = read(sql).copy()
    source, given = _source(tree, given)
    twice = _twice(tree, given)
    conditions = _conditions(tree)
    usable = [c for c in conditions if partition is not None and _is_about(c, tree, partition)]
    drops = isinstance(tree, exp.Delete) and len(usable) == len(conditions)
    if partition is None or not usable:
        return ChangePlan(render(tree, given), None, drops, source, twice)
    reach = exp.select(exp.column(partition, table=tree.this.alias_or_name))
    reach = reach.from_(exp.alias_(exp.to_table(_PARTITIONS), tree.this.alias_or_name, table=True))
    condition: exp.Expr = exp.and_(*usable)
    if isinstance(tree, exp.Merge):
        condition = exp.Exists(this=exp.select("1").from_(tree.args["using"]).where(condition))
    return ChangePlan(render(tree, given), render(reach.where(condition), given | {_PARTITIONS}), drops, source, twice)


def _source(tree: exp.Expr, given: frozenset[str]) -> tuple[Rendered | None, frozenset[str]]:
    """Takes the subquery out of a MERGE; what is given then holds its answer."""
    using = tree.args.get("using")
    if not isinstance(using, exp.Subquery):
        return None, given
    tree.set("using", exp.alias_(exp.to_table(_SOURCE), using.alias, table=True))
    return render(using.this, given), given | {_SOURCE}


def _twice(tree: exp.Expr, given: frozenset[str]) -> Rendered | None:
    """None where it cannot matter. As Delta does, conditions are looked at only where nothing is inserted."""
    if not isinstance(tree, exp.Merge):
        return None
    whens = tree.args["whens"].expressions
    matched = [when for when in whens if when.args["matched"]]
    conditions = [when.args.get("condition") for when in matched]
    if not matched or (conditions == [None] and isinstance(matched[0].args["then"], exp.Var)):
        return None  # deleted is deleted, however often
    found = exp.select("1").from_(tree.this).join(tree.args["using"], on=tree.args["on"])
    if len(matched) == len(whens) and None not in conditions:
        found = found.where(exp.or_(*conditions))
    found = found.group_by(exp.column("rowid", table=tree.this.alias_or_name))
    found = found.having(exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1)))
    return render(found.limit(1), given | {table_name(tree.this)})


def _conditions(tree: exp.Expr) -> list[exp.Expr]:
    """What a row of the target must meet to be touched, as conditions joined by AND."""
    if isinstance(tree, exp.Merge):
        if any(when.args.get("source") for when in tree.args["whens"].expressions):
            return [exp.true()]  # NOT MATCHED BY SOURCE reaches every row
        found = tree.args["on"]
    else:
        where = tree.args.get("where")
        found = where.this if where else None
    return list(found.flatten()) if isinstance(found, exp.And) else [found] if found else []


def _is_about(condition: exp.Expr, tree: exp.Expr, partition: str) -> bool:
    """Decided by the target's partition alone (in a MERGE together with the source)."""
    target, merging = tree.this.alias_or_name.lower(), isinstance(tree, exp.Merge)
    columns = list(condition.find_all(exp.Column))
    own = [c for c in columns if c.table.lower() == target or not (c.table or merging)]
    plain = all(c.table for c in columns) if merging else len(own) == len(columns)
    return plain and bool(own) and all(c.name == partition for c in own)


def replacement(
    cursor: DuckDBPyConnection,
    plan: ChangePlan,
    params: Params,
    target: Snapshot,
    snapshots: Mapping[str, Snapshot],
    limit: int,
) -> Replacement:
    """Raises Invalid when more than `limit` rows would have to be copied."""
    if plan.source:
        cursor.register(_SOURCE, evaluate(cursor, plan.source, params, snapshots))
    reached = _reached(cursor, plan, params, target, snapshots)
    if plan.drops_partitions and (reached is None) == (plan.reach is None):
        return Replacement(sum(f.rows for f in _files(target, reached)), None, _predicate(target, reached))
    while True:
        _copy(cursor, target, _files(target, reached), limit)
        if plan.twice and evaluate(cursor, plan.twice, params, snapshots).num_rows:
            raise Invalid(f"{target.table}: more than one source row matches the same row.")
        affected = change(cursor, plan.sql, params, snapshots)
        if not affected or reached is None:
            return Replacement(affected, _copied(cursor, target))
        written = _values(cursor, target)
        if None not in written and not (written - reached) & {file.partition for file in target.files}:
            return Replacement(affected, _copied(cursor, target), _predicate(target, reached | written))
        # rows moved into partitions that were not copied: once more, with those
        reached = None if None in written else reached | written


def _reached(
    cursor: DuckDBPyConnection, plan: ChangePlan, params: Params, target: Snapshot, snapshots: Mapping[str, Snapshot]
) -> set[Any] | None:
    if plan.reach is None or target.partition is None:
        return None
    kind = target.schema.field(target.partition).type
    present = pa.array({file.partition for file in target.files}, kind)
    cursor.register(_PARTITIONS, pa.table({target.partition: present}))
    reached = set(evaluate(cursor, plan.reach, params, snapshots).column(0).to_pylist())
    return None if None in reached else reached


def _files(target: Snapshot, reached: set[Any] | None) -> list[File]:
    return [file for file in target.files if reached is None or file.partition in reached]


def _copy(cursor: DuckDBPyConnection, target: Snapshot, files: Iterable[File], limit: int) -> None:
    files = list(files)
    if (rows := sum(file.rows for file in files)) > limit:
        raise Invalid(
            f"{target.table}: the change would rewrite {rows:,} rows, more than the {limit:,} allowed at once"
            + (f"; say which {target.partition} it is about." if target.partition else ".")
        )
    columns = ", ".join(
        f"{quoted(f.name)} {duck_type(f.type)}{'' if f.nullable else ' NOT NULL'}" for f in target.schema
    )
    with reading([target.table]):
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(target.table)} ({columns})")
        if files:
            paths = {target.parameter: [file.path for file in files]}
            cursor.execute(f"INSERT INTO {quoted(target.table)} {target.relation()}", paths)


def _copied(cursor: DuckDBPyConnection, target: Snapshot) -> pa.Table:
    return cursor.sql(f"FROM temp.{quoted(target.table)}{target.order}").to_arrow_table()


def _values(cursor: DuckDBPyConnection, target: Snapshot) -> set[Any]:
    column = quoted(str(target.partition))
    return set(cursor.sql(f"FROM temp.{quoted(target.table)} SELECT DISTINCT {column}").to_arrow_table()[0].to_pylist())


def _predicate(target: Snapshot, values: set[Any] | None) -> str | None:
    """For delta-rs, which takes text only; the values come from the log or from typed rows."""
    if values is None:
        return None
    listed = ", ".join(str(v) if isinstance(v, int) else "'" + str(v).replace("'", "''") + "'" for v in sorted(values))
    return f"{quoted(str(target.partition))} IN ({listed})"
