#include "recreate.hpp"

#include <algorithm>
#include <tuple>

#include "ties.hpp"

namespace doorstep {
namespace {

constexpr double BLINK = 0.01;
constexpr double DEAREST_FIRST = 0.5;  // while something is left out
constexpr std::size_t ALL_OF_FEW = 16;   // so many routes are all tried for a job
constexpr std::size_t MOST_ROUTES = 10;  // of more, the nearest: further ones take more time than they are worth
constexpr int TURNS = 64;                // of one job with the same nearest routes
constexpr std::size_t MOST_TRIES_TIED = 12;  // places tried for a job whose times depend on others
constexpr int MOST_TRIES_TOGETHER = 24;      // for jobs that are served all or none

enum class By { chance, service, far, close, width, start, fewest };
constexpr By DRAWN[] = {By::chance, By::chance,  By::chance, By::chance, By::service, By::service,
                        By::service, By::service, By::far,    By::far,    By::close,   By::width,
                        By::width,  By::start,   By::start,  By::fewest, By::fewest};

}  // namespace

Recreate::Recreate(const Day& day, const std::vector<int>& technicians)
    : day_(&day), mine_(day.technicians.size(), 0), may_(day.jobs.size()), places_(day, technicians),
      of_kind_(day.technicians.size()), seen_(day.technicians.size(), 0),
      nearest_(day.jobs.size()) {
    for (const int k : technicians) {
        mine_[static_cast<std::size_t>(k)] = 1;
        of_kind_[static_cast<std::size_t>(day.technicians[static_cast<std::size_t>(k)].kind)].push_back(k);
    }
    std::erase_if(of_kind_, [](const auto& kind) { return kind.empty(); });
}

const std::vector<int>& Recreate::may(int job) {
    auto& known = may_[static_cast<std::size_t>(job)];
    if (!known) {
        known.emplace();
        for (const int k : day_->able_of[static_cast<std::size_t>(job)])
            if (mine_[static_cast<std::size_t>(k)]) known->push_back(k);
    }
    return *known;
}

bool Recreate::operator()(Plan& plan, std::vector<int>& jobs, Random& random, const Bound& bound) {
    sort(plan, jobs, random);
    return put_in_all(plan, jobs, &random, &bound);
}

void Recreate::forget() {
    places_.forget();
    nearest_.assign(nearest_.size(), {});
}

void Recreate::in_order(Plan& plan, const std::vector<int>& jobs) { put_in_all(plan, jobs, nullptr, nullptr); }

void Recreate::sort(const Plan& plan, std::vector<int>& jobs, Random& random) {
    By by = DRAWN[random.below(static_cast<int>(std::size(DRAWN)))];
    const bool dearest_first = !plan.unserved().empty() && random.chance(DEAREST_FIRST);
    keys_.clear();
    for (const int j : jobs) {
        const Job& job = day_->jobs[static_cast<std::size_t>(j)];
        const auto& may = this->may(j);
        double key = 0;
        switch (by) {
            case By::chance: key = random.unit(); break;
            case By::service: key = -job.service; break;
            case By::far:
            case By::close: {
                const int start = may.empty() ? job.place : day_->technicians[static_cast<std::size_t>(may.front())].start;
                const double drive = static_cast<double>(day_->drive_price(0, start, job.place));
                key = by == By::far ? -drive : drive;
                break;
            }
            case By::width:
                for (const Window& window : job.openings) key += window.closes - window.opens;
                break;
            case By::start: key = job.openings.empty() ? 0 : job.openings.front().opens; break;
            case By::fewest: key = static_cast<double>(may.size()); break;
        }
        keys_.emplace_back(dearest_first ? -job.penalty() : 0, key, j);
    }
    std::sort(keys_.begin(), keys_.end());
    for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i] = std::get<int>(keys_[i]);
    if (day_->order_matters)  // pinned places are filled from the front
        std::stable_sort(jobs.begin(), jobs.end(), [&](int one, int other) {
            const auto position = [&](int j) {
                const int pinned = day_->jobs[static_cast<std::size_t>(j)].position;
                return pinned == NOBODY ? day_->count_jobs() : pinned;
            };
            return position(one) < position(other);
        });
}

