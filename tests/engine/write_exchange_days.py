"""Write `engine/exchange_days.py` anew: `python -m tests.engine.write_exchange_days`.

The days come from the maintained `exchange_calendars` library, which only developers install.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import engine.calendar as calendar

FIRST_YEAR, LAST_YEAR = 1970, 2036
TARGET = Path(calendar.__file__).with_name("exchange_days.py")
HEADER = '''\
"""Weekdays on which the New York Stock Exchange (XNYS) does not trade. Generated, not edited.

Made by `python -m tests.engine.write_exchange_days` with the exchange_calendars library. HOLIDAYS
are known years ahead. SURPRISES (storms, mourning, attacks) were not: a rule that looks ahead in
the calendar must not know them.
"""

# One line a year, days as month and day.
'''


def closures() -> tuple[list[Any], list[Any]]:
    """Return the weekdays without a session that follow a rule, and the others."""
    import exchange_calendars

    first, last = f"{FIRST_YEAR}-01-01", f"{LAST_YEAR}-12-31"
    xnys = exchange_calendars.get_calendar("XNYS", start=first, end=last)
    sessions = {stamp.date() for stamp in xnys.sessions}
    surprises = {stamp.date() for stamp in xnys.adhoc_holidays}
    day, closed = xnys.sessions[0].date().replace(month=1, day=1), []
    while day.year <= LAST_YEAR:
        if day.weekday() < 5 and day not in sessions:
            closed.append(day)
        day += timedelta(days=1)
    return [d for d in closed if d not in surprises], [d for d in closed if d in surprises]


def written() -> str:
    """Return the text of the module."""
    holidays, surprises = closures()
    parts = [f"{HEADER}FIRST_YEAR, LAST_YEAR = {FIRST_YEAR}, {LAST_YEAR}\n"]
    for name, days in (("HOLIDAYS", holidays), ("SURPRISES", surprises)):
        years = sorted({day.year for day in days})
        lines = [
            f'    {year}: "{" ".join(f"{d:%m%d}" for d in days if d.year == year)}",'
            for year in years
        ]
        parts.append("\n".join([f"{name} = {{", *lines, "}\n"]))
    return "".join(parts)


if __name__ == "__main__":
    TARGET.write_text(written())
