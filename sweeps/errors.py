"""What can go wrong with a sweep before it is one."""

from collections.abc import Mapping, Sequence


class SweepInvalid(Exception):
    """The request cannot become a sweep; `errors` has sentences by field."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__("; ".join(said for group in errors.values() for said in group))
        self.errors = {name: list(said) for name, said in errors.items()}
