// Routes that good plans were made of, for a model that picks one for each technician: the cheapest order of each set
// of jobs, and no more of them than the model can use.
#pragma once

#include <unordered_map>
#include <vector>

#include "plan.hpp"

namespace doorstep {

struct PooledRoute {
    int kind;  // of technician
    Price price;
    std::vector<int> jobs;
};

class Pool {
  public:
    explicit Pool(const Day& day);

    // Takes over a route; one with ties, which no route can keep alone, stays out.
    void add(const Route& route);
    void add(const Plan& plan);
    void take(Pool& other);  // and leaves the other empty
    std::vector<PooledRoute> routes() const;

  private:
    static constexpr std::size_t MOST = 10'000;
    const Day* day_;
    std::vector<std::uint64_t> keys_;  // by job, random: the sum over a set of jobs tells sets apart
    std::unordered_map<std::uint64_t, PooledRoute> routes_;
};

}  // namespace doorstep
