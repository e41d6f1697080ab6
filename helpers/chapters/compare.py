"""Like for like: two periods by their daily means."""


def growth(now: float, now_days: int, then: float, then_days: int) -> float | None:
    """Change of the daily mean, as a ratio (0.05 = 5 % more a day); None when there is nothing to compare with."""
    if not then or not then_days or not now_days:
        return None
    return (now / now_days) / (then / then_days) - 1
