// The best place of each job in each route, remembered for as long as the route stays the same.
#pragma once

#include <vector>

#include "insertion.hpp"

namespace doorstep {

class Places {
  public:
    // For the routes of these technicians alone.
    Places(const Day& day, const std::vector<int>& technicians)
        : width_(technicians.size()), column_(day.technicians.size(), 0), row_(day.jobs.size(), NO_ROW) {
        for (std::size_t column = 0; column < technicians.size(); ++column)
            column_[static_cast<std::size_t>(technicians[column])] = column;
    }

    const Place& best(const Day& day, const Route& route, int job) {
        std::size_t& row = row_[static_cast<std::size_t>(job)];
        if (row == NO_ROW) {  // few of a large day's jobs are ever asked for in one of its parts
            row = known_.size();
            known_.resize(known_.size() + width_);
        }
        Known& known = known_[row + column_[static_cast<std::size_t>(route.technician())]];
        if (known.version != route.version) known = {route.version, best_place(day, route, job)};
        return known.place;
    }

    // Needed when versions begin anew, as with another plan.
    void forget() {
        known_.clear();
        row_.assign(row_.size(), NO_ROW);
    }

  private:
    static constexpr std::size_t NO_ROW = std::numeric_limits<std::size_t>::max();
    struct Known {
        std::uint64_t version = 0;
        Place place;
    };
    std::size_t width_;
    std::vector<std::size_t> column_;  // by technician
    std::vector<std::size_t> row_;     // by job: where its row begins
    std::vector<Known> known_;
};

}  // namespace doorstep
