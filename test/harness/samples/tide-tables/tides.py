"""Twelfths rule: how high the water stands some hours after low water."""

TWELFTHS = [0, 1, 3, 6, 9, 11, 12]


def height(low: float, high: float, hours: int) -> float:
    return low + (high - low) * TWELFTHS[hours] / 12
