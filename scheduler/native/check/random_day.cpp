#include "random_day.hpp"

#include <algorithm>
#include <numeric>

namespace doorstep {
namespace {

constexpr Seconds QUARTER = 900;
constexpr Seconds HORIZON = 40 * QUARTER;

Seconds quarters(Random& random, int least, int most) { return QUARTER * (least + random.below(most - least + 1)); }

// Distances that no map has: the way round by a third place is often the shorter one.
Travel random_travel(int places, int most, Random& random) {
    std::vector<std::int32_t> rows;
    for (int cell = 0; cell < places * places; ++cell) rows.push_back(random.below(most));
    return Travel(rows, places, true);
}

Technician random_technician(int places, int speeds, bool vehicles, Random& random) {
    const Seconds begins = quarters(random, 0, 12), ends = begins + quarters(random, 8, 16);
    const Seconds latest = ends + (random.chance(0.3) ? 3600 : 0);
    const int start = random.below(places);
    const int end = random.chance(0.3) ? places : random.below(places);
    const std::int64_t capacity = vehicles ? 1 + random.below(6) : std::numeric_limits<std::int64_t>::max();
    Technician one{start, end, begins, ends, latest, capacity, random.below(speeds), {}};
    for (int rests = random.chance(0.5) ? random.below(MOST_BREAKS + 1) : 0; rests > 0; --rests) {
        const Seconds opens = quarters(random, 0, 24);
        one.rests.push_back({opens, opens + quarters(random, 0, 16), quarters(random, 0, 3)});
    }
    return one;
}

Job random_job(int places, bool pins, Random& random) {
    const bool pinned = pins && random.chance(0.1), due = random.chance(0.3);
    Job one{.place = random.below(places),
            .service = quarters(random, 0, 4),
            .setup = random.chance(0.3) ? 300 : 0,
            .openings = {},
            .due = due ? quarters(random, 0, 40) : HORIZON,
            .late_price = due ? random.below(4) : 0,
            .skip_price = random.below(3) * 20'000,
            .mandatory = random.chance(0.2),
            .position = pinned ? random.below(2) : NOBODY,
            .load = random.below(3)};
    Seconds opens = random.chance(0.5) ? 0 : quarters(random, 0, 12);
    for (int windows = 1 + random.below(2); windows > 0; --windows) {
        const Seconds closes = opens + (random.chance(0.2) ? 0 : quarters(random, 0, 16));
        one.openings.push_back({opens, closes});
        opens = closes + quarters(random, 1, 8);
    }
    if (random.chance(0.03)) one.openings.clear();
    return one;
}

Tie random_tie(int jobs, Random& random) {
    Tie tie{static_cast<TieKind>(random.below(4)), {}, random.chance(0.5) ? 600 : 0};
    while (tie.jobs.size() < 2 || (tie.jobs.size() < static_cast<std::size_t>(jobs) && random.chance(0.2))) {
        const int job = random.below(jobs);
        if (std::find(tie.jobs.begin(), tie.jobs.end(), job) == tie.jobs.end()) tie.jobs.push_back(job);
    }
    return tie;
}

}  // namespace

std::shared_ptr<const Day> random_day(Size size, Random& random) {
    auto day = std::make_shared<Day>();
    const int speeds = 1 + random.below(2);
    for (int speed = 0; speed < speeds; ++speed) day->travel.push_back(random_travel(size.places, 3'000, random));
    day->prices = {random.below(3), random.below(2), random.chance(0.5) ? 500 : 0, random.below(4),
                   random.chance(0.3) ? 1 : 0};
    if (day->prices.metre != 0) day->metres = random_travel(size.places, 9'000, random);
    const bool vehicles = random.chance(0.5), pins = random.chance(0.5), preferred = random.chance(0.5);
    for (int k = 0; k < size.technicians; ++k)
        day->technicians.push_back(random_technician(size.places, speeds, vehicles, random));
    for (int j = 0; j < size.jobs; ++j) day->jobs.push_back(random_job(size.places, pins, random));
    for (int cell = 0; cell < size.jobs * size.technicians; ++cell) {
        day->able.push_back(random.chance(0.8));
        if (preferred) day->dislike.push_back(random.chance(0.2) ? 400 : 0);
    }
    if (size.jobs >= 2)
        for (int ties = random.below(2 + size.jobs / 8); ties > 0; --ties)
            day->ties.push_back(random_tie(size.jobs, random));
    day->finish();
    return day;
}

std::vector<std::vector<int>> random_orders(const Day& day, Random& random) {
    std::vector<std::vector<int>> orders(day.technicians.size());
    std::vector<int> jobs(day.jobs.size());
    std::iota(jobs.begin(), jobs.end(), 0);
    const bool by_anybody = random.chance(0.3);
    for (int left = day.count_jobs(); left > 0 && !orders.empty(); --left) {
        std::swap(jobs[static_cast<std::size_t>(random.below(left))], jobs[static_cast<std::size_t>(left - 1)]);
        const int job = jobs[static_cast<std::size_t>(left - 1)], k = random.below(day.count_technicians());
        if ((by_anybody || day.may(k, job)) && random.chance(0.7)) orders[static_cast<std::size_t>(k)].push_back(job);
    }
    return orders;
}

}  // namespace doorstep
