from town import town

__all__ = ["town"]
