// The cheapest place for one more job in a route: constant time for each place, and exact.
#pragma once

#include "route.hpp"

namespace doorstep {

struct Place {
    Price price = NO_PRICE;  // the rise of the route's price
    int index = -1;          // before the job that is there now

    bool found() const { return index >= 0; }
};

// Where in the route, between `first` and `last` (indices, both included), the job costs least.
//
// Looks at time, load and the technician, not at ties: of a job that waits for others, or in a route with such jobs,
// the place is one that nothing speaks against yet.
// Only a price less than `below` is of interest.
Place best_place(const Day& day, const Route& route, int job, int first, int last, Price below = NO_PRICE);

// In the whole route, but for what its pins forbid.
Place best_place(const Day& day, const Route& route, int job, Price below = NO_PRICE);

// The price of that very place; NO_PRICE if the job doesn't fit there.
Price price_at(const Day& day, const Route& route, int job, int index);

}  // namespace doorstep
