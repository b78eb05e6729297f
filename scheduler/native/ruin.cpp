#include "ruin.hpp"

#include <algorithm>

#include "ties.hpp"

namespace doorstep {
namespace {

constexpr double REMOVED = 15;  // jobs, on average
constexpr int LONGEST_STRING = 10;
constexpr double SPLIT = 0.5;
constexpr double LONGER_GAP = 0.01;
constexpr double SEED_UNSERVED = 0.3;
// Whole routes, for who goes where changes only if routes are built anew; seldom where they are long.
constexpr double WHOLE_ROUTES = 0.3, WHOLE_BY_LENGTH = 3;
constexpr std::uint64_t RUINS_A_MEAN = 64;  // between two looks at how many jobs a route has: it changes slowly
constexpr int MOST_WHOLE = 40;

}  // namespace

Ruin::Ruin(const Day& day, std::vector<int> technicians)
    : day_(&day), technicians_(std::move(technicians)), mine_(day.technicians.size(), 0),
      ruined_(day.technicians.size(), 0) {
    for (const int k : technicians_) mine_[static_cast<std::size_t>(k)] = 1;
}

bool Ruin::operator()(Plan& plan, std::vector<int>& removed, Random& random) {
    ++ruins_;
    const int from = seed(plan, random);
    if (from == NOBODY) return true;
    look_at_lengths(plan);
    if (random.chance(std::min(WHOLE_ROUTES, WHOLE_BY_LENGTH / mean_))) routes(plan, from, removed, random);
    else strings(plan, from, removed, random);
    return take_dependents(plan, removed) && plan.fits();
}

// How many jobs a route has on average, at least 1.
void Ruin::look_at_lengths(const Plan& plan) {
    if (ruins_ % RUINS_A_MEAN != 1) return;
    int used = 0, jobs = 0;
    for (const int k : technicians_) {
        used += !plan.route(k).empty();
        jobs += plan.route(k).size();
    }
    mean_ = used ? std::max(1.0, static_cast<double>(jobs) / used) : 1;
}

int Ruin::seed(const Plan& plan, Random& random) const {
    const auto unserved = plan.unserved();
    if (!unserved.empty() && random.chance(SEED_UNSERVED))
        return unserved[static_cast<std::size_t>(random.below(static_cast<int>(unserved.size())))];
    for (int tries = 0; tries < 20; ++tries) {
        const int k = technicians_[static_cast<std::size_t>(random.below(static_cast<int>(technicians_.size())))];
        const Route& route = plan.route(k);
        if (route.empty()) continue;
        return route.job(random.below(route.size()));
    }
    return unserved.empty() ? NOBODY : unserved[static_cast<std::size_t>(random.below(static_cast<int>(unserved.size())))];
}

// Whether the two technicians may take each other's job, for a hole that nobody else's work fits is of no use.
bool Ruin::may_swap(int technician, int job, int other, int others_job) const {
    return day_->may(technician, others_job) && (other == NOBODY || day_->may(other, job));
}

void Ruin::strings(Plan& plan, int seed, std::vector<int>& removed, Random& random) {
    const double longest = std::min<double>(LONGEST_STRING, mean_);
    const double most = 4 * REMOVED / (1 + longest) - 1;
    int left = static_cast<int>(random.unit() * most + 1);
    const int home = plan.technician_of(seed);
    const auto ruin_at = [&](int job) {
        const int k = plan.technician_of(job);
        if (!mine(k) || ruined_[static_cast<std::size_t>(k)] == ruins_ || !may_swap(k, job, home, seed)) return;
        const double most_here = std::min<double>(plan.route(k).size(), longest);
        take_string(plan, k, job, static_cast<int>(random.unit() * most_here + 1), removed, random);
        ruined_[static_cast<std::size_t>(k)] = ruins_;
        --left;
    };
    ruin_at(seed);
    for (const int job : day_->near[static_cast<std::size_t>(seed)]) {
        if (left <= 0) return;
        ruin_at(job);
    }
}

void Ruin::routes(Plan& plan, int seed, std::vector<int>& removed, Random& random) {
    int left = 2 + random.below(2);
    const int home = plan.technician_of(seed);
    const auto ruin_at = [&](int job) {
        const int k = plan.technician_of(job);
        if (!mine(k) || ruined_[static_cast<std::size_t>(k)] == ruins_ || !may_swap(k, job, home, seed)) return;
        ruined_[static_cast<std::size_t>(k)] = ruins_;
        --left;
        const int size = plan.route(k).size();
        if (static_cast<int>(removed.size()) + size <= MOST_WHOLE) take(plan, k, 0, size, removed);
        else take_string(plan, k, job, std::min(size, LONGEST_STRING), removed, random);
    };
    ruin_at(seed);
    for (const int job : day_->near[static_cast<std::size_t>(seed)]) {
        if (left <= 0) return;
        ruin_at(job);
    }
}

void Ruin::take_string(Plan& plan, int technician, int job, int length, std::vector<int>& removed, Random& random) {
    const Route& route = plan.route(technician);
    const int pinned = route.pinned(), size = route.size(), at = route.index_of(job);
    if (at < pinned) return;
    length = std::min(length, size - pinned);
    int spared = 0;
    if (length > 1 && length < size - pinned && random.chance(SPLIT))
        do ++spared;
        while (length + spared < size - pinned && random.chance(LONGER_GAP));
    const int whole = length + spared;
    const int lowest = std::max(pinned, at - whole + 1), highest = std::min(at, size - whole);
    const int first = lowest + random.below(highest - lowest + 1);
    if (spared == 0) {
        take(plan, technician, first, length, removed);
        return;
    }
    const int head = 1 + random.below(length - 1 > 0 ? length - 1 : 1);
    take(plan, technician, first + head + spared, length - head, removed);
    take(plan, technician, first, head, removed);
}

void Ruin::take(Plan& plan, int technician, int first, int count, std::vector<int>& removed) {
    if (count <= 0) return;
    const Route& route = plan.route(technician);
    for (int index = first; index < first + count; ++index) removed.push_back(route.job(index));
    plan.remove(technician, first, count);
}

// A job goes with those that can't be served without it, and the times of the rest are found anew.
bool Ruin::take_dependents(Plan& plan, std::vector<int>& removed) {
    if (day_->ties.empty()) return true;
    std::vector<int> technicians(plan.touched().begin(), plan.touched().end());
    for (std::size_t i = 0; i < removed.size(); ++i)
        for (const int job : dependents(*day_, removed[i])) {
            const int k = plan.technician_of(job);
            if (k == NOBODY) continue;
            const int index = plan.route(k).index_of(job);
            if (!mine(k) || index < plan.route(k).pinned()) return false;
            take(plan, k, index, 1, removed);
            technicians.push_back(k);
        }
    if (!day_->has_timed) return true;
    for (const int removed_job : removed)  // who waited for it need not any more
        for (const int index : day_->ties_of[static_cast<std::size_t>(removed_job)])
            for (const int other : day_->ties[static_cast<std::size_t>(index)].jobs)
                if (mine(plan.technician_of(other))) technicians.push_back(plan.technician_of(other));
    std::sort(technicians.begin(), technicians.end());
    technicians.erase(std::unique(technicians.begin(), technicians.end()), technicians.end());
    return plan.fits() && settle(plan, technicians);
}

}  // namespace doorstep
