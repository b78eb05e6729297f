// Taking over orders from elsewhere: a plan that runs already, another search's, one that a person made.
#pragma once

#include "plan.hpp"

namespace doorstep {

// Makes the plan follow `orders` (by technician) as one kept change, times of jobs that wait for each other included.
// False, and nothing has changed, if they can't be driven in time.
bool adopt(Plan& plan, const Orders& orders);

// As much of `orders` as can be kept: routes that can't be driven, and whatever waits for their jobs, stay empty.
void adopt_what_fits(Plan& plan, const Orders& orders);

}  // namespace doorstep
