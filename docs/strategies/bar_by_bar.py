"""Three lower closes in a row, then the first higher one: bought bar by bar, out after a week."""

from engine import Strategy, run

PARAMS = {"falls": 3, "hold": 5}


class AfterTheFall(Strategy):
    def on_start(self, ctx):
        self.fallen = 0

    def on_bar(self, ctx):
        if len(ctx.bars) < 2:
            return
        before, now = ctx.bars.close[-2:]
        if now < before:
            self.fallen += 1
            return
        if self.fallen >= self.falls and not ctx.position:
            ctx.buy(max_bars=self.hold, stop_loss=0.05)
        self.fallen = 0


if __name__ == "__main__":
    run(AfterTheFall, PARAMS)
