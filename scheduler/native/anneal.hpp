// Ruin and recreate, accepted like simulated annealing: worse plans too, the less readily the colder it gets.
#pragma once

#include <atomic>
#include <chrono>

#include "plan.hpp"
#include "pool.hpp"
#include "random.hpp"
#include "recreate.hpp"
#include "ruin.hpp"

namespace doorstep {

using Clock = std::chrono::steady_clock;

// How far a search is, from 0 to 1: by the clock, or by a count of steps where a run is to be repeated exactly.
class Progress {
  public:
    // `seconds` may change meanwhile, and the search then cools down the faster or the slower.
    static Progress by_clock(Clock::time_point from, const std::atomic<double>& seconds) {
        return Progress(from, &seconds, 0, 0);
    }
    // Of a search of `steps` steps in all, `done` of which are done.
    static Progress by_steps(std::int64_t steps, std::int64_t done) { return Progress({}, nullptr, steps, done); }

    double at(std::int64_t step) const {
        if (steps_ > 0) return static_cast<double>(done_ + step) / static_cast<double>(steps_);
        return std::chrono::duration<double>(Clock::now() - from_).count() / seconds_->load(std::memory_order_relaxed);
    }

  private:
    Progress(Clock::time_point from, const std::atomic<double>* seconds, std::int64_t steps, std::int64_t done)
        : from_(from), seconds_(seconds), steps_(steps), done_(done) {}
    Clock::time_point from_;
    const std::atomic<double>* seconds_;
    std::int64_t steps_, done_;
};

// What part of the plan a search found best, route by route.
class Best {
  public:
    explicit Best(const Plan& plan) : orders_(plan.orders()), dirty_(orders_.size(), 0), cost_(plan.cost()) {}

    Price cost() const { return cost_; }
    const Orders& orders() const { return orders_; }
    void touched(std::span<const int> technicians);
    void take(const Plan& plan);

  private:
    Orders orders_;
    std::vector<std::uint8_t> dirty_;  // by technician: changed since `take`
    std::vector<int> dirty_list_;
    Price cost_;
};

struct Heat {
    double first, last;  // temperatures, in the unit of cost
};

struct Outcome {
    Orders best;
    Price best_cost = NO_PRICE;
};

class Annealer {
  public:
    Annealer(const Day& day, const std::vector<int>& technicians, std::uint64_t seed);

    // Searches from the plan while progress is below `until`; leaves in it where the search stands then, and returns
    // the best that it came by. Stops early when `stop` is set. Good routes go into the pool.
    Outcome run(Plan& plan, const Progress& progress, double until, Heat heat, const std::atomic<bool>& stop, Pool& pool);

    std::int64_t steps() const { return steps_; }  // of the last run

  private:
    Bound draw(Price routes, Price penalty, double temperature, double progress);

    Ruin ruin_;
    Recreate recreate_;
    Random random_;
    std::int64_t steps_ = 0;
    std::vector<int> removed_;
};

}  // namespace doorstep
