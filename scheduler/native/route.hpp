// One technician's route: the jobs in order, and for every stop the earliest and the latest moments that decide in
// constant time whether one more job fits.
//
// Nodes run from 0 (leaving) over 1..n (jobs) to n + 1 (the return).
#pragma once

#include <span>
#include <vector>

#include "day.hpp"

namespace doorstep {

class Route {
  public:
    Route(const Day& day, int technician);

    int technician() const { return technician_; }
    int size() const { return static_cast<int>(jobs_.size()); }
    bool empty() const { return jobs_.empty(); }
    std::span<const int> jobs() const { return jobs_; }
    int job(int index) const { return jobs_[static_cast<std::size_t>(index)]; }
    int place(int node) const { return places_[static_cast<std::size_t>(node)]; }
    Price edge(int node) const { return edges_[static_cast<std::size_t>(node)]; }  // of the drive to that node
    // The earliest end of service at a node with that set of breaks taken, or NEVER.
    Seconds ready(int node, int set) const { return ready_[at(node, set)]; }
    // The last moment to be there and set up, with that set taken, that leaves the rest in time, or TOO_LATE.
    Seconds limit(int node, int set) const { return limit_[at(node, set)]; }

    // All that the route costs but imbalance; NO_PRICE if it can't be driven in time.
    Price price() const { return fits_ ? used_ + drive_ + others_ + time_price_ : NO_PRICE; }
    bool fits() const { return fits_; }
    Price time_price() const { return time_price_; }
    std::int64_t load() const { return load_; }
    std::int64_t worked() const { return worked_; }  // seconds of driving, set-up and service; where it has a price
    int pinned() const { return pinned_; }           // how many jobs keep their places in the route
    bool coupled() const { return coupled_ > 0; }    // some job's times depend on jobs elsewhere
    std::span<const Seconds> releases() const { return releases_; }
    int index_of(int job) const;
    // Whether another state of this route is the same work at the same times.
    bool does_as(const Route& other) const { return jobs_ == other.jobs_ && releases_ == other.releases_; }

    void insert(const Day& day, int index, int job);
    void erase(const Day& day, int first, int count);
    void assign(const Day& day, std::span<const int> jobs);
    // When each service may start at the earliest, for what other jobs ask; empty for no waits.
    void wait(const Day& day, std::vector<Seconds> releases);

    std::uint64_t version = 0;  // differs between any two routes that differ

  private:
    std::size_t at(int node, int set) const { return static_cast<std::size_t>(node * sets_ + set); }
    void count(const Day& day, int job, int sign);
    void price_edges(const Day& day, int first, int last);
    void forwards(const Day& day, int node, int changed);
    void backwards(const Day& day, int node, int changed);
    void count_work(const Day& day);
    void settle(const Day& day, int first, int last);

    int technician_;
    int sets_;
    bool fits_ = true;
    int pinned_ = 0;
    int coupled_ = 0;
    Price used_ = 0, drive_ = 0, others_ = 0, time_price_ = 0;
    std::int64_t load_ = 0, worked_ = 0;
    std::vector<int> jobs_;
    std::vector<int> places_;
    std::vector<Price> edges_;
    std::vector<Seconds> ready_, limit_;
    std::vector<Seconds> releases_;
};

}  // namespace doorstep
