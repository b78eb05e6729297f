// The whole search, on threads of its own: a first plan at once, then better ones until it is told to stop.
//
// Small days are searched whole by every thread, which compare notes now and then; large ones are cut into parts that
// are searched side by side and cut anew every little while.
#pragma once

#include <atomic>
#include <functional>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "anneal.hpp"
#include "pool.hpp"

namespace doorstep {

struct Effort {
    double seconds = 1;
    std::int64_t steps = 0;  // if set, a count instead of a time: with one thread a run that can be repeated exactly
    int threads = 1;
    std::uint64_t seed = 1;
};

inline constexpr Price NOT_YET = std::numeric_limits<Price>::max();  // the cost before there is a plan

struct Found {
    Orders orders;
    Price cost;
    std::int64_t steps;
};

class Search {
  public:
    // Begins at once, at `start` (orders by technician; as much of it as can be kept) if there is one.
    Search(std::shared_ptr<const Day> day, Effort effort, std::optional<Orders> start);
    ~Search();
    Search(const Search&) = delete;
    Search& operator=(const Search&) = delete;

    // Waits until the search is over, or for so long; whether it is over.
    bool wait(double seconds);
    void stop();
    // Ends it so many seconds after it began, instead of what was said then.
    void end_after(double seconds);
    Found best() const;
    // A plan that somebody else found; taken over if it can be kept and is better.
    void offer(Orders orders);
    std::vector<PooledRoute> pool() const;

  private:
    void run();
    Plan first_plan(std::optional<Orders> start);
    void descend(Plan& plan);
    void rounds_apart(Plan& plan, Heat heat);
    void rounds_in_parts(Plan& plan, Heat heat);
    void side_by_side(int count, const std::function<void(int)>& work);
    void collect(std::vector<Pool>& pools);
    void take_offer(Plan& plan);
    void publish(const Plan& plan);
    Progress progress() const;
    bool over() const;

    std::shared_ptr<const Day> day_;
    Effort effort_;
    std::optional<Orders> start_;
    Clock::time_point began_;
    std::atomic<double> seconds_;
    std::atomic<bool> stop_{false};
    std::atomic<std::int64_t> steps_{0};
    Random random_;

    mutable std::mutex mutex_;  // guards everything below
    std::condition_variable ended_;
    Found best_;
    std::optional<Orders> offered_;
    Pool pool_;
    bool is_over_ = false;
    std::thread thread_;
};

}  // namespace doorstep
