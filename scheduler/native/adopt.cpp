#include "adopt.hpp"

#include <algorithm>

#include "ties.hpp"

namespace doorstep {
namespace {

// Whether the route may be driven as it stands: by someone who may, with what the vehicle carries, pins in place.
bool keeps_rules(const Day& day, int technician, const std::vector<int>& order) {
    std::int64_t load = 0;
    for (std::size_t index = 0; index < order.size(); ++index) {
        const Job& job = day.jobs[static_cast<std::size_t>(order[index])];
        load += job.load;
        if (!day.may(technician, order[index])) return false;
        if (job.position != NOBODY && job.position != static_cast<int>(index)) return false;
    }
    return load <= day.technicians[static_cast<std::size_t>(technician)].capacity;
}

// Whether every tie is kept but for times.
bool keeps_ties(const Plan& plan) {
    for (const Tie& tie : plan.day().ties) {
        int served = 0;
        int last_index = -1, technician = NOBODY;
        bool missing = false;
        for (const int job : tie.jobs) {
            const int theirs = plan.technician_of(job);
            if (theirs == NOBODY) {
                missing = true;
                continue;
            }
            if (theirs >= plan.day().count_technicians()) continue;
            if (missing && tie.ordered()) return false;
            ++served;
            if (tie.kind == TieKind::sequence || tie.kind == TieKind::same_technician) {
                if (technician != NOBODY && technician != theirs) return false;
                technician = theirs;
            }
            if (tie.kind == TieKind::sequence) {
                const int index = plan.route(theirs).index_of(job);
                if (index < last_index) return false;
                last_index = index;
            }
        }
        if (tie.kind == TieKind::same_time && missing && served > 0) return false;
    }
    return true;
}

}  // namespace

bool adopt(Plan& plan, const Orders& orders) {
    std::vector<int> differing;
    for (int k = 0; k < plan.day().count_technicians(); ++k) {
        const auto jobs = plan.route(k).jobs();
        const auto& order = orders[static_cast<std::size_t>(k)];
        if (std::equal(jobs.begin(), jobs.end(), order.begin(), order.end())) continue;
        if (!keeps_rules(plan.day(), k, order)) return false;
        differing.push_back(k);
    }
    for (const int k : differing) plan.assign(k, {});
    for (const int k : differing) plan.assign(k, orders[static_cast<std::size_t>(k)]);
    bool fits = plan.fits() && (plan.day().ties.empty() || keeps_ties(plan));
    if (fits && plan.day().has_timed && !differing.empty()) fits = settle(plan, differing);
    if (fits) plan.keep();
    else plan.undo();
    return fits;
}

void adopt_what_fits(Plan& plan, const Orders& orders) {
    if (adopt(plan, orders)) return;
    Orders some(orders.size());
    for (std::size_t k = 0; k < orders.size(); ++k) {
        some[k] = orders[k];
        if (!adopt(plan, some)) some[k].clear();
    }
}

}  // namespace doorstep
