"""How often the built-in translator reads an idea the same in other words.

Ideas are put together at random from ways of saying the same (`tests/llm/paraphrases.py`), half of
them with one typing error, and compared with the plainest way of saying them.
Run: ``python -m benchmarks.paraphrases [how many]``.
"""

import sys
import time
from collections import Counter

from llm import Draft
from llm.translator import Translator
from tests.llm.paraphrases import paraphrases
from tests.llm.worlds import CONTEXT

EXAMPLES = 5


def main(count: int) -> None:
    translator, started = Translator(), time.perf_counter()
    for title, errors in (("as said", 0.0), ("with a typing error", 1.0)):
        counts: Counter[str] = Counter()
        examples: list[str] = []
        for said in paraphrases(count // 2, seed=2026, errors=errors):
            plain = translator.write(said.plain, CONTEXT)
            other = translator.write(said.text, CONTEXT)
            assert isinstance(plain, Draft), said.plain
            if not isinstance(other, Draft):
                verdict = "refused"
            else:
                verdict = "same" if _meaning(other) == _meaning(plain) else "another idea"
            counts[verdict] += 1
            if verdict != "same" and len(examples) < EXAMPLES:
                examples.append(f"  {verdict}: {said.text!r}")
        total = counts.total()
        shares = ", ".join(f"{name} {n / total:.1%}" for name, n in counts.most_common())
        print(f"{title} ({total}): {shares}")
        print("\n".join(examples))
    print(f"{1000 * (time.perf_counter() - started) / (2 * count):.0f} ms an idea")


def _meaning(draft: Draft) -> object:
    specification = draft.specification
    assert specification is not None
    return specification.model_dump(exclude={"assumptions", "settings"})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
