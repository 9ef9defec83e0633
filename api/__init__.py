"""The door for programs. Everything lives under /api, because bearer tokens reach only that on Databricks Apps."""
