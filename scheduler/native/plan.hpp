// A plan in the making: every route, what is left out, and what it all costs. Changes can be taken back as one.
#pragma once

#include <span>
#include <vector>

#include "insertion.hpp"
#include "route.hpp"

namespace doorstep {

using Orders = std::vector<std::vector<int>>;  // jobs in the order served, by technician

class Plan {
  public:
    explicit Plan(const Day& day);

    const Day& day() const { return *day_; }
    const Route& route(int technician) const { return routes_[static_cast<std::size_t>(technician)]; }
    int technician_of(int job) const { return technician_of_[static_cast<std::size_t>(job)]; }
    bool serves(int job) const { return technician_of(job) != NOBODY; }
    std::span<const int> unserved() const { return unserved_; }
    // Everything: routes, imbalance, jobs left out (MUST for one that must be served).
    Price cost() const { return routes_price_ + penalty_ + imbalance_price(); }
    Price routes_price() const { return routes_price_ + imbalance_price(); }
    Price penalty() const { return penalty_; }
    Price imbalance_price() const;
    // The rise of the imbalance's price if this technician worked so many seconds more.
    Price imbalance_rise(int technician, std::int64_t more) const;
    bool fits() const;  // whether every touched route can be driven in time
    Orders orders() const;

    void insert(int technician, int index, int job);
    void remove(int technician, int first, int count);
    // Replaces what a technician does; the jobs must be unserved or theirs.
    void assign(int technician, std::span<const int> jobs);
    void wait(int technician, std::vector<Seconds> releases);
    // Ends a change: what was done since the last `keep` or `undo` stays, or is taken back.
    void keep();
    void undo();
    std::span<const int> touched() const { return touched_; }  // technicians, since then
    bool is_touched(int technician) const { return is_touched_[static_cast<std::size_t>(technician)] != 0; }
    // Puts these routes back as they are given, within a change.
    void restore(std::span<const Route> routes);

    // A part of the day: jobs outside it are neither served nor left out here.
    void leave_out_of_part(int job);

  private:
    void touch(int technician);
    void begin_anew();
    void changed(int technician, Price before);
    void mark_served(int job, int technician);
    void mark_unserved(int job);

    const Day* day_;
    std::vector<Route> routes_;
    std::vector<int> technician_of_;
    std::vector<int> unserved_;
    std::vector<int> unserved_at_;  // by job: its index in `unserved_`, or NOBODY
    Price routes_price_ = 0, penalty_ = 0;
    Price kept_routes_price_ = 0, kept_penalty_ = 0;
    std::uint64_t versions_ = 0;
    std::vector<int> touched_;
    std::vector<std::uint8_t> is_touched_;
    std::vector<Route> saved_;  // the first touched_.size() of them are in use
};

}  // namespace doorstep
