"""60 % in the first symbol and 40 % in the second, put right after the first day of each year."""

from engine import Strategy, run

PARAMS = {"first": 0.6}


class SixtyForty(Strategy):
    def on_start(self, ctx):
        self.year = None

    def on_bar(self, ctx):
        year = ctx.bars.time[-1].astype("datetime64[Y]")
        if year != self.year:
            one, other = ctx.bars.symbols[:2]
            ctx.rebalance({one: self.first, other: 1 - self.first})
        self.year = year


if __name__ == "__main__":
    run(SixtyForty, PARAMS)
