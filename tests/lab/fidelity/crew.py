"""Shares configurations among worker processes, each with a world and a machine of its own."""
import multiprocessing
import os
import queue
import signal
import traceback
from pathlib import Path
from typing import Any, Callable, Iterator

from fidelity import certificates
from fidelity.authority import Authority
from fidelity.server import Server
from fidelity.world import WideWorld

Work = Callable[[WideWorld, Server, Any], Any]


def share(things: list, workers: int, scratch: Path, root: Path, work: Work) -> Iterator[tuple[Any, Any]]:
    """(thing, result) as each is done; a result that is an Exception tells of a failure."""
    todo: multiprocessing.SimpleQueue = multiprocessing.SimpleQueue()
    done: multiprocessing.Queue = multiprocessing.Queue()
    for number in range(len(things)):
        todo.put(number)
    for _ in range(workers):
        todo.put(None)
    crew = [multiprocessing.Process(target=_labour, args=(number, scratch, root, work, things, todo, done), daemon=True)
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


def _labour(number: int, scratch: Path, root: Path, work: Work, things: list, todo: Any, done: Any) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_DFL)
    try:
        shown = scratch / f"certificates-{os.getpid()}"
        certificates.make(shown)
        with WideWorld(number, scratch, shown) as world, Server(world, root, shown) as server, \
                Authority(server.file("var/spool/postfix/private/auth")):
            while (which := todo.get()) is not None:
                try:
                    done.put((which, work(world, server, things[which])))
                except Exception:
                    done.put((which, RuntimeError(traceback.format_exc())))
    except Exception:
        done.put((None, traceback.format_exc()))
