"""--alert, received by a server on this machine."""

from __future__ import annotations

import json
import shutil
import socket
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.report.message import history_message
from tests.support.documents import read
from tests.support.program import framewatch, framewatch_here

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.scene import Scene

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
    assert message["type"] == "failure"
    assert "production@2026-11-05" in message["title"]
    report = read(output)
    for one in report["findings"]:
        assert one["text"] in message["message"]
    made = f"framewatch {report['generator']['version']}, alpha 0.01, settings {report['current']['fingerprint'][:19]}"
    place = f"see {output.with_suffix('.html').resolve()} on {socket.gethostname()}"
    assert message["message"].rstrip().endswith(f"{made}\n{place}")
    written = [outcome.stdout, output.read_text(), output.with_suffix(".html").read_text()]
    assert not any(SECRET in text for text in written)


def test_a_quiet_day_is_not_told(store: Path, reference: Path, tmp_path: Path) -> None:
    with _receiver() as (url, received):
        outcome = framewatch_here(*_monitor(store, reference, "2026-11-04", tmp_path / "r.json"), "--alert", url)
    assert (outcome.status, received) == (0, [])


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--max-unreadable", "0.1"), 4), (("--fail-on", "high"), 0)])
def test_images_that_cannot_be_read_are_told_although_they_are_no_drift(
    options: tuple[str, ...], status: int, scene: Scene, reference: Path, tmp_path: Path
) -> None:
    today = shutil.copytree(scene.today, tmp_path / "today")
    for at in range(60):
        (today / f"broken-{at}.png").write_bytes(b"no picture")
    arguments = ("--data-dir", today, "--model", scene.model, "--baseline", reference, "--output", tmp_path / "r.json")
    with _receiver() as (url, received):
        outcome = framewatch_here("monitor", *arguments, "--alert", url, *options)
    assert outcome.status == status
    [message] = received
    assert "no drift, but a finding" in message["title"]
    assert "cannot be read" in message["message"]


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
    assert (outcome.status, [one["type"] for one in received]) == (3, ["warning"])


@pytest.mark.parametrize(("days", "told"), [("@2026-11-04..2026-11-05", 1), ("", 0)])
def test_a_history_tells_of_its_newest_day(days: str, told: int, store: Path, reference: Path, tmp_path: Path) -> None:
    """A drift that is over is no news."""
    with _receiver() as (url, received):
        outcome = framewatch_here(
            *("history", "--store", store, "--dataset", f"production{days}", "--baseline", reference),
            *("--output", tmp_path / "history.json", "--alert", url),
        )
    assert (outcome.status, outcome.stderr, len(received)) == (0, "", told)
    for message in received:
        assert message["title"] == "framewatch: drift: high in production on 2026-11-05, new"
        assert message["type"] == "failure"
        assert "60 images" in message["message"].splitlines()


def test_a_drift_that_lasts_is_told_with_its_first_day() -> None:
    history: Any = {
        "timestamp": "2026-11-06T06:30:00+00:00",
        "generator": {"name": "framewatch", "version": "0"},
        "baseline": {"fingerprint": "sha256:0"},
        "rules": {"alpha": 0.01},
        "dataset": "production",
        "drifting_since": "2026-11-03",
        "days": [
            {
                "date": "2026-11-05",
                "overall_drift_detected": True,
                "overall_severity": "low",
                "image_count": 9,
                "findings": [],
            }
        ],
        "changes": [
            {
                "feature": "brightness",
                "words": "darker by 1.5 standard deviations",
                "since": "2026-11-03",
                "direction": "down",
                "largest_effect": 1.5,
                "largest_on": "2026-11-04",
                "first_effect": 0.8,
                "latest_effect": 0.6,
                "latest_words": "darker by 0.6 standard deviations",
            }
        ],
    }
    message = history_message(history)
    assert message.title == "framewatch: drift: low in production on 2026-11-05, since 2026-11-03"
    told = "darker by 0.6 standard deviations (now; largest 1.5 on 2026-11-04)"
    assert f"- brightness: {told}, since 2026-11-03" in message.text.splitlines()


@pytest.mark.parametrize(
    ("kind", "instead"),
    [
        ("http", "for a webhook, write json://host/path"),
        ("HTTPS", "for a webhook, write jsons://host/path"),
        ("nonsense", "write it as Apprise's list of services shows"),
    ],
)
def test_a_url_of_no_service_is_answered_with_what_to_write(
    kind: str, instead: str, store: Path, reference: Path, tmp_path: Path
) -> None:
    """Before anything is judged, and without the secrets of the URL."""
    output = tmp_path / "r.json"
    arguments = _monitor(store, reference, "2026-11-05", output)
    outcome = framewatch_here(*arguments, "--alert", f"{kind}://example.com/{SECRET}")
    said = f"--alert: URL 1 ({kind}://) is none that Apprise can use; {instead}"
    assert (outcome.status, outcome.error, output.exists()) == (2, said, False)


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
