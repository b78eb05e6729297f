"""The planning room: a `Problem` in, a `Solution` out. It knows no database and no HTTP.

problem, solution   what goes in and comes out, and how it is written in files
rules, check        what makes a plan valid and what it costs, for the solver's plans and a person's alike
solve, stop         the front door, and when it must have answered
explain, reasons    why a job is left out, found by trying
fixes, fixing       what would let it in, proved by a plan
slots               what times an owner can be offered, and what each costs
replan, difference  repair of a running day, as moves to accept one by one
search, native      how better plans are found: in Python what goes in and comes out, in C++ the search
travel              how long drives take
"""
