"""Figures that are not written in digits: number words, Roman numerals, symbols, in disguise too.

Six languages, because an idea may be in any and a model answers in its language. What is an
everyday word of English prose besides ("one", "first", Spanish "once") is taken for a figure only
where it counts something.
"""

from __future__ import annotations

import re
import unicodedata

# Without accents: text is compared without them.
WORDS = {
    "en": "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty thirty forty fourty fifty sixty "
    "seventy eighty ninety hundred hundreds thousand thousands million millions billion "
    "billions trillion trillions dozen dozens twice thrice half halves quarter quarters "
    "third thirds second seconds fourth fifth sixth seventh eighth ninth tenth eleventh "
    "twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth "
    "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth "
    "hundredth thousandth fourths fifths sixths sevenths eighths ninths tenths hundredths "
    "thousandths threequarters",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez doce trece catorce quince dieciseis "
    "diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticinco "
    "treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento doscientos "
    "trescientos quinientos mil millon millones mitad tercio tercios cuarto doble triple "
    "segundo tercero decimo",
    "de": "zwei drei vier funf fuenf sechs sieben acht neun zehn elf zwolf zwoelf dreizehn "
    "vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreissig dreiig vierzig "
    "funfzig sechzig siebzig achtzig neunzig hundert tausend million millionen halfte "
    "haelfte drittel viertel doppelt doppelte dreifach zweite dritte vierte zehnte "
    "zwanzigste dutzend",
    "fr": "deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize "
    "vingt trente quarante cinquante soixante septante huitante nonante cent cents mille "
    "millions milliard milliards moitie tiers demi demie deuxieme troisieme dixieme "
    "vingtieme douzaine",
    "pt": "dois duas tres quatro cinco seis sete oito nove dez onze doze treze quatorze catorze "
    "quinze dezesseis dezessete dezoito dezenove vinte trinta quarenta cinquenta sessenta "
    "setenta oitenta noventa cem cento duzentos trezentos quinhentos mil milhao milhoes "
    "metade terco dobro triplo terceiro decimo duzia",
}
# Chinese numerals that Unicode gives no value to; it knows the others.
CHINESE = frozenset("两兩半倍双雙")
COUNTED = (
    r"trades?|wins?|loss(?:es)?|losers?|winners?|years?|months?|weeks?|days?|bars?|percent|per\s+cent"
    r"|points?|positions?|tenth|hundredth|in\s+\w+|out\s+of"
)
EVERYDAY = re.compile(
    rf"\b(?:one|an?\s+single|single)\s+(?:{COUNTED})\b"
    r"|\bonce\s+(?:operaciones|por|veces|anos|dias|meses|mil|millones)\b"
    r"|\bfirst\s+(?:decile|quartile|percentile)\b",
    re.IGNORECASE,
)
SOME = "|".join(sorted({word for words in WORDS.values() for word in words.split()}))
NUMBER_WORDS = re.compile(
    rf"\b(?:{SOME}|\w+fold|(?:doubl|tripl|trebl|quadrupl|halv)(?:e|es|ed|ing)"
    r"|\w+und(?:zwanzig|dreissig|dreiig|vierzig|funfzig|sechzig|siebzig|achtzig|neunzig)"
    r"|\w*(?:hundert|tausend)\w*|veinti\w+)\b",
    re.IGNORECASE,
)
ROMAN = re.compile(
    r"\b(?=[MDCLXVI]{2,}\b|[VX]\b)M{0,4}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\b"
    r"|\b(?:ii|iii|iv|vi|vii|viii|ix|xi|xii|xiii|xiv|xv|xvi|xix|xx|xxi|xxv|xxx)\b"
)
# What a renderer drops or a reader does not see; a word may be cut in two by it.
MARKS = str.maketrans("", "", "*_`~\\")
SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")


def words_in(text: str) -> list[str]:
    """Every number word, Roman numeral and numeral of another script in this text."""
    shown = unmarked(text)
    found = [*NUMBER_WORDS.findall(shown), *ROMAN.findall(shown)]
    found += [match.group(0) for match in EVERYDAY.finditer(shown)]
    found += [c for c in text if unicodedata.numeric(c, None) is not None or c in CHINESE]
    return list(dict.fromkeys(found))


def unmarked(text: str) -> str:
    """The text as it reads: without Markdown's marks, accents and invisible characters; ß is ss."""
    apart = unicodedata.normalize("NFKD", text.translate(MARKS).replace("ß", "ss"))
    return "".join(c for c in apart if unicodedata.category(c) not in ("Mn", "Me", "Cf"))


def disguised(text: str) -> list[str]:
    """Characters that a sober report does not need: invisible ones, pictures, mixed alphabets."""
    odd = [c for c in text if _is_odd(c)]
    mixed = [word for word in re.findall(r"[^\W\d_]+", text) if len(_scripts(word)) > 1]
    return [*dict.fromkeys(f"U+{ord(c):04X}" for c in odd), *dict.fromkeys(mixed)]


def _is_odd(character: str) -> bool:
    if character in "\n\t\r":
        return False
    return unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn", "So")


def _scripts(word: str) -> set[str]:
    names = (unicodedata.name(c, "").partition(" ")[0] for c in word)
    return {name for name in names if name in SCRIPTS}
