"""How a moment of the problem's clock is shown to a person."""


def clock(seconds: int) -> str:
    """32400 is `9:00`, 32401 is `9:00:01`; hours run on past 24 when the clock spans several days."""
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}" + (f":{second:02}" if second else "")
