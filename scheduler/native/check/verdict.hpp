// Judges what a search found from nothing but the orders of jobs: rules, times and every part of the cost anew.
#pragma once

#include <string>

#include "search.hpp"

namespace doorstep {

// What is wrong with it, as a sentence; empty if nothing is.
std::string wrong(const Day& day, const Found& found);

}  // namespace doorstep
