"""The server: Streamlit's UI, the REST API and, on a laptop, the jobs, in one process."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from api.server import guards, mount
from data.settings import read_settings
from jobs import local
from jobs.ending import end_in_time

# A folder named `pages` makes Streamlit answer deep links without ui.py until the first run of st.navigation says no.
PagesManager.uses_pages_directory = False


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, Any]]:
    end_in_time()
    stop = await asyncio.to_thread(local.start, settings)
    gc.freeze()  # what is loaded by now stays: collections that walk it would double the time of a cold page
    yield {}
    await asyncio.to_thread(stop)


settings = read_settings()
app = st.App(
    Path(__file__).with_name("ui.py"),
    routes=[mount(settings)],
    middleware=guards(settings),
    lifespan=lifespan,
)
