#include "verdict.hpp"

#include <algorithm>
#include <cstdlib>

#include "adopt.hpp"
#include "labels.hpp"

namespace doorstep {
namespace {

// Who serves a job and when; nobody if it is left out.
struct Served {
    int technician = NOBODY;
    int index = -1;
    Seconds start = 0;
};

struct Sum {
    std::string wrong;
    Price cost = 0;
    std::vector<Served> served;  // by job
    std::int64_t most_worked = 0, least_worked = std::numeric_limits<std::int64_t>::max();
};

std::string job_name(int job) { return "job " + std::to_string(job); }

bool is_open(const Job& job, Seconds start) {
    return std::any_of(job.openings.begin(), job.openings.end(), [&](const Window& window) {
        return window.opens <= start && start <= window.closes;
    });
}

// Adds up one used route, whose services start at `starts`.
void add_route(const Day& day, const Route& route, std::span<const Seconds> starts, Seconds returns, Sum& sum) {
    const int k = route.technician();
    const Technician& technician = day.technicians[static_cast<std::size_t>(k)];
    const Travel& travel = day.travel[static_cast<std::size_t>(technician.speed)];
    int place = technician.start;
    Seconds over = technician.begins;
    std::int64_t load = 0, worked = 0;
    sum.cost += day.prices.used;
    for (int i = 0; i < route.size(); ++i) {
        const int j = route.job(i);
        const Job& job = day.jobs[static_cast<std::size_t>(j)];
        const Seconds start = starts[static_cast<std::size_t>(i)];
        const Seconds lead = travel(place, job.place) + (place == job.place ? 0 : job.setup);
        if (!day.may(k, j)) sum.wrong = job_name(j) + " is served by somebody who may not";
        if (job.position != NOBODY && job.position != i) sum.wrong = job_name(j) + " is not at its pinned place";
        if (!is_open(job, start)) sum.wrong = job_name(j) + " starts outside its openings";
        if (start < over + lead) sum.wrong = job_name(j) + " starts before anybody is there";
        sum.cost += day.drive_price(technician.speed, place, job.place) + day.disliked(k, j) +
                    job.late_price * std::max(0, start - job.due);
        sum.served[static_cast<std::size_t>(j)] = {k, i, start};
        load += job.load;
        worked += lead + job.service;
        over = start + job.service;
        place = job.place;
    }
    const Seconds home = travel(place, technician.end);
    if (load > technician.capacity) sum.wrong = "technician " + std::to_string(k) + " carries too much";
    if (returns < over + home || returns > technician.latest)
        sum.wrong = "technician " + std::to_string(k) + " comes home at an impossible time";
    sum.cost += day.drive_price(technician.speed, place, technician.end) +
                day.prices.overtime * std::max(0, returns - technician.ends);
    sum.most_worked = std::max(sum.most_worked, worked + home);
    sum.least_worked = std::min(sum.least_worked, worked + home);
}

bool is_kept(const Day& day, const Tie& tie, const Sum& sum) {
    std::vector<Served> served;
    std::vector<Seconds> over;
    bool missing = false;
    for (const int j : tie.jobs) {
        const Served& one = sum.served[static_cast<std::size_t>(j)];
        missing = missing || one.technician == NOBODY;
        if (one.technician == NOBODY) continue;
        if (missing && tie.ordered()) return false;
        served.push_back(one);
        over.push_back(one.start + day.jobs[static_cast<std::size_t>(j)].service);
    }
    if (tie.kind == TieKind::same_time && missing && !served.empty()) return false;
    for (std::size_t i = 1; i < served.size(); ++i) {
        const Served &before = served[i - 1], &now = served[i];
        const bool same = before.technician == now.technician;
        if ((tie.kind == TieKind::sequence || tie.kind == TieKind::same_technician) && !same) return false;
        if (tie.kind == TieKind::sequence && now.index < before.index) return false;
        if (tie.ordered() && now.start < over[i - 1] + tie.gap) return false;
        for (std::size_t other = 0; tie.kind == TieKind::same_time && other < i; ++other)
            if (std::abs(served[other].start - now.start) > tie.gap) return false;
    }
    return true;
}

}  // namespace

std::string wrong(const Day& day, const Found& found) {
    Plan plan(day);
    if (!adopt(plan, found.orders)) return "there are no times for these orders";
    if (plan.cost() != found.cost)
        return "it is said to cost " + std::to_string(found.cost) + ", and costs " + std::to_string(plan.cost());
    Sum sum;
    sum.served.resize(day.jobs.size());
    for (int k = 0; k < day.count_technicians(); ++k) {
        const Route& route = plan.route(k);
        if (route.empty()) continue;
        std::vector<Seconds> starts(static_cast<std::size_t>(route.size()));
        const Technician& technician = day.technicians[static_cast<std::size_t>(k)];
        const Timing timing = time_route(day, technician, route.jobs(), route.releases(), starts);
        if (!timing.fits) return "technician " + std::to_string(k) + "'s route can't be timed";
        add_route(day, route, starts, timing.returns, sum);
    }
    for (int j = 0; j < day.count_jobs(); ++j)
        if (sum.served[static_cast<std::size_t>(j)].technician == NOBODY)
            sum.cost += day.jobs[static_cast<std::size_t>(j)].penalty();
    if (sum.most_worked > 0) sum.cost += day.prices.imbalance * (sum.most_worked - sum.least_worked);
    for (const Tie& tie : day.ties)
        if (!is_kept(day, tie, sum)) return "a tie of " + job_name(tie.jobs.front()) + " is broken";
    if (!sum.wrong.empty()) return sum.wrong;
    if (sum.cost == found.cost) return "";
    return "it is said to cost " + std::to_string(found.cost) + ", and its parts sum to " + std::to_string(sum.cost);
}

}  // namespace doorstep
