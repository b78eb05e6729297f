// Exact timing of a whole route where lateness has a price or jobs wait for jobs elsewhere: every way to have come
// so far that may still turn out best, breaks and lateness traded against each other.
#pragma once

#include <span>
#include <vector>

#include "day.hpp"

namespace doorstep {

struct Timing {
    bool fits = false;
    Price price = 0;  // lateness and overtime
    Seconds returns = 0;
};

// Times `jobs` in that order. `release` (by index, may be empty) is when each service may start at the earliest.
// `starts` (by index, may be empty) receives when each one does.
Timing time_route(const Day& day, const Technician& technician, std::span<const int> jobs,
                  std::span<const Seconds> release = {}, std::span<Seconds> starts = {});

}  // namespace doorstep
