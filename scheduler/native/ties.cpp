#include "ties.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "labels.hpp"

namespace doorstep {
namespace {

constexpr int MOST_ROUNDS = 1'000;

const Tie& tie_at(const Day& day, int index) { return day.ties[static_cast<std::size_t>(index)]; }

const std::vector<int>& ties_of(const Day& day, int job) { return day.ties_of[static_cast<std::size_t>(job)]; }

bool contains(const std::vector<int>& jobs, int job) { return std::find(jobs.begin(), jobs.end(), job) != jobs.end(); }

// All jobs that `next` leads to from one job.
template <typename Next>
std::vector<int> closure(int job, const Next& next) {
    std::set<int> found{job};
    std::vector<int> waiting{job};
    while (!waiting.empty()) {
        const int one = waiting.back();
        waiting.pop_back();
        next(one, [&](int other) {
            if (found.insert(other).second) waiting.push_back(other);
        });
    }
    return {found.begin(), found.end()};
}

}  // namespace

Leeway leeway(const Plan& plan, int job, const std::vector<int>& coming) {
    const Day& day = plan.day();
    Leeway found;
    for (const int index : ties_of(day, job)) {
        const Tie& tie = tie_at(day, index);
        bool before = true;
        for (const int other : tie.jobs) {
            if (other == job) {
                before = false;
                continue;
            }
            const bool served = plan.serves(other);
            if (tie.kind == TieKind::same_time && !served && !contains(coming, other)) return {false, NOBODY};
            if (tie.ordered() && before && !served) return {false, NOBODY};
            if ((tie.kind == TieKind::sequence || tie.kind == TieKind::same_technician) && served) {
                const int theirs = plan.technician_of(other);
                if (found.technician != NOBODY && found.technician != theirs) return {false, NOBODY};
                found.technician = theirs;
            }
        }
    }
    return found;
}

Range range_in(const Plan& plan, const Route& route, int job) {
    const Day& day = plan.day();
    const int position = day.jobs[static_cast<std::size_t>(job)].position;
    Range range{route.pinned(), route.size()};
    if (position != NOBODY) range = {std::max(position, route.pinned()), std::min(position, route.size())};
    for (const int index : ties_of(day, job)) {
        const Tie& tie = tie_at(day, index);
        if (tie.kind != TieKind::sequence) continue;
        bool before = true;
        for (const int other : tie.jobs) {
            if (other == job) before = false;
            else if (plan.technician_of(other) != route.technician()) continue;
            else if (before) range.first = std::max(range.first, route.index_of(other) + 1);
            else range.last = std::min(range.last, route.index_of(other));
        }
    }
    return range;
}

std::vector<int> companions(const Day& day, int job) {
    return closure(job, [&](int one, const auto& add) {
        for (const int index : ties_of(day, one))
            if (tie_at(day, index).kind == TieKind::same_time)
                for (const int other : tie_at(day, index).jobs) add(other);
    });
}

std::vector<int> dependents(const Day& day, int job) {
    return closure(job, [&](int one, const auto& add) {
        for (const int index : ties_of(day, one)) {
            const Tie& tie = tie_at(day, index);
            if (tie.kind == TieKind::same_technician) continue;
            const auto place = tie.kind == TieKind::same_time ? 0 : static_cast<std::size_t>(tie.place_of(one));
            for (std::size_t i = place; i < tie.jobs.size(); ++i) add(tie.jobs[i]);
        }
    });
}

std::vector<int> coupled_with(const Plan& plan, const std::vector<int>& technicians) {
    const Day& day = plan.day();
    std::vector<int> found(technicians);
    for (std::size_t next = 0; next < found.size(); ++next) {
        const Route& route = plan.route(found[next]);
        if (!route.coupled()) continue;
        for (const int job : route.jobs())
            for (const int index : ties_of(day, job)) {
                if (!tie_at(day, index).timed()) continue;
                for (const int other : tie_at(day, index).jobs) {
                    const int theirs = plan.technician_of(other);
                    if (theirs != NOBODY && !contains(found, theirs)) found.push_back(theirs);
                }
            }
    }
    return found;
}

bool settle(Plan& plan, const std::vector<int>& technicians) {
    const Day& day = plan.day();
    const std::vector<int> component = coupled_with(plan, technicians);
    std::vector<std::vector<Seconds>> releases, starts;
    std::map<int, std::pair<std::size_t, std::size_t>> at;  // job → its route in the component and its index there
    std::set<int> ties;
    for (std::size_t c = 0; c < component.size(); ++c) {
        const Route& route = plan.route(component[c]);
        const auto size = static_cast<std::size_t>(route.size());
        releases.emplace_back(size, 0);
        starts.emplace_back(size, 0);
        for (std::size_t i = 0; i < size; ++i) {
            at[route.jobs()[i]] = {c, i};
            for (const int index : ties_of(day, route.jobs()[i]))
                if (tie_at(day, index).timed()) ties.insert(index);
        }
    }
    std::vector<std::uint8_t> moved(component.size(), 1);
    for (int round = 0; round < MOST_ROUNDS; ++round) {
        for (std::size_t c = 0; c < component.size(); ++c) {
            if (!moved[c]) continue;
            const Technician& technician = day.technicians[static_cast<std::size_t>(component[c])];
            if (!time_route(day, technician, plan.route(component[c]).jobs(), releases[c], starts[c]).fits) return false;
            moved[c] = 0;
        }
        bool still = true;
        const auto start = [&](int job) { return starts[at[job].first][at[job].second]; };
        const auto raise = [&](int job, Seconds earliest) {
            if (start(job) >= earliest) return;
            Seconds& release = releases[at[job].first][at[job].second];
            release = std::max(release, earliest);
            moved[at[job].first] = 1;
            still = false;
        };
        for (const int index : ties) {
            const Tie& tie = tie_at(day, index);
            if (tie.kind == TieKind::same_time) {
                Seconds latest = 0;
                for (const int job : tie.jobs)
                    if (at.contains(job)) latest = std::max(latest, start(job));
                for (const int job : tie.jobs)
                    if (at.contains(job)) raise(job, latest - tie.gap);
            } else {
                int before = NOBODY;
                for (const int job : tie.jobs) {
                    if (!at.contains(job)) continue;
                    if (before != NOBODY)
                        raise(job, start(before) + day.jobs[static_cast<std::size_t>(before)].service + tie.gap);
                    before = job;
                }
            }
        }
        if (!still) continue;
        for (std::size_t c = 0; c < component.size(); ++c) {
            const auto had = plan.route(component[c]).releases();
            const bool waits = std::any_of(releases[c].begin(), releases[c].end(), [](Seconds s) { return s > 0; });
            if (waits || !had.empty()) plan.wait(component[c], waits ? std::move(releases[c]) : std::vector<Seconds>{});
        }
        return plan.fits();
    }
    return false;
}

}  // namespace doorstep
