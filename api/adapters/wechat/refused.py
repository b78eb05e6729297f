"""The one error of a callback that doesn't come from WeChat, or not now."""


class NotFromWechat(Exception):
    """`why` is for our log: whoever forges a message learns nothing from the answer."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
