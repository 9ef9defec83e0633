"""GET /_standin: the faults as buttons, for whoever looks at the portal meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.standins.workspace.faults import Call, Faults

Change = Callable[[Faults, float, int], None]
FAULTS: dict[str, Change] = {
    "down": lambda faults, _, __: faults.down(),
    "up": lambda faults, _, __: faults.up(),
    "fail": lambda faults, number, times: faults.fail(int(number), times),
    "slow": lambda faults, number, times: faults.slow(number, times),
    "delay": lambda faults, number, _: faults.delay(number),
    "read_timeout": lambda faults, _, times: faults.read_timeout(times),
    "drop_sessions": lambda faults, _, __: faults.drop_sessions(),
    "expire_tokens": lambda faults, _, __: faults.expire_tokens(),
    "clear": lambda faults, _, __: faults.clear(),
}
BUTTONS = (
    ("Warehouse down", "down", 0, 1),
    ("Warehouse up", "up", 0, 1),
    ("20 × 429", "fail", 429, 20),
    ("500 once", "fail", 500, 1),
    ("Sessions dropped", "drop_sessions", 0, 1),
    ("Tokens expired", "expire_tokens", 0, 1),
    ("Next statement takes 90 s", "slow", 90, 1),
    ("Every statement 200 ms later", "delay", 0.2, 1),
    ("All well again", "clear", 0, 1),
)
SHOWN_CALLS = 40


def routes(faults: Faults, log: Sequence[Call]) -> list[Route]:
    async def show(_: Request) -> Response:
        return HTMLResponse(_page(faults, log))

    async def change(request: Request) -> Response:
        asked = request.query_params
        name = asked.get("name", "")
        if name not in FAULTS:
            return PlainTextResponse(f"Known faults: {', '.join(FAULTS)}", 404)
        try:
            FAULTS[name](faults, float(asked.get("number", 0)), int(asked.get("times", 1)))
        except ValueError:
            return PlainTextResponse("number and times must be numbers", 400)
        return RedirectResponse("/_standin", 303)

    return [Route("/_standin", show), Route("/_standin/fault", change, methods=["POST"])]


def _page(faults: Faults, log: Sequence[Call]) -> str:
    buttons = "".join(_button(*button) for button in BUTTONS)
    calls = "".join(
        f"<tr><td>{call.status}<td>{escape(call.kind)}<td><code>{escape(call.text[:160])}</code>"
        for call in reversed(log[-SHOWN_CALLS:])
    )
    state = "down" if faults.is_down else "up"
    return (
        "<!doctype html><meta charset=utf-8><title>Stand-in workspace</title>"
        "<style>body{font:15px system-ui;margin:2rem} form{display:inline} td{padding:0 .6rem}</style>"
        f"<h1>Stand-in workspace: {state}, {faults.delay_s:g} s added</h1>{buttons}<table>{calls}</table>"
    )


def _button(words: str, name: str, number: float, times: int) -> str:
    asked = escape(urlencode({"name": name, "number": number, "times": times}))
    return f'<form method=post action="/_standin/fault?{asked}"><button>{escape(words)}</button></form>'
