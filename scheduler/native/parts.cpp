#include "parts.hpp"

#include <algorithm>
#include <numeric>

namespace doorstep {
namespace {

constexpr int MOST_IDLE_OF_A_KIND = 3;  // in a part; more of the same would find nothing else

// Where a route mostly is: at one of its jobs, or at its start if it has none.
int whereabouts(const Plan& plan, int technician) {
    const Route& route = plan.route(technician);
    return route.place(route.empty() ? 0 : 1 + route.size() / 2);
}

// Technicians whose routes ties hold together, as groups.
std::vector<std::vector<int>> groups(const Plan& plan) {
    const Day& day = plan.day();
    std::vector<int> leader(day.technicians.size());
    std::iota(leader.begin(), leader.end(), 0);
    const auto find = [&](int k) {
        while (leader[static_cast<std::size_t>(k)] != k) k = leader[static_cast<std::size_t>(k)];
        return k;
    };
    std::vector<int> first_of(day.ties.empty() ? 0 : day.jobs.size(), NOBODY);  // by bundle
    for (std::size_t job = 0; job < first_of.size(); ++job) {
        const int k = plan.technician_of(static_cast<int>(job));
        if (k == NOBODY) continue;
        int& first = first_of[static_cast<std::size_t>(day.bundle[job])];
        if (first == NOBODY) first = k;
        leader[static_cast<std::size_t>(find(k))] = find(first);
    }
    std::vector<std::vector<int>> found;
    std::vector<int> group_of(day.technicians.size(), NOBODY);
    for (int k = 0; k < day.count_technicians(); ++k) {
        int& group = group_of[static_cast<std::size_t>(find(k))];
        if (group == NOBODY) {
            group = static_cast<int>(found.size());
            found.emplace_back();
        }
        found[static_cast<std::size_t>(group)].push_back(k);
    }
    return found;
}

using Groups = std::vector<std::vector<int>>;

void halve(const Plan& plan, Groups groups, int count, Random& random, std::vector<Groups>& parts) {
    if (count <= 1 || groups.size() < 2) {
        parts.push_back(std::move(groups));
        return;
    }
    const Day& day = plan.day();
    const auto drawn = [&] {
        const auto& group = groups[static_cast<std::size_t>(random.below(static_cast<int>(groups.size())))];
        return whereabouts(plan, group.front());
    };
    // Of a few draws the two that lie furthest apart.
    int from = drawn(), to = drawn();
    for (int draw = 0; draw < 3; ++draw) {
        const int other = drawn();
        if (day.drive_price(0, from, other) > day.drive_price(0, from, to)) to = other;
    }
    std::vector<std::pair<Price, std::size_t>> order;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const int place = whereabouts(plan, groups[g].front());
        order.emplace_back(day.drive_price(0, from, place) - day.drive_price(0, to, place), g);
    }
    std::sort(order.begin(), order.end());
    std::size_t jobs = 0, so_far = 0;
    const auto size = [&](const std::vector<int>& group) {
        std::size_t sum = 1;
        for (const int k : group) sum += static_cast<std::size_t>(plan.route(k).size());
        return sum;
    };
    for (const auto& group : groups) jobs += size(group);
    const int left_count = count / 2;
    Groups left, right;
    for (const auto& [_, g] : order) {
        const bool to_left = so_far * static_cast<std::size_t>(count) < jobs * static_cast<std::size_t>(left_count);
        so_far += size(groups[g]);
        (to_left ? left : right).push_back(std::move(groups[g]));
    }
    halve(plan, std::move(left), left_count, random, parts);
    halve(plan, std::move(right), count - left_count, random, parts);
}

}  // namespace

std::vector<Part> cut(const Plan& plan, int count, Random& random) {
    const Day& day = plan.day();
    std::vector<Groups> cuts;
    halve(plan, groups(plan), count, random, cuts);
    std::vector<Part> parts(cuts.size());
    std::vector<int> part_of(day.technicians.size(), 0);
    for (std::size_t p = 0; p < cuts.size(); ++p) {
        std::vector<int> idle(day.technicians.size(), 0);  // by kind
        for (const auto& group : cuts[p])
            for (const int k : group) {
                part_of[static_cast<std::size_t>(k)] = static_cast<int>(p);
                const int kind = day.technicians[static_cast<std::size_t>(k)].kind;
                if (plan.route(k).empty() && ++idle[static_cast<std::size_t>(kind)] > MOST_IDLE_OF_A_KIND) continue;
                parts[p].technicians.push_back(k);
            }
    }
    std::vector<int> part_of_bundle;  // tied jobs go where those they are tied to are served
    if (!day.ties.empty()) {
        for (int job = 0; job < day.count_jobs(); ++job) part_of_bundle.push_back(random.below(static_cast<int>(parts.size())));
        for (int job = 0; job < day.count_jobs(); ++job)
            if (const int k = plan.technician_of(job); k != NOBODY)
                part_of_bundle[static_cast<std::size_t>(day.bundle[static_cast<std::size_t>(job)])] = part_of[static_cast<std::size_t>(k)];
    }
    for (const int job : plan.unserved()) {
        int part = NOBODY;
        const auto& able = day.able_of[static_cast<std::size_t>(job)];
        if (!part_of_bundle.empty()) part = part_of_bundle[static_cast<std::size_t>(day.bundle[static_cast<std::size_t>(job)])];
        else if (!able.empty())
            part = part_of[static_cast<std::size_t>(able[static_cast<std::size_t>(random.below(static_cast<int>(able.size())))])];
        if (part != NOBODY) parts[static_cast<std::size_t>(part)].unserved.push_back(job);
    }
    return parts;
}

Plan alone(const Plan& plan, const Part& part) {
    Plan small(plan.day());
    std::vector<std::uint8_t> inside(plan.day().jobs.size(), 0);
    for (const int job : part.unserved) inside[static_cast<std::size_t>(job)] = 1;
    std::vector<Route> routes;
    for (const int k : part.technicians) {
        routes.push_back(plan.route(k));
        for (const int job : plan.route(k).jobs()) inside[static_cast<std::size_t>(job)] = 1;
    }
    for (int job = 0; job < plan.day().count_jobs(); ++job)
        if (!inside[static_cast<std::size_t>(job)]) small.leave_out_of_part(job);
    small.restore(routes);
    small.keep();
    return small;
}

}  // namespace doorstep
