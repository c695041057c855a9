"""How gunicorn serves the site: a few processes with a few threads each, which share nothing.

Processes keep no state but a cache of finished pages, so that there can be any number of them.
"""

import gc
import os
import sys
from typing import Any

from cdv_civic.core.external_services import UnusableSetting
from cdv_civic.core.setting_values import DEFAULT_BIND
from cdv_civic.core.web.serving import Logger, Worker, refuse_open_bind

bind = os.environ.get("BIND") or DEFAULT_BIND
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Threads keep slow phones from holding a whole process; ours wait for nobody (`core.web.serving`).
worker_class = Worker
threads = int(os.environ.get("THREADS", "4"))
# A setting that cannot work is told once, at start, and not by each process in turn.
preload_app = True
timeout = 30
graceful_timeout = 30
keepalive = 5
# Addresses and headers longer than any page of ours makes them are refused before the site sees them.
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
# No header names the folder that the site lies in (SCRIPT_NAME): gunicorn believes it of the proxy, and Caddy hands on
# what visitors write, so that a kept page would lead everybody to their site.
forwarder_headers = ""
# Addresses of visitors are kept nowhere unless somebody asks for it.
accesslog = os.environ.get("ACCESS_LOG") or None
errorlog = "-"
logger_class = Logger
loglevel = os.environ.get("LOG_LEVEL", "warning")
# Heartbeats in memory never wait for a disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108


def on_starting(server: Any) -> None:
    """Refuse to listen to strangers without a proxy, wherever the address was given (BIND, or `--bind`)."""
    try:
        refuse_open_bind(server.cfg.address, os.environ)
    except UnusableSetting as problem:
        raise SystemExit(f"The site cannot start. {problem}") from None


def pre_request(_worker: object, _request: object) -> None:
    """gunicorn's own writes the path of each request into a log of level debug, with the secrets of links."""


def pre_fork(_server: object, _worker: object) -> None:
    """What was loaded at start stays for good: the garbage collector need not look at it again.

    It took 75 ms, once in some 400 pages; and untouched memory stays shared between the processes.
    """
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """Each process holds the site's data, and looks after the jobs: the lease of each lets one process do it.

    Here and not before the fork: threads do not follow into a child.
    """
    if "settings" not in worker.wsgi.extensions:
        return  # not our site: the bare view that benchmarks/ compares it with
    from gunicorn.arbiter import Arbiter

    from cdv_civic.core.site_lock import SiteInUse, use_site
    from cdv_civic.jobs.scheduler import start

    try:
        worker.site_in_use = use_site(worker.wsgi.extensions["settings"])
    except SiteInUse as restoring:
        worker.log.error("The site cannot start. %s", restoring)
        sys.exit(Arbiter.WORKER_BOOT_ERROR)
    worker.job_scheduler = start(worker.wsgi)


def worker_exit(_server: object, worker: Any) -> None:
    """No job begins in a process that ends."""
    if getattr(worker, "job_scheduler", None) is not None:
        worker.job_scheduler.shutdown(wait=False)
