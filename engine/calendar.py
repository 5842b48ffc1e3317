"""What timestamps alone tell: how many bars make a year."""

import numpy as np
import numpy.typing as npt

DAY = 86_400
EXCHANGE_DAYS = 252.0
ALL_DAYS = 365.0
EXCHANGE_HOURS = 6.5  # the regular session of a US exchange
AROUND_THE_CLOCK = 20  # hours of a day with bars from which a market counts as never closing


def periods_per_year(time: npt.NDArray[np.datetime64]) -> float:
    """Bars in a year, judged by the timestamps.

    Parameters
    ----------
    time : ndarray of datetime64[s], shape (n,)
        Ordered and unique, UTC.

    Returns
    -------
    float
        252 for exchange days, 365 for days of a seven-day market, 52 weekly, 12 monthly,
        4 quarterly, 1 yearly. Smaller bars: sessions of 6.5 hours on 252 days
        (1,638 for hours), or every hour of 365 days where bars cover nights too
        (8,760 for hours). Fewer than two bars count as exchange days.
    """
    seconds = time.astype("datetime64[s]").astype(np.int64)
    if len(seconds) < 2:
        return EXCHANGE_DAYS
    step = float(np.median(np.diff(seconds)))
    if step < DAY * 0.9:
        return _intraday(seconds, step)
    if step < DAY * 4:
        return ALL_DAYS if _trades_on_weekends(seconds) else EXCHANGE_DAYS
    for longest, count in ((11, 52.0), (45, 12.0), (135, 4.0)):
        if step < DAY * longest:
            return count
    return 1.0


def _trades_on_weekends(seconds: npt.NDArray[np.int64]) -> bool:
    weekday = (seconds // DAY + 3) % 7  # 1970-01-01 was a Thursday; Monday is 0
    # A seven-day market has two weekend bars in seven; stray ones do not make a weekend market.
    return bool(np.mean(weekday >= 5) > 0.15)


def _intraday(seconds: npt.NDArray[np.int64], step: float) -> float:
    hours_seen = len(np.unique(seconds % DAY // 3600))
    around_the_clock = hours_seen >= AROUND_THE_CLOCK or _hours_covered(hours_seen, step) >= 1.0
    if _trades_on_weekends(seconds):
        days, hours = ALL_DAYS, 24.0 if around_the_clock else EXCHANGE_HOURS
    else:
        days, hours = EXCHANGE_DAYS, 24.0 if around_the_clock else EXCHANGE_HOURS
    return days * hours * 3600.0 / step


def _hours_covered(hours_seen: int, step: float) -> float:
    """Share of the day that bars of this size cover (4-hour bars at six hours cover it all)."""
    return hours_seen * max(step, 3600.0) / DAY
