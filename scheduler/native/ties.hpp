// Relations: what they ask of order and technician, and times for all routes that wait for each other at once.
//
// Every wait is a lower bound on a start, and a bound only pushes other starts later; so raising bounds until nothing
// moves gives the earliest times there are.
#pragma once

#include <vector>

#include "plan.hpp"

namespace doorstep {

// Where ties let an unserved job go: only to `technician` unless that is NOBODY; nowhere at all if not `possible`.
struct Leeway {
    bool possible = true;
    int technician = NOBODY;
};

// `coming` are jobs that will be served before the plan is judged.
Leeway leeway(const Plan& plan, int job, const std::vector<int>& coming = {});

// The first and last index in the route that sequences leave to the job.
struct Range {
    int first, last;
};
Range range_in(const Plan& plan, const Route& route, int job);

// The jobs that are served all or none, this one among them.
std::vector<int> companions(const Day& day, int job);

// The jobs that can't be served without this one, and itself.
std::vector<int> dependents(const Day& day, int job);

// Times anew all routes that wait for these or that these wait for, within the plan's running change.
// False if there are no such times; what has been changed by then is for the caller to take back.
bool settle(Plan& plan, const std::vector<int>& technicians);

// The technicians whose routes' times depend on each other, these and the technicians of `jobs` among them.
std::vector<int> coupled_with(const Plan& plan, const std::vector<int>& technicians);

}  // namespace doorstep
