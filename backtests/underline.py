"""Finding the words of a refusal in the idea, so that a page can underline them."""

import re
from collections.abc import Sequence


def underlined(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """Split `text` into parts; True marks a part that is one of `words`.

    Case does not matter; of two words that overlap, the longer one is marked. Words that are
    not in the text mark nothing.
    """
    wanted = sorted({word.strip() for word in words if word.strip()}, key=len, reverse=True)
    if not wanted:
        return [(text, False)]
    # A word is found as a word: "rs" must not underline the middle of "years".
    pattern = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in wanted)
    parts = re.split(f"({pattern})", text, flags=re.IGNORECASE)
    return [(part, index % 2 == 1) for index, part in enumerate(parts) if part]
