"""The demo's stage: a real city's repair requests, and an invented team to serve them."""
