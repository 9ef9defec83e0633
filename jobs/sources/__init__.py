"""Where results come from. A new source is a module in this folder and a line in `SOURCES`."""

from __future__ import annotations

from collections.abc import Mapping

from jobs.sources.base import Source
from jobs.sources.dbt_artifacts import DbtArtifacts
from jobs.sources.delta_freshness import DeltaFreshness
from jobs.sources.demo import Demo
from jobs.sources.http_probe import HttpProbe
from jobs.sources.portal_self import PortalSelf
from jobs.sources.push import Push
from jobs.sources.sql_check import SqlCheck

SOURCES: Mapping[str, Source] = {
    source.name: source
    for source in (
        HttpProbe(),
        DeltaFreshness(),
        SqlCheck(),
        DbtArtifacts(),
        Push(),
        PortalSelf(),
        Demo(),
    )
}
