"""Made-up answers of a model about a report: right ones, and wrong ones of every kind we know."""

from __future__ import annotations

import random
from dataclasses import dataclass

OPENINGS = [
    "The rules earned {x} over the whole period.",
    "It ended with {x}, while holding came to {y}.",
    "The deepest fall was {x}; that is worse than {y}.",
    "A Sharpe ratio of {x} is weak evidence.",
    "Among all trades, {x} gained (the rest lost).",
    "Costs took {x} of the account.",
    "On {name}, the result was {x}.",
    "Once the costs are paid, {x} remains.",
    "One market is one market, and luck explains much: {x}.",
    "At first the account fell; the worst was {x}.",
    "The evidence is {x} - not enough to act on.",
    "Holding earned {y} – the rules {x} – over the same days.",
]
FORMS = ["{{%s}}", "{{ %s }}", "**{{%s}}**", "*{{%s}}*", "`{{%s}}`", "({{%s}})", "_{{ %s }}_"]
HEADINGS = ["## What happened", "## Why to be careful", "## What to look at next"]
DIGITS = {
    "arabic-indic": "٠١٢٣٤٥٦٧٨٩",
    "full-width": "０１２３４５６７８９",
    "devanagari": "०१२३४५६७८९",
    "mathematical": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
}
IN_WORDS = {
    "English": ["twelve percent", "forty-one trades", "a hundred years", "twenty-three", "ninety"],
    "Spanish": ["doce por ciento", "cuarenta", "once años", "mil euros", "veintitrés", "la mitad"],
    "German": [
        "zwölf Prozent",
        "dreißig Tage",
        "einundvierzig",
        "dreihundert",
        "zwanzig Jahre",
        "die Hälfte",
    ],
    "French": ["douze pour cent", "quarante et un", "vingt-trois", "deux mille", "la moitié"],
    "Portuguese": ["doze por cento", "quarenta", "vinte e três", "cem anos", "a metade"],
    "Chinese": ["百分之十二", "四十一次交易", "两年", "三千", "一半", "翻倍"],
}
DISGUISED = [
    "tw*el*ve percent", "twe\u200blve percent", "ｔｗｅｌｖｅ percent", "twеlve percent",
    "t\u0301welve percent", "&half; of it", "&frac12; of it", "&#49;&#50; percent", "fo\\rty",
    "🔟 trades", "1️⃣ trade", "💯 percent", "\U000e0031\U000e0032 percent", "\u202e21\u202c",
]  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """One made-up answer: its kind, its text, and whether it is one we want."""

    kind: str
    text: str
    honest: bool


def honest(rng: random.Random, keys: list[str]) -> str:
    """Prose that keeps every rule, with placeholders in every permitted form."""
    parts = []
    for heading in HEADINGS:
        lines = [sentence(rng, keys) for _ in range(rng.randrange(1, 4))]
        bullets = rng.random() < 0.4
        parts += [heading, "", *(f"- {line}" if bullets else line for line in lines), ""]
    return "\n".join(parts)


def sentence(rng: random.Random, keys: list[str]) -> str:
    def fact() -> str:
        return rng.choice(FORMS) % rng.choice(keys)

    return rng.choice(OPENINGS).format(x=fact(), y=fact(), name=rng.choice(FORMS) % "dataset.name")


# Each kind's sentences; KEY, UPPER and NUMBER are filled in.
WRONG = {
    "a wrong key": ["It earned {{KEYx}}.", "It earned {{x.KEY}}."],
    "a key of another case": ["It earned {{UPPER}}."],
    "an invented figure": ["It earned NUMBER in all.", "NUMBER trades."],
    "a reformatted figure": [
        "{{KEY}} %", "-{{KEY}}", "**{{KEY}}** %", "{{KEY}}k", "a loss of - {{KEY}}",
        "{{KEY}} million", "€ {{KEY}}",
    ],
    "a figure in markup": [
        "`NUMBER`", "**NUMBER**", "[NUMBER](x)", "```\nNUMBER\n```", "![NUMBER](x)",
        "~~NUMBER~~", "<b>NUMBER</b>",
    ],
    "a date": [
        "In March 2009 it fell.", "On 2011-08-04 it sold.", "Since '08 it rose.", "In Q3.",
        "In nineteen ninety-nine it fell.", "On the twentieth of May it fell.",
    ],
    "a percent sign": ["It made NUMBER%.", "It made NUMBER ％.", "Some 5 ‰."],
    "a fraction": [
        "It won ½ of them.", "A third of them won.", "It lost half of it.", "⅔ lost.",
        "Three quarters were flat.", "One in ten won.", "A quarter of the days.",
    ],
    "an ordinal": [
        "The twentieth trade was the worst.", "The third-worst year.", "It ranked fourth.",
        "In the second year it fell.", "The hundredth day.",
    ],
    "a Roman numeral": [
        "XII trades won.", "It won Ⅻ times.", "Part IV of the account.", "MMIX was bad.",
        "vii of them lost.", "X trades won.",
    ],
    "a multiple": [
        "It doubled.", "A tenfold gain.", "Twice as good.", "It tripled the money.",
        "One trade decided it.", "A single year made it.", "A dozen trades.",
    ],
    "in disguise": DISGUISED,
    **{name: [f"It made {words}." for words in said] for name, said in IN_WORDS.items()},
}  # fmt: skip
KINDS = [*WRONG, *DIGITS]


def wrong(rng: random.Random, kind: str, key: str) -> str:
    """One sentence that types a figure, alters one, or names none of ours."""
    if kind in DIGITS:
        digits = str(rng.randrange(2, 5000)).translate(str.maketrans("0123456789", DIGITS[kind]))
        return f"It made {digits} trades."
    number = rng.choice(["12", "41.2", "1,204", "0.55", "2009", "7", "1e3", "300"])
    text = rng.choice(WRONG[kind]).replace("NUMBER", number)
    return text.replace("KEY", key).replace("UPPER", key.upper())


def answers(keys: list[str], count: int, seed: int = 20261121) -> list[Answer]:
    """So many answers, half of them honest; the others are honest but for one sentence."""
    rng, made = random.Random(seed), []
    for number in range(count):
        text = honest(rng, keys)
        if number % 2:
            kind = KINDS[number // 2 % len(KINDS)]
            lines = text.split("\n")
            lines.insert(rng.randrange(2, len(lines)), wrong(rng, kind, rng.choice(keys)))
            made.append(Answer(kind, "\n".join(lines), honest=False))
        else:
            made.append(Answer("honest", text, honest=True))
    return made
