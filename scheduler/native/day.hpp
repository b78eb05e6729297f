// The day to plan, as arrays: everything here follows from the problem and never changes while a search runs.
//
// Times are integer seconds, distances integer metres, prices integers; jobs, technicians and places are indices.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace doorstep {

using Seconds = std::int32_t;
using Price = std::int64_t;

inline constexpr Seconds NEVER = std::numeric_limits<Seconds>::max() / 4;  // a later time than any
inline constexpr Seconds TOO_LATE = -1;                                    // a limit that nothing keeps
inline constexpr Price NO_PRICE = std::numeric_limits<Price>::max() / 4;
inline constexpr Price MUST = 400'000'000'000'000;  // leaving out a job that must be served; above any other price
inline constexpr int NOBODY = -1;
inline constexpr int MOST_BREAKS = 3;
inline constexpr int MOST_SETS = 1 << MOST_BREAKS;  // sets of breaks taken so far, as bits

struct Window {
    Seconds opens, closes;
};

struct Rest {
    Seconds opens, closes, duration;  // its start lies in [opens, closes]
};

struct Technician {
    int start;
    int end;  // where the day ends; `Day::nowhere` for an open route
    Seconds begins, ends, latest;
    std::int64_t capacity;
    int speed;                // index into the travel matrices
    std::vector<Rest> rests;  // at most MOST_BREAKS
    int kind = 0;             // technicians of one kind are the same in every respect

    int sets() const { return 1 << rests.size(); }
    int all_taken() const { return sets() - 1; }
};

struct Job {
    int place;
    Seconds service, setup;
    std::vector<Window> openings;  // disjoint, in order: the only seconds at which service may start
    Seconds due;
    Price late_price;  // of each second after `due`
    Price skip_price;  // of leaving it out
    bool mandatory;
    int position;  // where a pin puts it in its route, or NOBODY
    std::int64_t load;

    Price penalty() const { return mandatory ? MUST : skip_price; }
};

enum class TieKind { sequence, same_technician, same_time, not_before };

// A relation between jobs, in its order.
struct Tie {
    TieKind kind;
    std::vector<int> jobs;
    Seconds gap;

    bool ordered() const { return kind == TieKind::sequence || kind == TieKind::not_before; }
    // Whether it makes one job's time depend on another's; the order alone settles a sequence without a gap.
    bool timed() const {
        return kind == TieKind::not_before || kind == TieKind::same_time || (kind == TieKind::sequence && gap > 0);
    }
    int place_of(int job) const;
};

struct Prices {
    Price travel = 1, metre = 0, used = 0, overtime = 0, imbalance = 0;
};

// Square matrices by place, each with its transpose, so that both drives of a job lie in one row each.
class Travel {
  public:
    Travel() = default;
    Travel(std::span<const std::int32_t> rows, int places, bool with_nowhere);

    Seconds operator()(int from, int to) const { return from_[index(from, to)]; }
    const Seconds* from(int place) const { return from_.data() + index(place, 0); }
    const Seconds* to(int place) const { return (to_.empty() ? from_ : to_).data() + index(place, 0); }
    int width() const { return width_; }

  private:
    std::size_t index(int row, int column) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(column);
    }
    int width_ = 0;
    std::vector<Seconds> from_;
    std::vector<Seconds> to_;  // empty if the matrix is symmetric
};

struct Day {
    std::vector<Technician> technicians;
    std::vector<Job> jobs;
    std::vector<Tie> ties;
    std::vector<Travel> travel;  // by speed
    Travel metres;               // only where a metre has a price
    Prices prices;
    std::vector<std::uint8_t> able;  // [job × technicians + technician]
    std::vector<Price> dislike;      // likewise; empty if nobody is preferred anywhere

    // Derived by `finish`.
    std::vector<std::vector<int>> ties_of;     // by job
    std::vector<std::uint8_t> timed;           // by job: its times depend on other jobs'
    std::vector<int> bundle;                   // by job: the first of the jobs that ties lead to from it
    std::vector<std::vector<int>> able_of;     // by job: the technicians who may serve it
    std::vector<std::vector<int>> near;        // by job: other jobs, the nearest first
    bool time_has_price = false;               // some lateness or overtime has a price
    bool has_timed = false;
    bool order_matters = false;                // imbalance has a price, or some job's place in its route is pinned

    // Call once everything above is there; `most_near` bounds how many near jobs are kept for each.
    void finish(int most_near = 200);

    int count_jobs() const { return static_cast<int>(jobs.size()); }
    int count_technicians() const { return static_cast<int>(technicians.size()); }
    bool may(int technician, int job) const {
        return able[static_cast<std::size_t>(job) * technicians.size() + static_cast<std::size_t>(technician)] != 0;
    }
    Price disliked(int technician, int job) const {
        return dislike.empty()
                   ? 0
                   : dislike[static_cast<std::size_t>(job) * technicians.size() + static_cast<std::size_t>(technician)];
    }
    // The drive and, unless it begins where it ends, the set-up.
    Seconds lead(int speed, int from, const Job& job) const {
        return travel[static_cast<std::size_t>(speed)](from, job.place) + (from == job.place ? 0 : job.setup);
    }
    Price drive_price(int speed, int from, int to) const {
        const Price price = prices.travel * travel[static_cast<std::size_t>(speed)](from, to);
        return prices.metre == 0 ? price : price + prices.metre * metres(from, to);
    }

  private:
    void find_bundles();
    void find_kinds();
    void find_near(int most_near);
};

}  // namespace doorstep
