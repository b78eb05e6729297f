// Cutting a day into parts that can be searched at the same time: routes that lie near each other stay together.
#pragma once

#include <vector>

#include "plan.hpp"
#include "random.hpp"

namespace doorstep {

struct Part {
    std::vector<int> technicians;
    std::vector<int> unserved;  // jobs left out that this part may try to serve
};

// Cuts along a line between two places drawn by chance, so that every cut falls elsewhere; routes that ties hold
// together are never cut apart. `count` parts at most.
std::vector<Part> cut(const Plan& plan, int count, Random& random);

// The part alone as a plan of its own: everything else is neither served nor left out in it.
Plan alone(const Plan& plan, const Part& part);

}  // namespace doorstep
