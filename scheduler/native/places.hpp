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

    Place best(const Day& day, const Route& route, int job) {
        Known& known = known_[row(job) + column_[static_cast<std::size_t>(route.technician())]];
        if (known.version != (route.version & MASK)) {
            const Place place = best_place(day, route, job);
            known.version = route.version & MASK;
            known.next_index = static_cast<std::uint32_t>(place.index + 1) & MOST_INDEX;
            known.price = place.price;
        }
        return {known.price, static_cast<int>(known.next_index) - 1};
    }

    // Says that this one will be asked for soon: the table is too large for the nearer caches.
    void coming(int job, int technician) {
        __builtin_prefetch(&known_[row(job) + column_[static_cast<std::size_t>(technician)]]);
    }

    // Needed when versions begin anew, as with another plan.
    void forget() {
        known_.clear();
        row_.assign(row_.size(), NO_ROW);
    }

  private:
    static constexpr std::size_t NO_ROW = std::numeric_limits<std::size_t>::max();
    // In 16 bytes, as reading the table takes most of the time on a large day.
    static constexpr int VERSION_BITS = 44, INDEX_BITS = 20;
    static constexpr std::uint32_t MOST_INDEX = (1U << INDEX_BITS) - 1;
    static constexpr std::uint64_t MASK = (std::uint64_t{1} << VERSION_BITS) - 1;
    struct Known {
        std::uint64_t version : VERSION_BITS = 0;
        std::uint64_t next_index : INDEX_BITS = 0;  // one more than the index; 0 for no place
        Price price = NO_PRICE;
    };

    // Where the job's row begins; few of a large day's jobs are ever asked for in one of its parts.
    std::size_t row(int job) {
        std::size_t& begins = row_[static_cast<std::size_t>(job)];
        if (begins == NO_ROW) {
            begins = known_.size();
            known_.resize(known_.size() + width_);
        }
        return begins;
    }

    std::size_t width_;
    std::vector<std::size_t> column_;  // by technician
    std::vector<std::size_t> row_;     // by job: where its row begins
    std::vector<Known> known_;
};

}  // namespace doorstep
