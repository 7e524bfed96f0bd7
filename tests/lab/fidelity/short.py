"""A choice of configurations for a short run that still has everything in it at least once."""
import random
from typing import Callable

POOL = 250


def covering(words_of: Callable[[int], set[str]], seed: int, begin: int, count: int, pool: int = POOL) -> list[int]:
    """So many numbers of the pool that begins with `begin`, each chosen because it has the most words that none before it has;
    when every word of the pool is there, it begins anew with the rest. The seed decides between those that have as many."""
    order = random.Random(f"short {seed}").sample(range(begin, begin + pool), pool)
    words = {number: words_of(number) for number in order}
    everything = set().union(*words.values())
    left, chosen = set(everything), []
    while words and len(chosen) < count:
        best = max(words, key=lambda number: len(words[number] & left))
        left = left - words.pop(best) or set(everything)
        chosen.append(best)
    return chosen
