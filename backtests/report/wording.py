"""Figures in sentences: one way to write a percentage, a number and a day."""

MINUS = "\u2212"
NARROW = "\u202f"
DASH = "–"


def percent(value: float | None, digits: int = 1, *, sign: bool = True) -> str:
    """`0.0113` as “+1.1 %”, with a true minus; an undefined figure as a dash."""
    if value is None:
        return DASH
    text = f"{abs(value) * 100:,.{digits}f}{NARROW}%"
    if round(abs(value) * 100, digits) == 0:
        return text
    return (MINUS if value < 0 else "+" if sign else "") + text


def number(value: float | None, digits: int = 2) -> str:
    """`-0.21` as “−0.21”."""
    if value is None:
        return DASH
    text = f"{abs(value):,.{digits}f}"
    return MINUS + text if value < 0 and round(abs(value), digits) != 0 else text


def tone(value: float | None) -> str | None:
    """Gain or loss, for colour; the sign in the text carries it as well."""
    if value is None or value == 0:
        return None
    return "gain" if value > 0 else "loss"
