#include "pool.hpp"

#include <algorithm>

#include "random.hpp"

namespace doorstep {

Pool::Pool(const Day& day) : day_(&day), keys_(day.jobs.size()) {
    Random random(0);
    for (auto& key : keys_) key = random.next();
}

void Pool::add(const Route& route) {
    if (route.empty()) return;
    const int kind = day_->technicians[static_cast<std::size_t>(route.technician())].kind;
    std::uint64_t key = static_cast<std::uint64_t>(kind) * 0x9E3779B97F4A7C15U;
    for (const int job : route.jobs()) {
        if (!day_->ties_of[static_cast<std::size_t>(job)].empty()) return;
        key += keys_[static_cast<std::size_t>(job)];
    }
    if (routes_.size() >= MOST) routes_.clear();  // what was good long ago is the least likely to be chosen
    PooledRoute& pooled = routes_[key];
    if (!pooled.jobs.empty() && pooled.price <= route.price()) return;
    pooled = {kind, route.price(), {route.jobs().begin(), route.jobs().end()}};
}

void Pool::add(const Plan& plan) {
    for (int k = 0; k < day_->count_technicians(); ++k) add(plan.route(k));
}

void Pool::take(Pool& other) {
    for (auto& [key, route] : other.routes_) {
        const auto found = routes_.find(key);
        if (found != routes_.end() && found->second.price <= route.price) continue;
        if (routes_.size() >= MOST) routes_.clear();
        routes_[key] = std::move(route);
    }
    other.routes_.clear();
}

std::vector<PooledRoute> Pool::routes() const {
    std::vector<PooledRoute> all;
    all.reserve(routes_.size());
    for (const auto& [key, route] : routes_) all.push_back(route);
    std::sort(all.begin(), all.end(), [](const PooledRoute& one, const PooledRoute& other) {
        return one.kind != other.kind ? one.kind < other.kind : one.jobs < other.jobs;
    });
    return all;
}

}  // namespace doorstep
