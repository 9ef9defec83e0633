# Databricks notebook source
# MAGIC %pip install --quiet -r ../requirements.txt
# COMMAND ----------
"""Looks at every check now, whether due or not, and tells what each source saw."""

import sys

from databricks.sdk.runtime import dbutils

sys.path.insert(0, "../..")
from jobs.in_workspace import run

# COMMAND ----------
dbutils.widgets.text("settings", "PORTAL_CATALOG=main PORTAL_SCHEMA=portal")
run([*dbutils.widgets.get("settings").split(), "ingest", "--once"])
