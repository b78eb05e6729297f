// The best place of each job in each route, remembered for as long as the route stays the same.
#pragma once

#include <vector>

#include "insertion.hpp"

namespace doorstep {

class Places {
  public:
    explicit Places(const Day& day)
        : technicians_(day.technicians.size()), known_(day.jobs.size() * day.technicians.size()) {}

    const Place& best(const Day& day, const Route& route, int job) {
        Known& known = known_[static_cast<std::size_t>(job) * technicians_ + static_cast<std::size_t>(route.technician())];
        if (known.version != route.version) known = {route.version, best_place(day, route, job)};
        return known.place;
    }

    // Needed when versions begin anew, as with another plan.
    void forget() { known_.assign(known_.size(), {}); }

  private:
    struct Known {
        std::uint64_t version = 0;
        Place place;
    };
    std::size_t technicians_;
    std::vector<Known> known_;
};

}  // namespace doorstep
