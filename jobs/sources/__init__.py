"""Where results come from. A new source is a module in this folder and a line in `SOURCES`."""

from __future__ import annotations

from collections.abc import Mapping

from jobs.sources.base import Source
from jobs.sources.databricks_jobs import DatabricksJobs
from jobs.sources.databricks_pipelines import DatabricksPipelines
from jobs.sources.databricks_warehouses import DatabricksWarehouses
from jobs.sources.dbt_artifacts import DbtArtifacts
from jobs.sources.delta_freshness import DeltaFreshness
from jobs.sources.demo import Demo
from jobs.sources.fabric_jobs import FabricJobs
from jobs.sources.http_probe import HttpProbe
from jobs.sources.portal_self import PortalSelf
from jobs.sources.powerbi_refreshables import PowerBiRefreshables
from jobs.sources.push import Push
from jobs.sources.sql_check import SqlCheck
from jobs.sources.status_feeds import StatusFeeds
from jobs.sources.system_tables import SystemTables

SOURCES: Mapping[str, Source] = {
    source.name: source
    for source in (
        HttpProbe(),
        DeltaFreshness(),
        SqlCheck(),
        DbtArtifacts(),
        DatabricksJobs(),
        DatabricksWarehouses(),
        DatabricksPipelines(),
        SystemTables(),
        StatusFeeds(),
        PowerBiRefreshables(),
        FabricJobs(),
        Push(),
        PortalSelf(),
        Demo(),
    )
}
