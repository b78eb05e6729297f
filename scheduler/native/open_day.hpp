// A plan that jobs may still join: where one more of them costs least, in each of several slots at once, and exactly.
//
// Routes whose times depend on other routes' are left to the caller: they hold the technician's work, but get no offer.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "route.hpp"

namespace doorstep {

// The job adds `price` before the job that is at `index` of that route now; its service then starts at `start`.
struct Offer {
    Price price;
    int technician, index;
    Seconds start;
};

// Another job comes where the one at `index` of that route is now: `price` is what the drives cost more.
struct Exchange {
    Price price;
    int technician, index;
};

class OpenDay {
  public:
    // With nobody doing anything yet.
    explicit OpenDay(const Day& day);

    int count_jobs() const { return day_.count_jobs(); }
    int count_technicians() const { return day_.count_technicians(); }
    int count_places() const { return day_.travel.front().width() - 1; }

    // What that job is from now on; the next number is a new job. `able` and `dislike` are by technician; `dislike`
    // may be empty in a day where nobody is preferred anywhere.
    void describe(int job, Job description, std::span<const std::uint8_t> able, std::span<const Price> dislike);

    // What the technician does from now on, whether or not there are times for it.
    void assign(int technician, std::span<const int> jobs);

    // The cheapest place in each slot for a job that is in no route and tied to no other; of equal ones, that of the
    // first technician and the earliest in the route. A slot's windows are disjoint, in order and among the job's
    // openings; `surcharge` by technician (may be empty) comes on top of the price.
    std::vector<std::optional<Offer>> cheapest(int job, std::span<const std::vector<Window>> slots,
                                               std::span<const Price> surcharge);

    // The visits in whose place the job fits in time, were they taken out: those below that price, the cheapest first.
    // Where the route waits for others, it may fit.
    std::vector<Exchange> exchanges(int job, Price below) const;

  private:
    struct Candidate;
    class Imbalance;

    void look(const Route& route, const Job& job, Price fixed, const Imbalance& imbalance,
              std::span<const Job> narrowed, std::vector<std::vector<Candidate>>& found) const;
    std::optional<Offer> best_of(int job, std::vector<Candidate>& candidates) const;
    Seconds direct(const Route& route, int node) const;
    Seconds still(const Route& route, int node) const {
        return still_[static_cast<std::size_t>(route.technician())][static_cast<std::size_t>(node)];
    }

    Day day_;  // its `bundle` and `near` know nothing of jobs that joined
    std::vector<Route> routes_;
    std::vector<std::vector<Seconds>> still_;  // by node: from being set up there to the return, with no wait or rest
};

}  // namespace doorstep
