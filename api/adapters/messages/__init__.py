"""Ways to somebody: each takes one message and says whether it has it, will never have it, or perhaps later."""
