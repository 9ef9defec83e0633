"""Is the bundle right, as far as that can be told without a workspace? `python -m tests.bundle` (make bundle-check).

Three judges: the classes of `databricks-bundles`, rules of our own, and, where BUNDLE_SCHEMA holds its path, the JSON
schema that `databricks bundle schema` prints.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from databricks.bundles.apps import App
from databricks.bundles.jobs import Job
from databricks.bundles.schemas import Schema
from databricks.bundles.volumes import Volume

from data.settings import Settings
from jobs.__main__ import parser
from jobs.in_workspace import SCOPE

ROOT = Path(__file__).parents[1]
TOP = frozenset(
    {"artifacts", "bundle", "environments", "experimental", "include", "permissions", "presets", "python", "resources"}
    | {"run_as", "scripts", "sync", "targets", "variables", "workspace"}
)
CLASSES: dict[str, Any] = {"apps": App, "jobs": Job, "schemas": Schema, "volumes": Volume}
APP_NAME = re.compile(r"[a-z0-9-]{2,30}")
VARIABLE = re.compile(r"\$\{var\.([\w-]+)")
RESOURCE = re.compile(r"\$\{resources\.(\w+)\.([\w-]+)")
BIGGEST = 10_000_000
NOTEBOOK = "# Databricks notebook source"
RUNNER = "jobs/serverless.py"
CACHES = {".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis", "__pycache__"}
NOT_UPLOADED = CACHES | {".git", ".venv", ".portal", ".databricks"}
SETTINGS = {field.alias or f"PORTAL_{name.upper()}" for name, field in Settings.model_fields.items()} | {SCOPE}

Findings = Iterator[str]
RULES: list[Callable[[Bundle], Findings]] = []


@dataclass
class Bundle:
    root: Path

    @cached_property
    def text(self) -> str:
        return (self.root / "databricks.yml").read_text()

    @cached_property
    def tree(self) -> dict[str, Any]:
        tree = yaml.safe_load(self.text)
        return tree if isinstance(tree, dict) else {}

    @cached_property
    def app_yaml(self) -> dict[str, Any]:
        path = self.root / "app.yaml"
        return yaml.safe_load(path.read_text()) if path.exists() else {}

    def resources(self, kind: str) -> dict[str, Any]:
        return self.tree.get("resources", {}).get(kind) or {}

    def tasks(self) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
        """Its name for people, the task, its job."""
        for key, job in self.resources("jobs").items():
            for task in job.get("tasks", ()):
                yield f"jobs.{key}, task {task.get('task_key')}", task, job

    def uploaded(self) -> Iterator[Path]:
        """What the CLI sends: everything that neither .gitignore nor `sync.exclude` takes out."""
        exclude = self.tree.get("sync", {}).get("exclude", ())
        for path in filter(Path.is_file, self.root.rglob("*")):
            name = path.relative_to(self.root)
            if not set(name.parts) & NOT_UPLOADED and not any(fnmatch(name.as_posix(), pattern) for pattern in exclude):
                yield name


def rule(check: Callable[[Bundle], Findings]) -> Callable[[Bundle], Findings]:
    RULES.append(check)
    return check


@rule
def keys_are_known(bundle: Bundle) -> Findings:
    for key in bundle.tree.keys() - TOP:
        yield f"'{key}' is no key of a bundle; the CLI would ignore it"


@rule
def resources_fit_their_classes(bundle: Bundle) -> Findings:
    for kind, named in bundle.tree.get("resources", {}).items():
        if kind not in CLASSES:
            yield f"resources.{kind} is a kind this check does not know; add its class to CLASSES"
            continue
        for key, resource in named.items():
            try:
                CLASSES[kind].from_dict(resource)
            except (ValueError, TypeError) as error:
                yield f"resources.{kind}.{key}: {error}"


@rule
def what_is_referred_to_exists(bundle: Bundle) -> Findings:
    declared = bundle.tree.get("variables", {}).keys()
    used = set(VARIABLE.findall(bundle.text))
    for name in sorted(used ^ declared):
        yield f"variable {name} is {'used but not declared' if name in used else 'declared but not used'}"
    for kind, key in sorted(set(RESOURCE.findall(bundle.text))):
        if key not in bundle.resources(kind):
            yield f"there is no resource {kind}.{key}"


@rule
def apps_can_start(bundle: Bundle) -> Findings:
    for key, app in bundle.resources("apps").items():
        for target in bundle.tree.get("targets", {"": {}}):
            name = str(app.get("name")).replace("${bundle.target}", target)
            if not APP_NAME.fullmatch(name):
                yield f"apps.{key}: '{name}' is no name of an app: 2 to 30 of a-z, 0-9 and -"
        given = {resource.get("name") for resource in app.get("resources", ())}
        env = [*bundle.app_yaml.get("env", ()), *app.get("config", {}).get("env", ())]
        for name in {v for entry in env if (v := entry.get("valueFrom", entry.get("value_from")))} - given:
            yield f"apps.{key}: a variable takes its value from '{name}', which is none of its resources"


@rule
def app_yaml_is_complete(bundle: Bundle) -> Findings:
    command = bundle.app_yaml.get("command")
    if not isinstance(command, list):
        yield "app.yaml: missing, or without a command as a list"
        return
    for word in command:
        if "$" in str(word) and word != "$DATABRICKS_APP_PORT":
            yield f"app.yaml: {word} is not replaced; there is no shell and only $DATABRICKS_APP_PORT is known"
    names = [entry["name"] for entry in bundle.app_yaml.get("env", ())]
    for name in set(names) - SETTINGS:
        yield f"app.yaml: {name} is no setting of the portal"
    for key, app in bundle.resources("apps").items():
        for name in {entry["name"] for entry in app.get("config", {}).get("env", ())} ^ set(names):
            yield f"apps.{key}: {name} is set in only one of config.env and app.yaml; the one replaces the other"


@rule
def tasks_name_files_that_are_there(bundle: Bundle) -> Findings:
    uploaded = {path.as_posix() for path in bundle.uploaded()}
    for where, task, _ in bundle.tasks():
        script = task.get("spark_python_task", {}).get("python_file")
        notebook = task.get("notebook_task", {}).get("notebook_path")
        name = (script or notebook or "").removeprefix("./")
        if name not in uploaded:
            yield f"{where}: {name or 'nothing to run'} is not among the uploaded files"
        elif (bundle.root / name).read_text().startswith(NOTEBOOK) != bool(notebook):
            yield f"{where}: {name} must {'' if notebook else 'not '}begin with '{NOTEBOOK}'"


@rule
def tasks_have_an_environment(bundle: Bundle) -> Findings:
    for where, task, job in bundle.tasks():
        environments = {entry.get("environment_key"): entry["spec"] for entry in job.get("environments", ())}
        key = task.get("environment_key")
        if "notebook_task" in task and key:
            yield f"{where}: Databricks refuses an environment for a notebook task; it installs with %pip"
        if "spark_python_task" in task and key not in environments:
            yield f"{where}: a serverless Python task needs one of the job's environments"
        for line in environments.get(key, {}).get("dependencies", ()):
            path = line.removeprefix("-r ${workspace.file_path}/")
            if line.startswith("-r ") and not (bundle.root / path).is_file():
                yield f"{where}: {path} does not exist"


@rule
def tasks_say_what_the_jobs_understand(bundle: Bundle) -> Findings:
    for where, task, _ in bundle.tasks():
        script = task.get("spark_python_task", {})
        if script.get("python_file", "").removeprefix("./") != RUNNER:
            continue
        root, *given = map(str, script.get("parameters") or [""])
        if root != "${workspace.file_path}":
            yield f"{where}: the first parameter of {RUNNER} is the folder of the bundle"
        for name in {word.split("=")[0] for word in given if word.startswith("PORTAL_")} - SETTINGS:
            yield f"{where}: {name} is no setting of the portal"
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.suppress(SystemExit):
            parser().parse_args([word for word in given if not word.startswith("PORTAL_")])
        if said.getvalue():
            yield f"{where}: {said.getvalue().splitlines()[-1]}"


@rule
def files_are_small_enough(bundle: Bundle) -> Findings:
    for path in bundle.uploaded():
        if (size := (bundle.root / path).stat().st_size) >= BIGGEST:
            yield f"{path} has {size / 1e6:.0f} MB; Databricks Apps takes less than 10 MB for a file"


def schema_findings(bundle: Bundle, schema: Path) -> Findings:
    """The CLI's schema is written for Go, whose regular expressions know classes that Python's do not."""
    text = schema.read_text().replace(r"\\p{L}\\p{N}", r"\\w").replace(r"\\p{L}", r"[^\\W\\d_]")
    for error in jsonschema.Draft202012Validator(json.loads(text)).iter_errors(bundle.tree):
        deepest = jsonschema.exceptions.best_match([error]) or error
        yield f"{'.'.join(map(str, deepest.absolute_path))}: {deepest.message}"


def findings(root: Path = ROOT, schema: Path | None = None) -> list[str]:
    try:
        bundle = Bundle(root)
        found = [finding for check in RULES for finding in check(bundle)]
    except (OSError, yaml.YAMLError) as error:
        return [f"databricks.yml or app.yaml cannot be read: {error}"]
    return found + list(schema_findings(bundle, schema) if schema else ())


def main() -> int:
    schema = os.environ.get("BUNDLE_SCHEMA")
    found = findings(schema=Path(schema) if schema else None)
    judges = "classes, own rules" + (" and the CLI's schema" if schema else "; no BUNDLE_SCHEMA given")
    sys.stdout.writelines(
        f"{finding}\n" for finding in found or [f"The bundle is in order ({judges}). Never deployed by this."]
    )
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
