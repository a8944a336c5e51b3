"""Words cut back to a common stem, so that "saves", "saved" and "saving" are one word to the matchers."""

from __future__ import annotations

from functools import lru_cache

_IRREGULAR = {
    "paid": "pay", "lost": "lose", "said": "say", "told": "tell", "left": "leave", "got": "get", "gone": "go",
    "went": "go", "took": "take", "taken": "take", "kept": "keep", "held": "hold", "made": "make", "found": "find",
    "lives": "life", "staffs": "staff", "women": "woman", "men": "man", "children": "child", "people": "person",
    # Else they would have the stems of "quit" and of "care".
    "quite": "rather", "car": "motorcar", "cars": "motorcar",
}  # fmt: skip
_SHORTEST = 3


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The stem of one word; the same stem for its plural, past and -ing forms. Not always a word itself."""
    word = word.lower().replace("’", "'")
    word = word.removesuffix("'s").removesuffix("'")
    word = _IRREGULAR.get(word, word)
    if len(word) <= _SHORTEST or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= _SHORTEST and any(letter in "aeiouy" for letter in root):
            word = root[:-1] if root[-1] == root[-2] and root[-1] not in "sl" else root
            break
    if word.endswith("ied"):
        word = word[:-3] + "y"
    return word.removesuffix("e") if len(word) > _SHORTEST else word
