#include "pool.hpp"

#include <algorithm>

#include "random.hpp"

namespace doorstep {

std::vector<std::uint64_t> job_keys(const Day& day) {
    Random random(0);
    std::vector<std::uint64_t> keys(day.jobs.size());
    for (auto& key : keys) key = random.next();
    return keys;
}

void Pool::add(const Plan& plan, const std::vector<std::uint64_t>& job_keys) {
    const Day& day = plan.day();
    for (int k = 0; k < day.count_technicians(); ++k) {
        const Route& route = plan.route(k);
        if (route.empty()) continue;
        std::uint64_t key = static_cast<std::uint64_t>(k) * 0x9E3779B97F4A7C15U;
        bool tied = false;
        for (const int job : route.jobs()) {
            key += job_keys[static_cast<std::size_t>(job)];
            tied = tied || !day.ties_of[static_cast<std::size_t>(job)].empty();
        }
        if (tied || (routes_.size() >= MOST && !routes_.contains(key))) continue;
        PooledRoute& pooled = routes_[key];
        if (!pooled.jobs.empty() && pooled.price <= route.price()) continue;
        pooled = {k, route.price(), {route.jobs().begin(), route.jobs().end()}};
    }
}

std::vector<PooledRoute> Pool::routes() const {
    std::vector<PooledRoute> all;
    all.reserve(routes_.size());
    for (const auto& [key, route] : routes_) all.push_back(route);
    std::sort(all.begin(), all.end(), [](const PooledRoute& one, const PooledRoute& other) {
        return one.technician != other.technician ? one.technician < other.technician : one.jobs < other.jobs;
    });
    return all;
}

}  // namespace doorstep
