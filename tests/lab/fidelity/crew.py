"""Shares configurations among worker processes, each with a world and a machine of its own."""
import multiprocessing
import os
import queue
import signal
import traceback
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Callable, Iterator

from fidelity import certificates
from fidelity.daemon import Daemon
from fidelity.world import WideWorld
from kit.root import ready_root

Machine = Callable[[WideWorld, Path, Path], AbstractContextManager[Daemon]]
"""Makes a server's machine from its world, the lab's root and the folder of certificates."""
Work = Callable[[WideWorld, Any, Any], Any]


def share(things: list, workers: int, scratch: Path, machine: Machine, work: Work) -> Iterator[tuple[Any, Any]]:
    """(thing, result) as each is done; a result that is an Exception tells of a failure."""
    todo: multiprocessing.SimpleQueue = multiprocessing.SimpleQueue()
    done: multiprocessing.Queue = multiprocessing.Queue()
    workers = min(workers, len(things))
    for number in [*range(len(things)), *[None] * workers]:
        todo.put(number)
    root = ready_root()
    crew = [multiprocessing.Process(target=_labour, args=(number, scratch, machine, root, work, things, todo, done), daemon=True)
            for number in range(workers)]
    for each in crew:
        each.start()
    left = len(things)
    while left:
        try:
            number, result = done.get(timeout=5)
        except queue.Empty:
            if not any(each.is_alive() for each in crew):
                raise RuntimeError("the workers are gone") from None
            continue
        if number is None:
            raise RuntimeError(result)
        left -= 1
        yield things[number], result
    for each in crew:
        each.join()


def _labour(number: int, scratch: Path, machine: Machine, root: Path, work: Work, things: list, todo: Any, done: Any) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_DFL)
    try:
        shown = scratch / f"certificates-{os.getpid()}"
        certificates.make(shown)
        with WideWorld(number, scratch, shown) as world, machine(world, root, shown) as server:
            while (which := todo.get()) is not None:
                try:
                    done.put((which, work(world, server, things[which])))
                except Exception:
                    done.put((which, RuntimeError(traceback.format_exc())))
    except Exception:
        done.put((None, traceback.format_exc()))
