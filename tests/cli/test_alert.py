"""--alert, received by a server on this machine."""

from __future__ import annotations

import json
import socket
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.documents import read
from tests.support.program import framewatch, framewatch_here

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("apprise")

SECRET = "s3cret-token"  # noqa: S105 - nobody's


@contextmanager
def _receiver(status: int = 200) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A webhook's URL with a secret in it, and what arrives there."""
    received = list[dict[str, Any]]()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"json://user:{SECRET}@127.0.0.1:{server.server_port}/{SECRET}", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _nobody() -> str:
    """A URL at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"json://user:{SECRET}@127.0.0.1:{held.getsockname()[1]}/{SECRET}"


def _monitor(store: Path, reference: Path, day: str, output: Path) -> tuple[object, ...]:
    judged = ("monitor", "--store", store, "--select", f"production@{day}", "--baseline", reference)
    return (*judged, "--output", output)


def test_drift_is_told_with_its_findings(store: Path, reference: Path, tmp_path: Path) -> None:
    """Without --fail-on any drift is; the title has the verdict, the text each finding."""
    output = tmp_path / "report.json"
    with _receiver() as (url, received), _receiver() as (other, also):
        outcome = framewatch_here(
            *_monitor(store, reference, "2026-11-05", output), "--alert", url, "--alert", other, "--html"
        )
    assert (outcome.status, outcome.stderr) == (0, "")
    assert received == also
    [message] = received
    assert "drift: high" in message["title"]
    assert "production@2026-11-05" in message["title"]
    report = read(output)
    for one in report["findings"]:
        assert one["text"] in message["message"]
    made = f"framewatch {report['generator']['version']}, alpha 0.01, settings {report['current']['fingerprint']}"
    assert message["message"].rstrip().endswith(made)
    written = [outcome.stdout, output.read_text(), output.with_suffix(".html").read_text()]
    assert not any(SECRET in text for text in written)


def test_a_quiet_day_is_not_told(store: Path, reference: Path, tmp_path: Path) -> None:
    with _receiver() as (url, received):
        outcome = framewatch_here(*_monitor(store, reference, "2026-11-04", tmp_path / "r.json"), "--alert", url)
    assert (outcome.status, received) == (0, [])


@pytest.mark.parametrize("level", ["drift", "low", "high"])
def test_drift_at_the_level_is_told_and_fails(level: str, store: Path, reference: Path, tmp_path: Path) -> None:
    with _receiver() as (url, received):
        arguments = _monitor(store, reference, "2026-11-05", tmp_path / "r.json")
        outcome = framewatch_here(*arguments, "--alert", url, "--fail-on", level)
    assert (outcome.status, len(received)) == (3, 1)


def test_drift_below_the_level_is_not_told(store: Path, reference: Path, tmp_path: Path) -> None:
    """Bands so wide that the dark day's rules are low at most, and its features too."""
    wide = "low = 0.0\nmedium = 1e6\nhigh = 1e7\n"
    thresholds = tmp_path / "thresholds.toml"
    sections = "".join(f"[{name}.bands]\n{wide}" for name in ("pixel", "confidence", "classes", "features"))
    thresholds.write_text(f"[features]\njoint = 1e6\n{sections}")
    with _receiver() as (url, received):
        arguments = (*_monitor(store, reference, "2026-11-05", tmp_path / "r.json"), "--thresholds", thresholds)
        outcome = framewatch_here(*arguments, "--alert", url, "--fail-on", "medium")
        assert (outcome.status, received) == (0, [])
        assert read(tmp_path / "r.json")["overall_severity"] == "low"
        outcome = framewatch_here(*arguments, "--alert", url, "--fail-on", "low")
    assert (outcome.status, len(received)) == (3, 1)


def test_a_history_tells_of_the_days_that_drifted(store: Path, reference: Path, tmp_path: Path) -> None:
    with _receiver() as (url, received):
        outcome = framewatch_here(
            *("history", "--store", store, "--dataset", "production", "--baseline", reference),
            *("--output", tmp_path / "history.json", "--alert", url),
        )
    assert (outcome.status, outcome.stderr) == (0, "")
    [message] = received
    assert message["title"] == "framewatch: 1 of 3 days drifted in production"
    assert "2026-11-05: high, 60 images" in message["message"]
    assert "2026-11-04" not in message["message"]


@pytest.mark.parametrize("failure", ["refused", "nobody"])
def test_an_alert_that_does_not_arrive_is_a_warning_without_its_secret(
    failure: str, store: Path, reference: Path, tmp_path: Path
) -> None:
    """Status 1, and 3 where that is asked for; the report is written; the other receiver is told; no secret is said.

    In a process of its own: Apprise's log would go to its standard error.
    """
    output = tmp_path / "report.json"
    with _receiver(500) as (refused, _), _receiver() as (url, received):
        bad = refused if failure == "refused" else _nobody()
        arguments = (*_monitor(store, reference, "2026-11-05", output), "--alert", bad, "--alert", url)
        outcome = framewatch(*arguments)
        assert outcome.status == 1
        assert framewatch(*arguments, "--fail-on", "low", "--quiet").status == 3
    assert len(received) == 2
    [line] = outcome.stderr.splitlines()
    assert line.startswith("warning: alert 1 of 2 (json://) could not be delivered")
    assert SECRET not in outcome.stdout + outcome.stderr + output.read_text()


@pytest.mark.parametrize("url", [f"nowhere://{SECRET}@host", f"{SECRET}", f"slack://{SECRET}", ""])
def test_a_url_that_cannot_be_used_is_refused_before_the_work_without_its_secret(
    url: str, store: Path, reference: Path, tmp_path: Path
) -> None:
    outcome = framewatch(*_monitor(store, reference, "2026-11-05", tmp_path / "r.json"), "--alert", url)
    assert (outcome.status, "--alert: URL 1" in outcome.error) == (2, True)
    assert SECRET not in outcome.stderr
    assert not list(tmp_path.iterdir())


def test_urls_may_stand_in_the_environment(store: Path, reference: Path, tmp_path: Path) -> None:
    """Where a process's arguments can be seen by others."""
    with _receiver() as (url, received), _receiver() as (other, also):
        arguments = _monitor(store, reference, "2026-11-05", tmp_path / "r.json")
        outcome = framewatch(*arguments, FRAMEWATCH_ALERT=f"{url} {other}")
    assert (outcome.status, len(received), len(also)) == (0, 1, 1)


def test_without_apprise_the_package_is_named(
    store: Path, reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    outcome = framewatch_here(
        *_monitor(store, reference, "2026-11-05", tmp_path / "r.json"), "--alert", f"json://{SECRET}"
    )
    assert (outcome.status, "pip install apprise" in outcome.error) == (2, True)
