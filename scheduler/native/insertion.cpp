#include "insertion.hpp"

#include "labels.hpp"
#include "timing.hpp"

namespace doorstep {
namespace {

// The same as `fits` below for a technician with one break, as most have: pending all along, on the way to the job,
// on the way onward, or taken before.
bool fits_one_break(const Rest& rest, const Route& route, const Job& job, int before, Seconds lead, Seconds onward) {
    const Seconds pending = route.limit(before + 1, 0), taken = route.limit(before + 1, 1);
    const auto serves = [&](Seconds arrival) {
        const Seconds start = next_opening(job, arrival);
        return start < NEVER && start + job.service + onward <= taken;
    };
    const Seconds ready = route.ready(before, 0), rested = route.ready(before, 1);
    if (rested < NEVER && serves(rested + lead)) return true;
    if (ready >= NEVER) return false;
    const Seconds start = next_opening(job, ready + lead);
    if (start >= NEVER) return false;
    const Seconds over = start + job.service;
    if (over + onward <= pending) return true;
    if (over <= rest.closes && std::max(over + onward, rest.opens) + rest.duration <= taken) return true;
    return ready <= rest.closes && serves(std::max(ready + lead, rest.opens) + rest.duration);
}

// Whether the job fits in time between the nodes `before` and `before` + 1.
bool fits(const Technician& technician, const Route& route, const Job& job, int before, Seconds lead, Seconds onward) {
    if (technician.rests.empty()) {
        const Seconds start = next_opening(job, route.ready(before, 0) + lead);
        return start < NEVER && start + job.service + onward <= route.limit(before + 1, 0);
    }
    if (technician.rests.size() == 1) return fits_one_break(technician.rests.front(), route, job, before, lead, onward);
    const int all = technician.all_taken();
    for (int taken = 0; taken <= all; ++taken) {
        const Seconds ready = route.ready(before, taken);
        if (ready >= NEVER) continue;
        const int left = all & ~taken;
        for (int here = left;; here = (here - 1) & left) {
            const Seconds start = next_opening(job, arrive(technician, ready, lead, here));
            if (start < NEVER) {
                const int still = left & ~here;
                for (int next = still;; next = (next - 1) & still) {
                    const Seconds reached = arrive(technician, start + job.service, onward, next);
                    if (reached < NEVER && reached <= route.limit(before + 1, taken | here | next)) return true;
                    if (next == 0) break;
                }
            }
            if (here == 0) break;
        }
    }
    return false;
}

// What lateness and overtime rise by with the job at that index; NO_PRICE if it doesn't fit.
Price time_price_rise(const Day& day, const Technician& technician, const Route& route, int job, int index) {
    thread_local std::vector<int> jobs;
    thread_local std::vector<Seconds> releases;
    jobs.assign(route.jobs().begin(), route.jobs().end());
    jobs.insert(jobs.begin() + index, job);
    releases.assign(route.releases().begin(), route.releases().end());
    if (!releases.empty()) releases.insert(releases.begin() + index, 0);
    const Timing timing = time_route(day, technician, jobs, releases);
    return timing.fits ? timing.price - route.time_price() : NO_PRICE;
}

}  // namespace

Place best_place(const Day& day, const Route& route, int j, int first, int last, Price below) {
    const Job& job = day.jobs[static_cast<std::size_t>(j)];
    const Technician& technician = day.technicians[static_cast<std::size_t>(route.technician())];
    Place best{below, -1};
    if (!day.may(route.technician(), j) || route.load() + job.load > technician.capacity || job.openings.empty())
        return {};
    const Travel& travel = day.travel[static_cast<std::size_t>(technician.speed)];
    const Seconds* there = travel.to(job.place);
    const Seconds* onward = travel.from(job.place);
    const Price fixed = day.disliked(route.technician(), j) + (route.empty() ? day.prices.used : 0);
    const Seconds closes = job.openings.back().closes;
    const Seconds least_over = job.openings.front().opens + job.service;
    const bool plain = technician.rests.empty(), one_break = technician.rests.size() == 1;
    for (int index = first; index <= last; ++index) {
        if (plain) {  // too early in the route, or too late from here on
            if (route.limit(index + 1, 0) < least_over) continue;
            if (route.ready(index, 0) > closes) break;
        } else if (one_break) {
            if (route.limit(index + 1, 0) < least_over && route.limit(index + 1, 1) < least_over) continue;
            if (route.ready(index, 0) > closes && route.ready(index, 1) > closes) break;
        }
        const int from = route.place(index), to = route.place(index + 1);
        Price rise = day.prices.travel * (Price{there[from]} + onward[to]) + fixed - route.edge(index + 1);
        if (day.prices.metre != 0)
            rise += day.prices.metre * (Price{day.metres(from, job.place)} + day.metres(job.place, to));
        if (rise >= best.price) continue;
        const Seconds lead = there[from] + (from == job.place ? 0 : job.setup);
        Seconds away = onward[to];
        if (index < route.size() && to != job.place)
            away += day.jobs[static_cast<std::size_t>(route.job(index))].setup;
        if (!fits(technician, route, job, index, lead, away)) continue;
        if (day.time_has_price) {
            const Price late = time_price_rise(day, technician, route, j, index);
            if (late >= NO_PRICE || rise + late >= best.price) continue;
            rise += late;
        }
        best = {rise, index};
    }
    return best;
}

Place best_place(const Day& day, const Route& route, int job, Price below) {
    const int position = day.jobs[static_cast<std::size_t>(job)].position;
    if (position == NOBODY) return best_place(day, route, job, route.pinned(), route.size(), below);
    if (position > route.size() || position < route.pinned()) return {};
    return best_place(day, route, job, position, position, below);
}

Price price_at(const Day& day, const Route& route, int job, int index) {
    return best_place(day, route, job, index, index).price;
}

}  // namespace doorstep
