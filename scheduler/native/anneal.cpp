#include "anneal.hpp"

#include <algorithm>
#include <cmath>

namespace doorstep {
namespace {

constexpr int STEPS_A_GLANCE = 16;           // between two looks at the clock
// Jobs left out that are tried again in one step. Few: most find no place in any route, and to learn that of 40
// took longer than all the rest of the step.
constexpr std::size_t MOST_UNSERVED = 5;
constexpr double CHEAP_AT_FIRST = 0.1;  // the weight of what is left out when the search begins
constexpr double FULL_WEIGHT_AT = 0.6;  // the progress at which it counts in full

constexpr double NEARLY_BEST = 1.02;         // of the best cost: up to here an improved plan's routes are pooled

}  // namespace

void Best::touched(std::span<const int> technicians) {
    for (const int k : technicians)
        if (!dirty_[static_cast<std::size_t>(k)]) {
            dirty_[static_cast<std::size_t>(k)] = 1;
            dirty_list_.push_back(k);
        }
}

void Best::take(const Plan& plan) {
    for (const int k : dirty_list_) {
        const auto jobs = plan.route(k).jobs();
        orders_[static_cast<std::size_t>(k)].assign(jobs.begin(), jobs.end());
        dirty_[static_cast<std::size_t>(k)] = 0;
    }
    dirty_list_.clear();
    cost_ = plan.cost();
}

Annealer::Annealer(const Day& day, const std::vector<int>& technicians, std::uint64_t seed)
    : ruin_(day, technicians), recreate_(day, technicians), random_(seed) {}

// How much worse the next plan may be, drawn before it is there.
Bound Annealer::draw(Price routes, Price penalty, double temperature, double progress) {
    const double weight = std::min(1.0, CHEAP_AT_FIRST + (1 - CHEAP_AT_FIRST) * progress / FULL_WEIGHT_AT);
    return {routes, penalty, weight, -temperature * std::log(random_.unit())};
}

Outcome Annealer::run(Plan& plan, const Progress& progress, double until, Heat heat, const std::atomic<bool>& stop,
                     Pool& pool) {
    Outcome outcome;
    recreate_.forget();
    plan.keep();
    steps_ = 0;
    Best best(plan);
    double now = progress.at(steps_), temperature = heat.first;
    Price routes = plan.routes_price(), penalty = plan.penalty();
    for (; now < until; ++steps_) {
        if (steps_ % STEPS_A_GLANCE == 0) {
            if (stop.load(std::memory_order_relaxed)) break;
            now = progress.at(steps_);
            temperature = heat.first * std::pow(heat.last / heat.first, std::clamp(now, 0.0, 1.0));
        }
        removed_.clear();
        const bool drivable = ruin_(plan, removed_, random_);
        if (!drivable) {
            plan.undo();
            continue;
        }
        const auto unserved = plan.unserved();
        if (unserved.size() > removed_.size()) {  // besides what was just removed, others wait
            std::vector<int>& jobs = removed_;
            if (unserved.size() <= MOST_UNSERVED + jobs.size()) jobs.assign(unserved.begin(), unserved.end());
            else
                for (std::size_t i = 0; i < MOST_UNSERVED; ++i)
                    jobs.push_back(unserved[static_cast<std::size_t>(random_.below(static_cast<int>(unserved.size())))]);
        }
        const Bound bound = draw(routes, penalty, temperature, now);
        if (!recreate_(plan, removed_, random_, bound) || !bound.keeps(plan.routes_price(), plan.penalty())) {
            plan.undo();
            continue;
        }
        best.touched(plan.touched());
        const Price before = routes + penalty;
        if (plan.cost() < before && static_cast<double>(plan.cost()) < NEARLY_BEST * static_cast<double>(best.cost()))
            for (const int k : plan.touched()) pool.add(plan.route(k));
        plan.keep();
        routes = plan.routes_price();
        penalty = plan.penalty();
        if (routes + penalty < best.cost()) {
            best.take(plan);
        }
    }
    outcome.best = best.orders();
    outcome.best_cost = best.cost();
    return outcome;
}

}  // namespace doorstep
