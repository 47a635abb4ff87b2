"""Workers as tasks of a Ray cluster: Ray places them and starts them again, PostgreSQL shares out the work."""

import logging
import os
import signal
import threading
from importlib import import_module
from typing import Any, Final

from windlass.errors import ConfigurationError
from windlass.server.logs import configure_logs
from windlass.server.worker import require_postgres, work
from windlass.settings import Settings

log = logging.getLogger(__name__)

_LOOK_S: Final = 0.5
_GRACE_S: Final = 60.0
"""How long workers may take to hand over what is in flight when they are to end."""


def run_on_ray(settings: Settings, count: int, *, name: str = "", once: bool = False) -> None:
    """Keep so many workers on the cluster that RAY_ADDRESS names, or on this machine, until SIGINT or SIGTERM.

    With ``once`` until there is nothing to do. Raises ConfigurationError without Ray, and what a worker raises.
    """
    require_postgres(settings)
    ray = _ray()
    configure_logs()
    stopping = threading.Event()
    # A cluster that is there says itself what it has; one that is started here has a place for each worker.
    ray.init(**({} if os.environ.get("RAY_ADDRESS") else {"num_cpus": count, "include_dashboard": False}))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    try:
        task = ray.remote(num_cpus=1, max_retries=-1)(_work_in_task)
        # The data folder of another machine is another one, unless they share it.
        there = settings.model_copy(update={"data": settings.data.absolute()})
        tasks = [task.remote(there, f"{name or 'ray'}-{number}", once) for number in range(1, count + 1)]
        log.info("%d workers are on Ray.", count)
        _await(ray, tasks, stopping)
    finally:
        ray.shutdown()


def _await(ray: Any, tasks: list[Any], stopping: threading.Event) -> None:
    while tasks and not stopping.is_set():
        ended, tasks = ray.wait(tasks, timeout=_LOOK_S)
        _raise_what_they_raised(ray, ended)
    for task in tasks:
        ray.cancel(task)
    if tasks:
        ray.wait(tasks, num_returns=len(tasks), timeout=_GRACE_S)


def _raise_what_they_raised(ray: Any, ended: list[Any]) -> None:
    try:
        ray.get(ended)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from error


def _work_in_task(settings: Settings, name: str, once: bool) -> None:
    """Work in a thread, for Ray cancels a task by an interrupt in its main one."""
    configure_logs()
    stopping = threading.Event()
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work(settings, stopping, name=name, once=once)
        except BaseException as error:  # noqa: BLE001 - raised below, where Ray sees it
            errors.append(error)

    thread = threading.Thread(target=run, name="windlass-worker")
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_LOOK_S)
    except KeyboardInterrupt:
        stopping.set()
        thread.join()
    if errors:
        raise errors[0]


def _ray() -> Any:
    try:
        return import_module("ray")
    except ModuleNotFoundError as error:
        raise ConfigurationError("Workers on Ray need the package 'ray': pip install 'windlass[ray]'.") from error
