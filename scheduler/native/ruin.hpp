// Taking jobs out: strings of neighbouring stops from neighbouring routes, now and then whole routes.
//
// Slack induction by string removals: Christiaens and Vanden Berghe, Transportation Science 2020.
#pragma once

#include <vector>

#include "plan.hpp"
#include "random.hpp"

namespace doorstep {

class Ruin {
  public:
    Ruin(const Day& day, std::vector<int> technicians);

    // Takes jobs out of the plan and appends them to `removed`. False if what is left can't be driven in time.
    bool operator()(Plan& plan, std::vector<int>& removed, Random& random);

  private:
    void look_at_lengths(const Plan& plan);
    int seed(const Plan& plan, Random& random) const;
    bool may_swap(int technician, int job, int other, int others_job) const;
    void strings(Plan& plan, int seed, std::vector<int>& removed, Random& random);
    void routes(Plan& plan, int seed, std::vector<int>& removed, Random& random);
    void take_string(Plan& plan, int technician, int job, int length, std::vector<int>& removed, Random& random);
    void take(Plan& plan, int technician, int first, int count, std::vector<int>& removed);
    bool take_dependents(Plan& plan, std::vector<int>& removed);
    bool mine(int technician) const {
        return technician >= 0 && technician < static_cast<int>(mine_.size()) &&
               mine_[static_cast<std::size_t>(technician)];
    }

    const Day* day_;
    std::vector<int> technicians_;
    std::vector<std::uint8_t> mine_;
    std::vector<std::uint64_t> ruined_;  // by technician: by which ruin last
    std::uint64_t ruins_ = 0;
    double mean_ = 1;  // jobs of a route
};

}  // namespace doorstep