bool Recreate::put_in_all(Plan& plan, const std::vector<int>& jobs, Random* random, const Bound* bound) {
    find_idle(plan);
    // A job put in never makes the rest cheaper, so what is dear by now stays so; only ties and imbalance may
    // turn it.
    const bool may_give_up = bound && day_->ties.empty() && day_->prices.imbalance == 0;
    Price to_come = 0;
    if (may_give_up)
        for (const int job : jobs) to_come += day_->jobs[static_cast<std::size_t>(job)].penalty();
    for (const int job : jobs) {
        if (!plan.serves(job)) put_in(plan, job, random);
        if (!may_give_up) continue;
        to_come -= day_->jobs[static_cast<std::size_t>(job)].penalty();
        if (!bound->keeps(plan.routes_price(), plan.penalty() - to_come)) return false;
    }
    if (day_->ties.empty()) return true;
    // A job that waited for one behind it in the order gets another chance.
    for (bool again = true; again;) {
        again = false;
        for (const int job : jobs)
            if (!plan.serves(job) && !day_->ties_of[static_cast<std::size_t>(job)].empty() && put_in(plan, job, random))
                again = true;
    }
    return true;
}

// Of technicians who are the same in every respect one with nothing to do will do.
void Recreate::find_idle(const Plan& plan) {
    idle_.clear();
    for (auto& kind : of_kind_) {
        if (!plan.route(kind.front()).empty()) {
            const auto idle = std::find_if(kind.begin(), kind.end(), [&](int k) { return plan.route(k).empty(); });
            if (idle == kind.end()) continue;
            std::swap(kind.front(), *idle);
        }
        idle_.push_back(kind.front());
    }
}

// The routes to try but for those that this step has changed: all of a few, else the nearest; and who is idle.
void Recreate::find_candidates(const Plan& plan, int job, bool anew) {
    candidates_.clear();
    const auto add = [&](int k) {
        if (plan.is_touched(k)) return;
        places_.coming(job, k);
        candidates_.push_back(k);
    };
    const auto& may = this->may(job);
    for (const int k : may.size() <= ALL_OF_FEW ? may : nearest(plan, job, anew))
        if (!plan.route(k).empty()) add(k);
    for (const int k : idle_)
        if (day_->may(k, job)) add(k);
}

const std::vector<int>& Recreate::nearest(const Plan& plan, int job, bool anew) {
    Nearest& known = nearest_[static_cast<std::size_t>(job)];
    if (!anew && --known.turns >= 0) return known.technicians;
    known.turns = TURNS;
    known.technicians.clear();
    ++searches_;
    for (const int other : day_->near[static_cast<std::size_t>(job)]) {
        const int k = plan.technician_of(other);
        if (!is_mine(k) || seen_[static_cast<std::size_t>(k)] == searches_) continue;
        seen_[static_cast<std::size_t>(k)] = searches_;
        if (day_->may(k, job)) known.technicians.push_back(k);
        if (known.technicians.size() == MOST_ROUTES) break;
    }
    return known.technicians;
}

bool Recreate::worth(int job, Price price) const {
    return price < day_->jobs[static_cast<std::size_t>(job)].penalty();
}

bool Recreate::put_in(Plan& plan, int job, Random* random) {
    if (!day_->ties_of[static_cast<std::size_t>(job)].empty()) return put_in_tied(plan, job, random);
    Candidate best{NO_PRICE, NOBODY, -1};
    const auto try_place = [&](int k, const Place& found) {
        if (!found.found() || found.price >= best.price) return;
        if (random && random->chance(BLINK)) return;
        Price price = found.price;
        if (day_->prices.imbalance != 0)
            price += plan.imbalance_rise(k, day_->jobs[static_cast<std::size_t>(job)].service + found.price);
        if (price < best.price) best = {price, k, found.index};
    };
    find_candidates(plan, job, random == nullptr);  // a first plan's routes change all the time
    for (const int k : candidates_) try_place(k, places_.best(*day_, plan.route(k), job));
    // Routes that this step has changed come last, as there the best price so far spares much; their places are not
    // worth remembering, as few of these routes will be kept.
    for (const int k : plan.touched())
        if (is_mine(k) && day_->may(k, job) && (!plan.route(k).empty() || is_idle(k)))
            try_place(k, best_place(*day_, plan.route(k), job, best.price));
    if (best.technician == NOBODY || !worth(job, best.price)) return false;
    if (plan.route(best.technician).coupled()) {
        if (place(plan, job, best, false)) return true;
        return put_in_tied(plan, job, random);
    }
    const bool was_idle = plan.route(best.technician).empty();
    plan.insert(best.technician, best.index, job);
    if (was_idle) find_idle(plan);
    return true;
}

