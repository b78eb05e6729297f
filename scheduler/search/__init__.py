"""How plans are found. Everything works on a `Model`: the problem by index, with its prices summed up.

times → route → coupling    exact times: of one route's labels, of one route, of routes that wait for each other
gaps → draft                where one more job fits and what it costs; a plan in the making
greedy, exchange, polish    the plan that is always there, and the last hand on any plan
engines → routing           the searches there are; OR-Tools is one
worker ↔ child, by wire     a search in a process of its own, and this process's side of it
"""
