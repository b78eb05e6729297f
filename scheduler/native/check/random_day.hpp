// Days at random with a little of everything that a day can have, possible or not.
#pragma once

#include <memory>

#include "day.hpp"
#include "random.hpp"

namespace doorstep {

struct Size {
    int jobs, technicians, places;
};

std::shared_ptr<const Day> random_day(Size size, Random& random);

// Some of the jobs in any order, by technician, whatever rules that breaks.
std::vector<std::vector<int>> random_orders(const Day& day, Random& random);

}  // namespace doorstep
