# Databricks notebook source
# MAGIC %pip install --quiet -r ../requirements.txt
# COMMAND ----------
"""Platforms and checks from a YAML file of the workspace: shows the plan; with the option --yes applies it."""

import sys

from databricks.sdk.runtime import dbutils

sys.path.insert(0, "../..")
from jobs.in_workspace import run

dbutils.widgets.text("settings", "PORTAL_CATALOG=main PORTAL_SCHEMA=portal")
dbutils.widgets.text("file and options", "/Workspace/Shared/checks.yaml")
run([*dbutils.widgets.get("settings").split(), "apply", *dbutils.widgets.get("file and options").split()])
