"""The server's side of the Thrift protocol that databricks-sql-connector speaks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pyarrow as pa
from databricks.sql.thrift_api.TCLIService import TCLIService
from databricks.sql.thrift_api.TCLIService import ttypes as t
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.Thrift import TMessageType
from thrift.transport.TTransport import TMemoryBuffer

from tests.standins.workspace import wire
from tests.standins.workspace.errors import SqlError
from tests.standins.workspace.values import parameters
from tests.standins.workspace.warehouse import Answer

DIRECT_RESULTS_WAIT_S = 5.0
POLL_WAIT_S = 1.0
NO_LIMIT_S = 172_800.0
PARALLEL = 32
Run = Callable[[str, Mapping[str, Any]], Answer]
Before = Callable[[str, float, threading.Event], None]


@dataclass
class Operation:
    handle: t.TOperationHandle
    cancelled: threading.Event = field(default_factory=threading.Event)
    answer: Future[Answer] = field(default_factory=Future)
    sent: int = 0

    @property
    def rows(self) -> pa.Table:
        return self.answer.result().rows


class Sessions(TCLIService.Iface):
    """`before`: what a statement suffers first (faults); `run`: carries it out. Both raise SqlError."""

    def __init__(self, run: Run, before: Before) -> None:
        self._run = run
        self._before = before
        self._sessions: dict[bytes, dict[str, str]] = {}
        self._operations: dict[bytes, Operation] = {}
        self._pool = ThreadPoolExecutor(PARALLEL, "warehouse")

    def drop(self) -> None:
        self._sessions.clear()

    def close(self) -> None:
        for operation in list(self._operations.values()):
            operation.cancelled.set()
        self._pool.shutdown()

    def OpenSession(self, req: t.TOpenSessionReq) -> t.TOpenSessionResp:
        if not req.client_protocol_i64:
            status = wire.failed(t.TStatusCode.ERROR_STATUS, "The client's protocol is too old.")
            return t.TOpenSessionResp(status=status, serverProtocolVersion=0)
        guid = uuid4().bytes
        self._sessions[guid] = dict(req.configuration or {})
        return t.TOpenSessionResp(
            status=wire.OK,
            serverProtocolVersion=t.TProtocolVersion.SPARK_CLI_SERVICE_PROTOCOL_V7,
            sessionHandle=t.TSessionHandle(t.THandleIdentifier(guid, uuid4().bytes)),
            canUseMultipleCatalogs=True,
            initialNamespace=req.initialNamespace,
        )

    def CloseSession(self, req: t.TCloseSessionReq) -> t.TCloseSessionResp:
        known = self._sessions.pop(req.sessionHandle.sessionId.guid, None)
        return t.TCloseSessionResp(status=_no_session(req.sessionHandle) if known is None else wire.OK)

    def GetInfo(self, req: t.TGetInfoReq) -> t.TGetInfoResp:
        return t.TGetInfoResp(status=wire.OK, infoValue=t.TGetInfoValue(stringValue="Spark SQL"))

    def ExecuteStatement(self, req: t.TExecuteStatementReq) -> t.TExecuteStatementResp:
        session = self._sessions.get(req.sessionHandle.sessionId.guid)
        if session is None:
            return t.TExecuteStatementResp(status=_no_session(req.sessionHandle))
        identifier = t.THandleIdentifier(uuid4().bytes, uuid4().bytes)
        operation = Operation(t.TOperationHandle(identifier, t.TOperationType.EXECUTE_STATEMENT, True))
        self._operations[identifier.guid] = operation
        operation.answer = self._pool.submit(self._carry_out, req, session, operation.cancelled)
        answer = t.TExecuteStatementResp(status=wire.OK, operationHandle=operation.handle)
        if req.getDirectResults and _wait(operation, DIRECT_RESULTS_WAIT_S):
            answer.directResults = self._direct_results(operation, req.getDirectResults.maxRows)
        return answer

    def _carry_out(self, req: t.TExecuteStatementReq, session: Mapping[str, str], cancelled: threading.Event) -> Answer:
        limit_s = float(session.get("STATEMENT_TIMEOUT", NO_LIMIT_S))
        self._before(req.statement, limit_s, cancelled)
        if cancelled.is_set():
            raise SqlError("OPERATION_CANCELED", "Operation has been canceled.", "HY008")
        answer = self._run(req.statement, parameters(req.parameters or ()))
        zone = session.get("TIMEZONE", "Etc/UTC")
        return Answer(wire.as_seen_from(zone, answer.rows), answer.modified)

    def _direct_results(self, operation: Operation, max_rows: int) -> t.TSparkDirectResults:
        status = _status(operation)
        if status.operationState != t.TOperationState.FINISHED_STATE:
            return t.TSparkDirectResults(operationStatus=status)
        return t.TSparkDirectResults(status, wire.metadata(operation.rows), _next_page(operation, max_rows))

    def GetOperationStatus(self, req: t.TGetOperationStatusReq) -> t.TGetOperationStatusResp:
        operation = self._of(req.operationHandle)
        if operation is None:
            return t.TGetOperationStatusResp(status=_no_operation(req.operationHandle))
        _wait(operation, POLL_WAIT_S)
        return _status(operation)

    def GetResultSetMetadata(self, req: t.TGetResultSetMetadataReq) -> t.TGetResultSetMetadataResp:
        operation = self._of(req.operationHandle)
        refused = _without_rows(operation, req.operationHandle)
        return t.TGetResultSetMetadataResp(status=refused) if refused else wire.metadata(operation.rows)

    def FetchResults(self, req: t.TFetchResultsReq) -> t.TFetchResultsResp:
        operation = self._of(req.operationHandle)
        refused = _without_rows(operation, req.operationHandle)
        return t.TFetchResultsResp(status=refused) if refused else _next_page(operation, req.maxRows)

    def CancelOperation(self, req: t.TCancelOperationReq) -> t.TCancelOperationResp:
        if operation := self._of(req.operationHandle):
            operation.cancelled.set()
        return t.TCancelOperationResp(status=wire.OK if operation else _no_operation(req.operationHandle))

    def CloseOperation(self, req: t.TCloseOperationReq) -> t.TCloseOperationResp:
        operation = self._operations.pop(req.operationHandle.operationId.guid, None)
        return t.TCloseOperationResp(status=wire.OK if operation else _no_operation(req.operationHandle))

    def _of(self, handle: t.TOperationHandle) -> Operation | None:
        return self._operations.get(handle.operationId.guid)


def _wait(operation: Operation, seconds: float) -> bool:
    try:
        operation.answer.exception(timeout=seconds)
    except TimeoutError:
        return False
    return True


def _status(operation: Operation) -> t.TGetOperationStatusResp:
    if operation.cancelled.is_set():
        return t.TGetOperationStatusResp(status=wire.OK, operationState=t.TOperationState.CANCELED_STATE)
    if not operation.answer.done():
        return t.TGetOperationStatusResp(status=wire.OK, operationState=t.TOperationState.RUNNING_STATE)
    if error := operation.answer.exception():
        words = str(error) if isinstance(error, SqlError) else f"[INTERNAL_ERROR] {error!r} SQLSTATE: XX000"
        return t.TGetOperationStatusResp(
            status=wire.OK,
            operationState=t.TOperationState.ERROR_STATE,
            sqlState=error.sqlstate if isinstance(error, SqlError) else "XX000",
            errorMessage=words,
            displayMessage=words,
        )
    return t.TGetOperationStatusResp(
        status=wire.OK,
        operationState=t.TOperationState.FINISHED_STATE,
        hasResultSet=True,
        numModifiedRows=operation.answer.result().modified,
    )


def _next_page(operation: Operation, max_rows: int) -> t.TFetchResultsResp:
    start, operation.sent = operation.sent, operation.sent + max_rows
    return wire.page(operation.rows, start, max_rows)


def _without_rows(operation: Operation | None, handle: t.TOperationHandle) -> t.TStatus | None:
    if operation is None:
        return _no_operation(handle)
    if operation.cancelled.is_set() or not operation.answer.done() or operation.answer.exception():
        return wire.failed(t.TStatusCode.ERROR_STATUS, "The operation has no result.", "HY010")
    return None


def _no_session(handle: t.TSessionHandle) -> t.TStatus:
    words = f"Invalid SessionHandle: SessionHandle [{handle.sessionId.guid.hex()}]"
    return wire.failed(t.TStatusCode.INVALID_HANDLE_STATUS, words)


def _no_operation(handle: t.TOperationHandle) -> t.TStatus:
    words = f"Invalid OperationHandle: OperationHandle [{handle.operationId.guid.hex()}]"
    return wire.failed(t.TStatusCode.INVALID_HANDLE_STATUS, words)


@dataclass(frozen=True)
class Message:
    """One request as it came; `method` and `statement` ("" if it is none) are told without running it."""

    body: bytes
    method: str
    statement: str


def message(body: bytes) -> Message:
    """Raises ValueError for what is not Thrift."""
    protocol = TBinaryProtocol(TMemoryBuffer(body))
    try:
        method, kind, _ = protocol.readMessageBegin()
        if kind != TMessageType.CALL:
            raise ValueError(f"{kind} is not a call")
        if method != "ExecuteStatement":
            return Message(body, method, "")
        arguments = TCLIService.ExecuteStatement_args()
        arguments.read(protocol)
        return Message(body, method, arguments.req.statement)
    except EOFError as error:
        raise ValueError("the request is cut off") from error


def reply(sessions: Sessions, asked: Message) -> bytes:
    answer = TMemoryBuffer()
    TCLIService.Processor(sessions).process(TBinaryProtocol(TMemoryBuffer(asked.body)), TBinaryProtocol(answer))
    return answer.getvalue()
