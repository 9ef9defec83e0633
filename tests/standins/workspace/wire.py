"""Arrow tables in the shape the Thrift protocol of a warehouse wants them."""

from __future__ import annotations

import pyarrow as pa
from databricks.sql.thrift_api.TCLIService import ttypes as t

OK = t.TStatus(statusCode=t.TStatusCode.SUCCESS_STATUS)
_TYPES = {
    pa.bool_(): t.TTypeId.BOOLEAN_TYPE,
    pa.int8(): t.TTypeId.TINYINT_TYPE,
    pa.int16(): t.TTypeId.SMALLINT_TYPE,
    pa.int32(): t.TTypeId.INT_TYPE,
    pa.int64(): t.TTypeId.BIGINT_TYPE,
    pa.float32(): t.TTypeId.FLOAT_TYPE,
    pa.float64(): t.TTypeId.DOUBLE_TYPE,
    pa.date32(): t.TTypeId.DATE_TYPE,
    pa.binary(): t.TTypeId.BINARY_TYPE,
    pa.null(): t.TTypeId.NULL_TYPE,
}


def metadata(rows: pa.Table) -> t.TGetResultSetMetadataResp:
    columns = [t.TColumnDesc(columnName=f.name, typeDesc=_type(f.type), position=n) for n, f in enumerate(rows.schema)]
    return t.TGetResultSetMetadataResp(
        status=OK,
        schema=t.TTableSchema(columns=columns),
        resultFormat=t.TSparkRowSetType.ARROW_BASED_SET,
        lz4Compressed=False,
        arrowSchema=rows.schema.serialize().to_pybytes(),
        isStagingOperation=False,
    )


def page(rows: pa.Table, start: int, size: int) -> t.TFetchResultsResp:
    part = rows.slice(start, size).combine_chunks()
    batches = [t.TSparkArrowBatch(batch.serialize().to_pybytes(), batch.num_rows) for batch in part.to_batches()]
    more = start + part.num_rows < rows.num_rows
    found = t.TRowSet(startRowOffset=start, rows=[], arrowBatches=batches)
    return t.TFetchResultsResp(status=OK, hasMoreRows=more, results=found, resultSetMetadata=metadata(rows))


def as_seen_from(zone: str, rows: pa.Table) -> pa.Table:
    """Times carry the zone of the session, not ours."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type) and field.type.tz:
            column = rows.column(place).cast(pa.timestamp("us", tz=zone))
            rows = rows.set_column(place, field.name, column)
    return rows


def failed(code: int, message: str, sqlstate: str | None = None) -> t.TStatus:
    return t.TStatus(statusCode=code, errorMessage=message, displayMessage=message, sqlState=sqlstate)


def _type(kind: pa.DataType) -> t.TTypeDesc:
    qualifiers = None
    if pa.types.is_decimal(kind):
        sizes = {"precision": kind.precision, "scale": kind.scale}
        qualifiers = t.TTypeQualifiers({name: t.TTypeQualifierValue(i32Value=size) for name, size in sizes.items()})
    return t.TTypeDesc([t.TTypeEntry(t.TPrimitiveTypeEntry(_type_id(kind), qualifiers))])


def _type_id(kind: pa.DataType) -> int:
    tests = (
        (pa.types.is_timestamp, t.TTypeId.TIMESTAMP_TYPE),
        (pa.types.is_decimal, t.TTypeId.DECIMAL_TYPE),
        (pa.types.is_list, t.TTypeId.ARRAY_TYPE),
        (pa.types.is_map, t.TTypeId.MAP_TYPE),
        (pa.types.is_struct, t.TTypeId.STRUCT_TYPE),
    )
    return next((found for test, found in tests if test(kind)), _TYPES.get(kind, t.TTypeId.STRING_TYPE))
