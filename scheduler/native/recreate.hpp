// Putting jobs back: one after another, each where it costs least just then.
//
// Orders and blinks as in slack induction by string removals (Christiaens and Vanden Berghe, Transportation Science
// 2020), with more orders for skills and for days that are too full.
#pragma once

#include <optional>
#include <vector>

#include "places.hpp"
#include "plan.hpp"
#include "random.hpp"

namespace doorstep {

class Recreate {
  public:
    // `technicians` are those whose routes may be changed.
    Recreate(const Day& day, const std::vector<int>& technicians);

    // Puts in, in an order drawn by chance, what is worth its price; the rest stays unserved.
    void operator()(Plan& plan, std::vector<int>& jobs, Random& random);
    // The same in the order given and without blinks.
    void in_order(Plan& plan, const std::vector<int>& jobs);

    void forget() { places_.forget(); }

  private:
    struct Candidate {
        Price price;
        int technician;
        int index;
    };

    const std::vector<int>& may(int job);  // technicians of mine who may serve it
    void sort(const Plan& plan, std::vector<int>& jobs, Random& random);
    void put_in_all(Plan& plan, const std::vector<int>& jobs, Random* random);
    bool put_in(Plan& plan, int job, Random* random);
    bool put_in_tied(Plan& plan, int job, Random* random);
    bool put_in_together(Plan& plan, const std::vector<int>& group, std::size_t next, int& tries);
    std::vector<Candidate> candidates(const Plan& plan, int job, const std::vector<int>& coming);
    bool place(Plan& plan, int job, const Candidate& candidate, bool at_any_price);
    bool worth(const Plan& plan, int job, Price price) const;

    const Day* day_;
    std::vector<std::uint8_t> mine_;               // by technician
    std::vector<std::optional<std::vector<int>>> may_;  // by job, found when first asked for
    Places places_;
    std::vector<std::uint64_t> kind_seen_;         // by kind: in which search for a place its first idle one was tried
    std::uint64_t searches_ = 0;
    std::vector<std::pair<double, int>> keys_;
};

}  // namespace doorstep
