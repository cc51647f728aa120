"""Which words of a title say something, and which a problem is known by. Pure, no framework."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import combinations

# A problem is known by so many words at most, and by two at least: a single one stands in very many titles.
MOST, LEAST = 4, 2
_WORD = re.compile(r"\b[^\W\d_]{3,60}\b")
# Words that say nothing, in the languages of the house.
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        """
        the and for not with from has have had was were are can cannot could does don doesn did isn won but you your our
        its this that all any out off into when after again since very please help need needs get gets new old more
        own one
        der die das den dem des ein eine einen einem einer und oder nicht mit von vom aus hat habe haben ist sind war
        kann können geht mehr kein keine keinen nur bei beim zum zur auf für seit wieder nach vor sehr bitte mein meine
        meinem unser unsere wird werden
        """,
    )
)


def words_of(title: str) -> frozenset[str]:
    """The words of a title that say something."""
    return frozenset(_WORD.findall(title.lower())) - _EMPTY


def telling_words(titles: Collection[str]) -> tuple[str, ...]:
    """The words that at least half of the titles share, the commonest and longest first."""
    counts = Counter(word for title in titles for word in words_of(title))
    shared = [word for word, count in counts.items() if 2 * count >= len(titles)]
    return tuple(sorted(shared, key=lambda word: (-counts[word], -len(word), word))[:MOST])


def enough_of(words: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Which of the words a title must have together to tell the same: all but one, and never fewer than two."""
    if len(words) >= LEAST:
        yield from combinations(words, max(LEAST, len(words) - 1))
