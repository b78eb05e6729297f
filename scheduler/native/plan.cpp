#include "plan.hpp"

#include <algorithm>

namespace doorstep {
namespace {

// Nothing for a route that can't be driven: `fits` tells of it, and several NO_PRICE add up to more than there is.
Price charge(const Route& route) { return route.fits() ? route.price() : 0; }

}  // namespace

Plan::Plan(const Day& day)
    : day_(&day),
      technician_of_(day.jobs.size(), NOBODY),
      unserved_at_(day.jobs.size(), NOBODY),
      is_touched_(day.technicians.size(), 0) {
    routes_.reserve(day.technicians.size());
    for (int k = 0; k < day.count_technicians(); ++k) {
        routes_.emplace_back(day, k);
        routes_.back().version = ++versions_;
    }
    for (int j = 0; j < day.count_jobs(); ++j) mark_unserved(j);
    keep();
}

void Plan::insert(int technician, int index, int job) {
    touch(technician);
    Route& route = routes_[static_cast<std::size_t>(technician)];
    const Price before = charge(route);
    route.insert(*day_, index, job);
    mark_served(job, technician);
    changed(technician, before);
}

void Plan::remove(int technician, int first, int count) {
    touch(technician);
    Route& route = routes_[static_cast<std::size_t>(technician)];
    const Price before = charge(route);
    for (int index = first; index < first + count; ++index) mark_unserved(route.job(index));
    route.erase(*day_, first, count);
    changed(technician, before);
}

void Plan::assign(int technician, std::span<const int> jobs) {
    touch(technician);
    Route& route = routes_[static_cast<std::size_t>(technician)];
    const Price before = charge(route);
    for (const int job : route.jobs()) mark_unserved(job);
    route.assign(*day_, jobs);
    for (const int job : jobs) mark_served(job, technician);
    changed(technician, before);
}

void Plan::wait(int technician, std::vector<Seconds> releases) {
    touch(technician);
    Route& route = routes_[static_cast<std::size_t>(technician)];
    const Price before = charge(route);
    route.wait(*day_, std::move(releases));
    changed(technician, before);
}

void Plan::changed(int technician, Price before) {
    Route& route = routes_[static_cast<std::size_t>(technician)];
    routes_price_ += charge(route) - before;
    route.version = ++versions_;
}

void Plan::touch(int technician) {
    auto& mark = is_touched_[static_cast<std::size_t>(technician)];
    if (mark) return;
    mark = 1;
    const Route& route = routes_[static_cast<std::size_t>(technician)];
    if (saved_.size() <= touched_.size()) saved_.push_back(route);
    else saved_[touched_.size()] = route;
    touched_.push_back(technician);
}

void Plan::keep() {
    for (std::size_t i = 0; i < touched_.size(); ++i) {
        Route& route = routes_[static_cast<std::size_t>(touched_[i])];
        if (route.does_as(saved_[i])) route.version = saved_[i].version;  // what is remembered of it still holds
    }
    begin_anew();
}

void Plan::begin_anew() {
    for (const int technician : touched_) is_touched_[static_cast<std::size_t>(technician)] = 0;
    touched_.clear();
    kept_routes_price_ = routes_price_;
    kept_penalty_ = penalty_;
}

void Plan::undo() {
    for (const int technician : touched_)
        for (const int job : route(technician).jobs()) mark_unserved(job);
    for (std::size_t i = 0; i < touched_.size(); ++i) {
        Route& route = routes_[static_cast<std::size_t>(touched_[i])];
        std::swap(route, saved_[i]);
        for (const int job : route.jobs()) mark_served(job, touched_[i]);
    }
    routes_price_ = kept_routes_price_;
    penalty_ = kept_penalty_;
    begin_anew();
}

void Plan::restore(std::span<const Route> routes) {
    for (const Route& before : routes) {
        const Route& now = route(before.technician());
        for (const int job : now.jobs())
            if (technician_of(job) == before.technician()) mark_unserved(job);
        routes_price_ -= charge(now);
    }
    for (const Route& before : routes) {
        routes_[static_cast<std::size_t>(before.technician())] = before;
        versions_ = std::max(versions_, before.version);
        for (const int job : before.jobs()) mark_served(job, before.technician());
        routes_price_ += charge(before);
    }
}

void Plan::leave_out_of_part(int job) {
    mark_served(job, day_->count_technicians());
    kept_penalty_ = penalty_;
}

void Plan::mark_served(int job, int technician) {
    technician_of_[static_cast<std::size_t>(job)] = technician;
    int& at = unserved_at_[static_cast<std::size_t>(job)];
    if (at == NOBODY) return;
    penalty_ -= day_->jobs[static_cast<std::size_t>(job)].penalty();
    const int last = unserved_.back();
    unserved_[static_cast<std::size_t>(at)] = last;
    unserved_at_[static_cast<std::size_t>(last)] = at;
    unserved_.pop_back();
    at = NOBODY;
}

void Plan::mark_unserved(int job) {
    technician_of_[static_cast<std::size_t>(job)] = NOBODY;
    int& at = unserved_at_[static_cast<std::size_t>(job)];
    if (at != NOBODY) return;
    penalty_ += day_->jobs[static_cast<std::size_t>(job)].penalty();
    at = static_cast<int>(unserved_.size());
    unserved_.push_back(job);
}

bool Plan::fits() const {
    return std::all_of(touched_.begin(), touched_.end(), [&](int technician) { return route(technician).fits(); });
}

Price Plan::imbalance_price() const {
    if (day_->prices.imbalance == 0) return 0;
    std::int64_t most = 0, least = NO_PRICE;
    for (const Route& route : routes_) {
        if (route.empty()) continue;
        most = std::max(most, route.worked());
        least = std::min(least, route.worked());
    }
    return least == NO_PRICE ? 0 : (most - least) * day_->prices.imbalance;
}

Price Plan::imbalance_rise(int technician, std::int64_t more) const {
    if (day_->prices.imbalance == 0) return 0;
    std::int64_t most = 0, least = NO_PRICE;
    for (const Route& route : routes_) {
        if (route.empty() || route.technician() == technician) continue;
        most = std::max(most, route.worked());
        least = std::min(least, route.worked());
    }
    const std::int64_t worked = (route(technician).empty() ? 0 : route(technician).worked()) + more;
    const Price after = std::max(most, worked) - std::min(least, worked);
    return after * day_->prices.imbalance - imbalance_price();
}

Orders Plan::orders() const {
    Orders orders(routes_.size());
    for (const Route& route : routes_)
        orders[static_cast<std::size_t>(route.technician())].assign(route.jobs().begin(), route.jobs().end());
    return orders;
}

}  // namespace doorstep
