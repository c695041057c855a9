"""The examples of docs/running.md say the site's own numbers."""

import re
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

from cdv_civic.core.settings import ROOT, Settings
from cdv_civic.core.web.request_limits import LARGEST_BODY
from cdv_civic.core.web.serving import REQUEST_SECONDS

#: How long the longest answer takes (500 cards as PDF), and so how long a proxy in front waits.
ANSWER_SECONDS = 60

DOCS = (ROOT / "docs" / "running.md").read_text()


def example(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)
    return str(found)


def test_nginx_takes_what_the_site_takes_and_waits_as_long() -> None:
    said = dict(re.findall(r"^ *(\w+) +([^;]+);", example("nginx"), re.MULTILINE))
    assert said["client_max_body_size"] == f"{LARGEST_BODY // 1024**2}m"
    assert said["client_header_timeout"] == said["client_body_timeout"] == f"{REQUEST_SECONDS}s"
    assert said["proxy_read_timeout"] == f"{ANSWER_SECONDS}s"
    assert said["proxy_request_buffering"] == "on"
    assert said["access_log"] == "off"


def test_caddy_takes_what_the_site_takes_and_waits_as_long() -> None:
    said = dict(re.findall(r"^ *(\w+) +(\w+)$", example("caddy"), re.MULTILINE))
    assert said["max_size"] == said["request_buffers"] == f"{LARGEST_BODY // 1024**2}MiB"
    assert said["read_header"] == f"{REQUEST_SECONDS}s"
    assert said["response_header_timeout"] == f"{ANSWER_SECONDS}s"


def test_the_largest_body_holds_the_files_of_one_form() -> None:
    """Three of them, each twice as heavy as what is kept: whoever sends such a one reads which it was."""
    assert 6 * Settings().upload_limit <= LARGEST_BODY


def test_gunicorn_ends_no_answer_that_the_proxy_waits_for() -> None:
    """Its timeout is that of a process which does not move at all; threads move on."""
    settings = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    assert settings["worker_class"].__name__ == "Worker"
    assert settings["timeout"] >= REQUEST_SECONDS


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_understands_the_example(tmp_path: Path) -> None:
    """Without its certificate, which this machine has not."""
    server = re.sub(r"^ *ssl_.*\n| ssl http2", "", example("nginx"), flags=re.MULTILINE).replace(
        ":443", ":8443"
    )
    log = f"error_log {tmp_path}/error.log; pid {tmp_path}/nginx.pid; events {{}}"
    server = server.replace("/var/log/nginx/error.log", f"{tmp_path}/site.log")
    (tmp_path / "nginx.conf").write_text(f"{log}\nhttp {{\naccess_log off;\n{server}\n}}\n")
    checked = subprocess.run(
        ["nginx", "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, check=False
    )
    assert "syntax is ok" in checked.stderr, checked.stderr
