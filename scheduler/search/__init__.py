"""How plans are found. Everything works on a `Model`: the problem by index, with its prices summed up.

times → route → coupling    exact times: of one route's labels, of one route, of routes that wait for each other
gaps → draft                where one more job fits and what it costs; a plan in the making
greedy, exchange, polish    the plan that is always there, and the last hand on any plan
kernel ↔ choosing → choice  the native search, and OR-Tools choosing among the routes it collects
children → engines, routing OR-Tools as the whole search, where there is no kernel
worker ↔ child, by wire     such a search in a process of its own, and this process's side of it
open_model, places          one more job in a plan that stands, for slots and repairs; open_kernel does it natively
"""
