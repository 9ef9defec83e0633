"""`python -m jobs` as a clock sees it: exit codes, and one clear line when the portal could not do its work."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from data.portal import Portal
from jobs.__main__ import JOBS, main

ROOT = Path(__file__).parents[2]
CHECKS = """
platforms:
  - {id: shop, name: Shop, kind: service}
checks:
  - {id: api, platform: shop, name: API answers, source: http_probe, mode: success, target: {url: "http://127.0.0.1:9/"}}
"""


def jobs(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jobs", *arguments],
        env={"PORTAL_HOME": str(home), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def clear_line(done: subprocess.CompletedProcess[str]) -> str:
    """The one line for a person; everything else on stderr must be JSON."""
    *logged, line = done.stderr.splitlines()
    for entry in logged:
        json.loads(entry)
    assert "Traceback" not in line
    return line


@pytest.fixture
def home(portal: Portal) -> Path:
    return portal.settings.home


def test_a_whole_life_of_a_store(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (tmp_path / "checks.yaml").write_text(CHECKS)
    made = jobs(home, "migrate")
    assert (made.returncode, "table status_checks applied." in made.stdout) == (0, True)
    applied = jobs(home, "apply", str(tmp_path / "checks.yaml"), "--yes")
    assert (applied.returncode, applied.stdout.splitlines()[-1]) == (0, "2 entries changed.")
    looked = jobs(home, "ingest", "--once")
    assert (looked.returncode, looked.stdout) == (0, "http_probe: succeeded, 1 results\n"), "red is no error of ours"
    assert jobs(home, "rollup", "--days", "1").returncode == 0
    kept = jobs(home, "maintain")
    assert (kept.returncode, kept.stdout.splitlines()[-1]) == (0, "Integrity: every reference is sound.")


def test_a_clock_asks_only_for_the_sources_it_names(tmp_path: Path) -> None:
    home = tmp_path / "home"
    statement = CHECKS.splitlines()[-1].replace("id: api", "id: one").replace("http_probe", "sql_check")
    (tmp_path / "checks.yaml").write_text(
        CHECKS + statement.replace('url: "http://127.0.0.1:9/"', "query: SELECT 1 AS ok")
    )
    assert jobs(home, "migrate").returncode == 0
    assert jobs(home, "apply", str(tmp_path / "checks.yaml"), "--yes").returncode == 0
    looked = jobs(home, "ingest", "--once", "--source", "sql_check", "push")
    assert (looked.returncode, looked.stdout) == (0, "sql_check: succeeded, 1 results\n")


def test_without_tables_the_line_says_how_to_make_them(tmp_path: Path) -> None:
    done = jobs(tmp_path / "fresh", "ingest", "--once")
    assert done.returncode == 1
    assert clear_line(done) == (
        "ingest: The portal's tables are not there yet. Create them with: python -m jobs migrate"
    )


def test_settings_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    done = jobs(tmp_path / "home", "migrate", PORT="eighty")
    assert done.returncode == 1
    assert "PORT" in clear_line(done)


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where a folder must be")
    done = jobs(tmp_path / "home", "migrate")
    assert done.returncode == 1
    assert re.search(rf"^migrate: .*{tmp_path / 'home'}.* is not a folder", clear_line(done))


def test_a_bad_file_of_checks_is_answered_with_its_place(home: Path, tmp_path: Path) -> None:
    (tmp_path / "checks.yaml").write_text(CHECKS.replace("http://", "ftp://"))
    done = jobs(home, "apply", str(tmp_path / "checks.yaml"), "--yes")
    assert done.returncode == 1
    assert "checks[0] api: target.url: must start with http:// or https://" in clear_line(done)


WRONG = [(), ("tidy",), ("rollup", "--days", "0"), ("apply",), ("migrate", "--now")]
WRONG += [("ingest", "--once", "--source", "crystal_ball"), ("ingest", "--once", "--due", "--every", "soon")]


@pytest.mark.parametrize("arguments", WRONG)
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: python -m jobs" in capsys.readouterr().err


def test_list_names_every_job(tmp_path: Path) -> None:
    done = jobs(tmp_path, "list")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(JOBS)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ingest_stops_cleanly_when_told_to(home: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "jobs", "ingest"],
        env={"PORTAL_HOME": str(home)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    assert "Looking at what is due" in process.stderr.readline()
    process.send_signal(number)
    said, _ = process.communicate(timeout=30)
    assert (process.returncode, said) == (0, "Stopped.\n")
