// Routes that good plans were made of, for a model that picks one for each technician: the cheapest order of each set
// of jobs, and no more of them than the model can use.
#pragma once

#include <unordered_map>
#include <vector>

#include "plan.hpp"

namespace doorstep {

struct PooledRoute {
    int technician;
    Price price;
    std::vector<int> jobs;
};

class Pool {
  public:
    // Takes over the routes of a plan; those with ties, which no route can keep alone, stay out.
    void add(const Plan& plan, const std::vector<std::uint64_t>& job_keys);
    std::vector<PooledRoute> routes() const;

  private:
    static constexpr std::size_t MOST = 60'000;
    std::unordered_map<std::uint64_t, PooledRoute> routes_;
};

// A random number for each job: the sum over a set of jobs tells sets apart.
std::vector<std::uint64_t> job_keys(const Day& day);

}  // namespace doorstep
