"""Whether a script does what its specification says, shown on a handful of small candle charts.

The specification is read here a second time, without the script writer: `interpreter` walks its
nodes, `scenes` finds prices on which its rules act, `check` runs a script on them.
"""

# Bump when the same specification would give other scenes than before.
VERSION = 1
