// Putting jobs back: one after another, each where it costs least just then.
//
// Orders and blinks as in slack induction by string removals (Christiaens and Vanden Berghe, Transportation Science
// 2020), with more orders for skills and for days that are too full.
#pragma once

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "places.hpp"
#include "plan.hpp"
#include "random.hpp"

namespace doorstep {

// What a change may make of the price of routes and of what is left out.
struct Bound {
    Price routes, penalty;  // before the change
    double weight;          // of the penalty against the routes
    double rise;            // less than this

    bool keeps(Price new_routes, Price new_penalty) const {
        return static_cast<double>(new_routes - routes) + weight * static_cast<double>(new_penalty - penalty) < rise;
    }
};

class Recreate {
  public:
    // `technicians` are those whose routes may be changed.
    Recreate(const Day& day, const std::vector<int>& technicians);

    // Puts in, in an order drawn by chance, what is worth its price; the rest stays unserved. Gives up and returns
    // false as soon as whatever may follow would break the bound.
    bool operator()(Plan& plan, std::vector<int>& jobs, Random& random, const Bound& bound);
    // The same in the order given and without blinks.
    void in_order(Plan& plan, const std::vector<int>& jobs);

    void forget();

  private:
    struct Candidate {
        Price price;
        int technician;
        int index;
    };
    // The nearest routes with somebody who may serve the job, for some of its next turns: they seldom change, and to
    // find them took as long as to try them.
    struct Nearest {
        std::vector<int> technicians;
        int turns = 0;
    };

    const std::vector<int>& may(int job);  // technicians of mine who may serve it
    void sort(const Plan& plan, std::vector<int>& jobs, Random& random);
    bool put_in_all(Plan& plan, const std::vector<int>& jobs, Random* random, const Bound* bound);
    void find_idle(const Plan& plan);
    void find_candidates(const Plan& plan, int job, bool anew);
    const std::vector<int>& nearest(const Plan& plan, int job, bool anew);
    bool is_mine(int technician) const {
        return technician >= 0 && technician < static_cast<int>(mine_.size()) &&
               mine_[static_cast<std::size_t>(technician)];
    }
    bool is_idle(int technician) const {
        return std::find(idle_.begin(), idle_.end(), technician) != idle_.end();
    }
    bool put_in(Plan& plan, int job, Random* random);
    bool put_in_tied(Plan& plan, int job, Random* random);
    bool put_in_together(Plan& plan, const std::vector<int>& group, std::size_t next, int& tries);
    std::vector<Candidate> candidates(const Plan& plan, int job, const std::vector<int>& coming);
    std::vector<int> tied_technicians(const Plan& plan, int job, int technician) const;
    bool place(Plan& plan, int job, const Candidate& candidate, bool at_any_price);
    bool worth(int job, Price price) const;

    const Day* day_;
    std::vector<std::uint8_t> mine_;               // by technician
    std::vector<std::optional<std::vector<int>>> may_;  // by job, found when first asked for
    Places places_;
    std::vector<std::vector<int>> of_kind_;        // by kind: technicians of mine
    std::vector<int> idle_;                        // one of each kind with somebody idle
    std::vector<std::uint64_t> seen_;              // by technician: in which search for a place the route was tried
    std::uint64_t searches_ = 0;
    std::vector<Nearest> nearest_;  // by job
    std::vector<int> candidates_;   // routes to try for one job, but for those that this step has changed
    std::vector<std::tuple<Price, double, int>> keys_;  // what jobs are sorted by, and the job
};

}  // namespace doorstep
