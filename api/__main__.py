"""`python -m api …` is `doorstep …`: how the supervisor starts its processes."""

from api.cli import main

main()
