"""Shares the cases among a few workers, each with a world of its own."""
import queue
import threading
from pathlib import Path
from typing import Callable

from kit.case import Case
from kit.world import World

LAST_STEP_SECONDS = 5.0


def share(cases: list[Case], workers: int, scratch: Path, try_it: Callable[[World, Case], None],
          fail: Callable[[Case, Exception], None]) -> None:
    waiting: queue.SimpleQueue[Case] = queue.SimpleQueue()
    stopping = threading.Event()
    for case in cases:
        waiting.put(case)

    def work(number: int) -> None:
        with World(number, scratch) as world:
            while not stopping.is_set():
                try:
                    case = waiting.get_nowait()
                except queue.Empty:
                    return
                try:
                    try_it(world, case)
                except Exception as error:  # one broken case must not hide the others
                    if not stopping.is_set():
                        fail(case, error)

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(workers)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except BaseException:
        # The caller clears away what still stands; nothing new may be set up meanwhile.
        stopping.set()
        for thread in threads:
            thread.join(LAST_STEP_SECONDS)
        raise
