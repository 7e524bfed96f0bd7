"""A choice of configurations for a short run that still has everything in it at least once."""
from typing import Callable

POOL = 250


def covering(words_of: Callable[[int], set[str]], begin: int, at_most: int, pool: int = POOL) -> list[int]:
    """Numbers from `begin` on, each chosen because it has the most words that none before it has, until every word of the
    pool is there, or there are enough."""
    words = {number: words_of(number) for number in range(begin, begin + pool)}
    left = set().union(*words.values())
    chosen: list[int] = []
    while left and len(chosen) < at_most:
        best = max((number for number in words if number not in chosen), key=lambda number: (len(words[number] & left), -number))
        chosen.append(best)
        left -= words[best]
    return chosen
