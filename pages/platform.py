"""One platform (`?platform=`) or one check (`?check=`) in detail."""

from __future__ import annotations

import streamlit as st

from components import feedback, session
from components.check_details import draw_check
from components.details import find
from components.navigation import STATUS
from components.platform_details import draw_platform

REFRESH_S = 30
NOT_FOUND = "The address names no platform or check that you can see. It may have been renamed or retired."


@st.fragment(run_every=REFRESH_S)
def live(platform_id: str, check_id: str) -> None:
    seen = session.look()
    if seen is None:
        return
    found = find(seen.board, platform_id, check_id)
    if found is None:
        feedback.empty("search_off", "There is nothing here", NOT_FOUND)
        st.page_link(STATUS.page(), label="Back to the status", icon=":material/arrow_back:")
    elif found[1] is None:
        draw_platform(seen, found[0])
    else:
        draw_check(seen, found[0], found[1])


live(st.query_params.get("platform", ""), st.query_params.get("check", ""))
