"""What a scheduled serverless task starts: the folder of the bundle, settings, then what `python -m jobs` takes."""

import sys

sys.path.insert(0, sys.argv[1])  # given, because Databricks defines no __file__ for such a script

from jobs.in_workspace import run

run(sys.argv[2:])
