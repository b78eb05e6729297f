#include "route.hpp"

#include <algorithm>

#include "labels.hpp"
#include "timing.hpp"

namespace doorstep {

Route::Route(const Day& day, int technician)
    : technician_(technician), sets_(day.technicians[static_cast<std::size_t>(technician)].sets()) {
    assign(day, {});
}

int Route::index_of(int job) const {
    return static_cast<int>(std::find(jobs_.begin(), jobs_.end(), job) - jobs_.begin());
}

void Route::assign(const Day& day, std::span<const int> jobs) {
    const Technician& technician = day.technicians[static_cast<std::size_t>(technician_)];
    jobs_.clear();
    drive_ = others_ = 0;
    load_ = worked_ = 0;
    pinned_ = coupled_ = 0;
    for (const int job : jobs) {
        jobs_.push_back(job);
        count(day, job, 1);
    }
    const auto nodes = jobs.size() + 2;
    places_.assign(nodes, technician.start);
    places_.back() = technician.end;
    for (std::size_t i = 0; i < jobs.size(); ++i)
        places_[i + 1] = day.jobs[static_cast<std::size_t>(jobs[i])].place;
    edges_.assign(nodes, 0);
    releases_.clear();
    ready_.assign(nodes * static_cast<std::size_t>(sets_), NEVER);
    limit_.assign(nodes * static_cast<std::size_t>(sets_), TOO_LATE);
    ready_[0] = technician.begins;
    limit_.back() = technician.latest;
    settle(day, 1, size() + 1);
}

void Route::insert(const Day& day, int index, int job) {
    if (jobs_.empty() || !releases_.empty()) {
        std::vector<int> jobs(jobs_);
        jobs.insert(jobs.begin() + index, job);
        assign(day, jobs);
        return;
    }
    const auto node = static_cast<std::ptrdiff_t>(index) + 1;
    jobs_.insert(jobs_.begin() + index, job);
    places_.insert(places_.begin() + node, day.jobs[static_cast<std::size_t>(job)].place);
    edges_.insert(edges_.begin() + node, 0);
    ready_.insert(ready_.begin() + node * sets_, static_cast<std::size_t>(sets_), NEVER);
    limit_.insert(limit_.begin() + node * sets_, static_cast<std::size_t>(sets_), TOO_LATE);
    count(day, job, 1);
    settle(day, index + 1, index + 2);
}

void Route::erase(const Day& day, int first, int gone) {
    if (gone == size() || !releases_.empty()) {
        std::vector<int> jobs(jobs_);
        jobs.erase(jobs.begin() + first, jobs.begin() + first + gone);
        assign(day, jobs);
        return;
    }
    const auto node = static_cast<std::ptrdiff_t>(first) + 1;
    const std::ptrdiff_t end = node + gone;
    for (int i = first; i < first + gone; ++i) count(day, job(i), -1);
    for (auto i = node; i <= end; ++i) drive_ -= edges_[static_cast<std::size_t>(i)];
    for (auto i = node; i <= end; ++i) edges_[static_cast<std::size_t>(i)] = 0;
    jobs_.erase(jobs_.begin() + first, jobs_.begin() + first + gone);
    places_.erase(places_.begin() + node, places_.begin() + end);
    edges_.erase(edges_.begin() + node, edges_.begin() + end);
    ready_.erase(ready_.begin() + node * sets_, ready_.begin() + end * sets_);
    limit_.erase(limit_.begin() + node * sets_, limit_.begin() + end * sets_);
    settle(day, first + 1, first + 1);
}

void Route::wait(const Day& day, std::vector<Seconds> releases) {
    releases_ = std::move(releases);
    settle(day, 1, size() + 1);
}

// What a job adds apart from drives, its sign saying whether it comes or goes.
void Route::count(const Day& day, int job, int sign) {
    const Job& one = day.jobs[static_cast<std::size_t>(job)];
    others_ += sign * day.disliked(technician_, job);
    load_ += sign * one.load;
    coupled_ += sign * day.timed[static_cast<std::size_t>(job)];
}

// The seconds worked and the pinned places: walked through anew, as few days ask for them.
void Route::count_work(const Day& day) {
    const Technician& technician = day.technicians[static_cast<std::size_t>(technician_)];
    const Travel& travel = day.travel[static_cast<std::size_t>(technician.speed)];
    pinned_ = 0;
    worked_ = travel(place(size()), technician.end);
    for (int i = 0; i < size(); ++i) {
        const Job& one = day.jobs[static_cast<std::size_t>(job(i))];
        const int from = place(i);
        worked_ += travel(from, one.place) + one.service + (from == one.place ? 0 : one.setup);
        if (one.position != NOBODY) pinned_ = i + 1;
    }
}

// Prices the drives to the nodes first..last anew and adds up what the route costs and works.
void Route::settle(const Day& day, int first, int last) {
    const Technician& technician = day.technicians[static_cast<std::size_t>(technician_)];
    if (empty()) {
        used_ = drive_ = worked_ = time_price_ = 0;
        fits_ = true;
        pinned_ = 0;
        return;
    }
    used_ = day.prices.used;
    price_edges(day, first, last);
    forwards(day, first, last);
    backwards(day, last - 1, first - 1);
    if (day.order_matters) count_work(day);
    const Seconds returns = ready(size() + 1, technician.all_taken());
    fits_ = returns < NEVER;
    time_price_ = 0;
    if (fits_ && day.time_has_price) {
        const Timing timing = time_route(day, technician, jobs_, releases_);
        fits_ = timing.fits;
        time_price_ = timing.price;
    }
}

void Route::price_edges(const Day& day, int first, int last) {
    const Technician& technician = day.technicians[static_cast<std::size_t>(technician_)];
    for (int node = first; node <= last; ++node) {
        Price& edge = edges_[static_cast<std::size_t>(node)];
        drive_ -= edge;
        edge = day.drive_price(technician.speed, place(node - 1), place(node));
        drive_ += edge;
    }
}

// Earliest moments from `node` on; from `changed` it stops where nothing differs any more.
void Route::forwards(const Day& day, int node, int changed) {
    const Technician& technician = day.technicians[static_cast<std::size_t>(technician_)];
    for (; node <= size() + 1; ++node) {
        const bool home = node == size() + 1;
        const Job* job = home ? nullptr : &day.jobs[static_cast<std::size_t>(jobs_[static_cast<std::size_t>(node - 1)])];
        const int from = place(node - 1);
        const Seconds lead =
            home ? day.travel[static_cast<std::size_t>(technician.speed)](from, technician.end)
                 : day.lead(technician.speed, from, *job);
        const Seconds wait = home || releases_.empty() ? 0 : releases_[static_cast<std::size_t>(node - 1)];
        bool same = true;
        for (int set = 0; set < sets_; ++set) {
            Seconds best = NEVER;
            for (int taking = set;; taking = (taking - 1) & set) {  // every subset of `set`, the empty one last
                const Seconds arrival = arrive(technician, ready(node - 1, set & ~taking), lead, taking);
                if (arrival < NEVER) {
                    const Seconds start = home ? arrival : next_opening(*job, std::max(arrival, wait));
                    const Seconds over = home ? (start <= technician.latest ? start : NEVER)
                                              : (start < NEVER ? start + job->service : NEVER);
                    best = std::min(best, over);
                }
                if (taking == 0) break;
            }
            same = same && best == ready(node, set);
            ready_[at(node, set)] = best;
        }
        if (same && node >= changed) return;
    }
}

// Latest moments from `node` down to leaving; from `changed` it stops where nothing differs any more.
void Route::backwards(const Day& day, int node, int changed) {
    const Technician& technician = day.technicians[static_cast<std::size_t>(technician_)];
    for (; node >= 1; --node) {
        const Job& job = day.jobs[static_cast<std::size_t>(jobs_[static_cast<std::size_t>(node - 1)])];
        const bool home = node == size();
        const Seconds lead =
            home ? day.travel[static_cast<std::size_t>(technician.speed)](job.place, technician.end)
                 : day.lead(technician.speed, job.place,
                            day.jobs[static_cast<std::size_t>(jobs_[static_cast<std::size_t>(node)])]);
        bool same = true;
        for (int set = 0; set < sets_; ++set) {
            const int still = (sets_ - 1) & ~set;
            Seconds latest = TOO_LATE;
            for (int taking = still;; taking = (taking - 1) & still) {
                latest = std::max(latest, depart(technician, limit(node + 1, set | taking), lead, taking));
                if (taking == 0) break;
            }
            const Seconds best = last_opening(job, latest - job.service);
            same = same && best == limit(node, set);
            limit_[at(node, set)] = best;
        }
        if (same && node <= changed) return;
    }
}

}  // namespace doorstep