bool Recreate::put_in_tied(Plan& plan, int job, Random* random) {
    const std::vector<int> group = companions(*day_, job);
    if (group.size() > 1) {
        int tries = MOST_TRIES_TOGETHER;
        return put_in_together(plan, group, 0, tries);
    }
    std::vector<Candidate> all = candidates(plan, job, {});
    const std::size_t tries = std::min(all.size(), MOST_TRIES_TIED);
    for (std::size_t i = 0; i < tries; ++i) {
        if (random && random->chance(BLINK)) continue;
        if (!worth(job, all[i].price)) return false;
        if (place(plan, job, all[i], false)) return true;
    }
    return false;
}

bool Recreate::put_in_together(Plan& plan, const std::vector<int>& group, std::size_t next, int& tries) {
    if (next == group.size()) return true;
    for (const Candidate& candidate : candidates(plan, group[next], group)) {
        if (--tries < 0) return false;
        std::vector<Route> before;
        for (const int k : coupled_with(plan, tied_technicians(plan, group[next], candidate.technician)))
            before.push_back(plan.route(k));
        if (place(plan, group[next], candidate, true)) {
            if (put_in_together(plan, group, next + 1, tries)) return true;
            plan.remove(candidate.technician, plan.route(candidate.technician).index_of(group[next]), 1);
            plan.restore(before);
        }
    }
    return false;
}

std::vector<Recreate::Candidate> Recreate::candidates(const Plan& plan, int job, const std::vector<int>& coming) {
    std::vector<Candidate> all;
    const Leeway way = leeway(plan, job, coming);
    if (!way.possible) return all;
    for (const int k : may(job)) {
        if (way.technician != NOBODY && way.technician != k) continue;
        const Range range = range_in(plan, plan.route(k), job);
        for (int index = range.first; index <= range.last; ++index) {
            const Price price = price_at(*day_, plan.route(k), job, index);
            if (price < NO_PRICE) all.push_back({price, k, index});
        }
    }
    std::sort(all.begin(), all.end(), [](const Candidate& one, const Candidate& other) {
        return std::tie(one.price, one.technician, one.index) < std::tie(other.price, other.technician, other.index);
    });
    return all;
}

// The technicians whose times the job touches if this one serves it.
std::vector<int> Recreate::tied_technicians(const Plan& plan, int job, int technician) const {
    std::vector<int> technicians{technician};
    for (const int index : day_->ties_of[static_cast<std::size_t>(job)]) {
        const Tie& tie = day_->ties[static_cast<std::size_t>(index)];
        if (!tie.timed()) continue;
        for (const int other : tie.jobs) {
            const int k = plan.technician_of(other);
            if (k != NOBODY && std::find(technicians.begin(), technicians.end(), k) == technicians.end())
                technicians.push_back(k);
        }
    }
    return technicians;
}

// Puts the job there if all times that depend on it can be kept and the whole rise is worth it.
bool Recreate::place(Plan& plan, int job, const Candidate& candidate, bool at_any_price) {
    const bool timed = day_->timed[static_cast<std::size_t>(job)] || plan.route(candidate.technician).coupled();
    if (!timed) {
        plan.insert(candidate.technician, candidate.index, job);
        return true;
    }
    const Price before_price = plan.routes_price();
    const std::vector<int> technicians = tied_technicians(plan, job, candidate.technician);
    std::vector<Route> before;
    for (const int k : coupled_with(plan, technicians)) before.push_back(plan.route(k));
    plan.insert(candidate.technician, candidate.index, job);
    if (plan.route(candidate.technician).fits() && settle(plan, technicians) &&
        (at_any_price || worth(job, plan.routes_price() - before_price)))
        return true;
    plan.remove(candidate.technician, plan.route(candidate.technician).index_of(job), 1);
    plan.restore(before);
    return false;
}

}  // namespace doorstep
