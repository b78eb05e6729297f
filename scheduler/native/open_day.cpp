#include "open_day.hpp"

#include <algorithm>
#include <tuple>

#include "labels.hpp"
#include "timing.hpp"

namespace doorstep {
namespace {

// A job between two nodes of a route, in the seconds up to its service and from the end of it.
struct Gap {
    int before, after;
    Seconds lead, onward;
};

Gap gap_between(const Day& day, const Route& route, const Job& job, int before, int after) {
    const int speed = day.technicians[static_cast<std::size_t>(route.technician())].speed;
    const int to = route.place(after);
    Seconds onward = day.travel[static_cast<std::size_t>(speed)](job.place, to);
    if (after <= route.size() && to != job.place)
        onward += day.jobs[static_cast<std::size_t>(route.job(after - 1))].setup;
    return {before, after, day.lead(speed, route.place(before), job), onward};
}

// What the drives between these nodes cost more with the job there instead of what is there now.
Price drive_rise(const Day& day, const Route& route, const Job& job, int before, int after) {
    const int speed = day.technicians[static_cast<std::size_t>(route.technician())].speed;
    Price rise = day.drive_price(speed, route.place(before), job.place);
    rise += day.drive_price(speed, job.place, route.place(after));
    for (int node = before + 1; node <= after; ++node) rise -= route.edge(node);
    return rise;
}

// The earliest that a job can start in a gap, and that its technician can be back; NEVER if it doesn't fit.
struct Reach {
    Seconds start = NEVER, returns = NEVER;
};

Seconds rest_left(const Technician& technician, int taken) {
    Seconds left = 0;
    for (std::size_t b = 0; b < technician.rests.size(); ++b)
        if (!(taken & (1 << b))) left += technician.rests[b].duration;
    return left;
}

// Whether the job fits is exact; that it is back by `returns` is not, as nobody waits on that way. `still` is the time
// from the node after the gap to the return.
Reach reach(const Technician& technician, const Route& route, const Job& job, const Gap& gap, Seconds still) {
    Reach best;
    const int all = technician.all_taken();
    for (int taken = 0; taken <= all; ++taken) {
        const Seconds ready = route.ready(gap.before, taken);
        if (ready >= NEVER) continue;
        const int left = all & ~taken;
        for (int here = left;; here = (here - 1) & left) {
            const Seconds start = next_opening(job, arrive(technician, ready, gap.lead, here));
            const Seconds over = start + job.service;
            const int after = left & ~here;
            bool fits = false;
            for (int next = after; start < NEVER && !fits; next = (next - 1) & after) {
                const Seconds reached = arrive(technician, over, gap.onward, next);
                fits = reached < NEVER && reached <= route.limit(gap.after, taken | here | next);
                if (next == 0) break;
            }
            if (fits) {
                best.start = std::min(best.start, start);
                best.returns = std::min(best.returns, over + gap.onward + still + rest_left(technician, taken | here));
            }
            if (here == 0) break;
        }
    }
    return best;
}

// Fewer breaks taken are never later, and more of them leave never less time: false only if it fits with none of them.
bool may_fit(const Technician& technician, const Route& route, const Job& job, const Gap& gap) {
    const Seconds start = next_opening(job, route.ready(gap.before, 0) + gap.lead);
    return start < NEVER && start + job.service + gap.onward <= route.limit(gap.after, technician.all_taken());
}

}  // namespace

// What it adds to imbalance that somebody works more. Kept ahead are the two who work most and the two who work least.
class OpenDay::Imbalance {
  public:
    Imbalance(std::span<const Route> routes, Price price) : price_(price) {
        if (price == 0) return;
        for (const Route& route : routes)
            if (!route.empty()) worked_.emplace_back(route.worked(), route.technician());
        std::sort(worked_.begin(), worked_.end());
    }

    Price rise(const Route& route, std::int64_t more) const {
        if (price_ == 0 || worked_.empty()) return 0;
        const auto now = worked_.back().first - worked_.front().first;
        const auto worked = route.worked() + more;
        auto first = worked_.begin(), last = worked_.end() - 1;
        if (first->second == route.technician()) ++first;
        else if (last->second == route.technician()) --last;
        if (first == worked_.end()) return 0;  // nobody else works
        return (std::max(last->first, worked) - std::min(first->first, worked) - now) * price_;
    }

  private:
    Price price_;
    std::vector<std::pair<std::int64_t, int>> worked_;
};

// A place where the job fits; `least` is no more than the price, and lateness and overtime are not in `untimed`.
struct OpenDay::Candidate {
    Price least;
    int technician, index;
    Price untimed;

    std::tuple<Price, int, int> rank() const { return {least, technician, index}; }
};

OpenDay::OpenDay(const Day& day) : day_(day), still_(day.technicians.size()) {
    day_.order_matters = true;  // a job that joins may be pinned to its place in the route
    for (int k = 0; k < count_technicians(); ++k) {
        routes_.emplace_back(day_, k);
        assign(k, {});
    }
}

void OpenDay::describe(int job, Job description, std::span<const std::uint8_t> able, std::span<const Price> dislike) {
    const auto j = static_cast<std::size_t>(job);
    const auto row = static_cast<std::ptrdiff_t>(j * day_.technicians.size());
    day_.time_has_price = day_.time_has_price || description.late_price > 0;
    if (job == count_jobs()) {
        day_.jobs.emplace_back();
        day_.ties_of.emplace_back();
        day_.timed.push_back(0);
    }
    day_.jobs[j] = std::move(description);
    const std::size_t cells = day_.jobs.size() * day_.technicians.size();
    day_.able.resize(cells);
    std::copy(able.begin(), able.end(), day_.able.begin() + row);
    if (dislike.empty() && day_.dislike.empty()) return;
    day_.dislike.resize(cells);
    std::copy(dislike.begin(), dislike.end(), day_.dislike.begin() + row);
}

void OpenDay::assign(int technician, std::span<const int> jobs) {
    Route& route = routes_[static_cast<std::size_t>(technician)];
    route.assign(day_, jobs);
    auto& still = still_[static_cast<std::size_t>(technician)];
    still.assign(jobs.size() + 2, 0);
    const Technician& one = day_.technicians[static_cast<std::size_t>(technician)];
    const Travel& travel = day_.travel[static_cast<std::size_t>(one.speed)];
    Seconds after = jobs.empty() ? 0 : travel(route.place(route.size()), one.end);
    for (int node = route.size(); node >= 0; --node) {
        const auto index = static_cast<std::size_t>(node);
        const Seconds service = node == 0 ? 0 : day_.jobs[static_cast<std::size_t>(jobs[index - 1])].service;
        still[index] = service + after + still[index + 1];
        if (node > 0)
            after = day_.lead(one.speed, route.place(node - 1), day_.jobs[static_cast<std::size_t>(jobs[index - 1])]);
    }
}

std::vector<std::optional<Offer>> OpenDay::cheapest(int j, std::span<const std::vector<Window>> slots,
                                                    std::span<const Price> surcharge) {
    const Job job = day_.jobs[static_cast<std::size_t>(j)];
    std::vector<Job> narrowed(slots.size(), job);
    for (std::size_t s = 0; s < slots.size(); ++s) narrowed[s].openings = slots[s];
    const Imbalance imbalance(routes_, day_.prices.imbalance);
    std::vector<std::vector<Candidate>> found(slots.size());
    for (const Route& route : routes_) {
        const int k = route.technician();
        if (!day_.may(k, j) || route.coupled()) continue;
        const Price added = surcharge.empty() ? 0 : surcharge[static_cast<std::size_t>(k)];
        look(route, job, added + day_.disliked(k, j), imbalance, narrowed, found);
    }
    std::vector<std::optional<Offer>> offers;
    for (std::size_t s = 0; s < slots.size(); ++s) {
        day_.jobs[static_cast<std::size_t>(j)] = narrowed[s];
        offers.push_back(best_of(j, found[s]));
    }
    day_.jobs[static_cast<std::size_t>(j)] = job;
    return offers;
}

void OpenDay::look(const Route& route, const Job& job, Price fixed, const Imbalance& imbalance,
                   std::span<const Job> narrowed, std::vector<std::vector<Candidate>>& found) const {
    const Technician& technician = day_.technicians[static_cast<std::size_t>(route.technician())];
    if (route.load() + job.load > technician.capacity) return;
    if (route.empty()) fixed += day_.prices.used;
    const bool anywhere = job.position == NOBODY;
    const int first = anywhere ? route.pinned() : std::max(route.pinned(), job.position);
    const int last = anywhere ? route.size() : std::min(route.size(), job.position);
    for (int index = first; index <= last; ++index) {
        const Gap gap = gap_between(day_, route, job, index, index + 1);
        if (!may_fit(technician, route, job, gap)) continue;
        const Seconds more = gap.lead + job.service + gap.onward - direct(route, index);
        const Price untimed = fixed + drive_rise(day_, route, job, index, index + 1) + imbalance.rise(route, more);
        for (std::size_t s = 0; s < narrowed.size(); ++s) {
            const Reach reached = reach(technician, route, narrowed[s], gap, still(route, index + 1));
            if (reached.start >= NEVER) continue;
            // Only a way round that is shorter can make others less late; else what is owed now stays owed.
            const Price late = std::max(0, reached.start - job.due) * job.late_price;
            const Price overtime = std::max(0, reached.returns - technician.ends) * day_.prices.overtime;
            const Price owed = route.time_price();
            const Price rise = more < 0 ? -owed : late + std::max(Price{0}, overtime - owed);
            found[s].push_back({untimed + rise, route.technician(), index, untimed});
        }
    }
}

// Times them one by one, those first that may be cheapest, until none that is left can be cheaper.
std::optional<Offer> OpenDay::best_of(int job, std::vector<Candidate>& candidates) const {
    const auto after = [](const Candidate& one, const Candidate& other) { return other.rank() < one.rank(); };
    std::make_heap(candidates.begin(), candidates.end(), after);
    std::optional<Offer> best;
    std::vector<int> jobs;
    std::vector<Seconds> starts;
    for (auto end = candidates.end(); end != candidates.begin(); --end) {
        const Candidate one = candidates.front();
        if (best && one.rank() >= std::tuple(best->price, best->technician, best->index)) break;
        std::pop_heap(candidates.begin(), end, after);
        const Route& route = routes_[static_cast<std::size_t>(one.technician)];
        jobs.assign(route.jobs().begin(), route.jobs().end());
        jobs.insert(jobs.begin() + one.index, job);
        starts.resize(jobs.size());
        const Timing timing =
            time_route(day_, day_.technicians[static_cast<std::size_t>(one.technician)], jobs, {}, starts);
        const Price price = one.untimed + timing.price - route.time_price();
        if (timing.fits && (!best || std::tuple(price, one.technician, one.index) <
                                         std::tuple(best->price, best->technician, best->index)))
            best = {price, one.technician, one.index, starts[static_cast<std::size_t>(one.index)]};
    }
    return best;
}

std::vector<Exchange> OpenDay::exchanges(int j, Price below) const {
    const Job& job = day_.jobs[static_cast<std::size_t>(j)];
    std::vector<Exchange> found;
    for (const Route& route : routes_) {
        const int k = route.technician();
        const Technician& technician = day_.technicians[static_cast<std::size_t>(k)];
        if (!day_.may(k, j)) continue;
        for (int index = std::max(0, route.pinned() - 1); index < route.size(); ++index) {
            const Job& other = day_.jobs[static_cast<std::size_t>(route.job(index))];
            const Price price = drive_rise(day_, route, job, index, index + 2);
            if (price >= below || route.load() - other.load + job.load > technician.capacity) continue;
            const Gap gap = gap_between(day_, route, job, index, index + 2);
            if (may_fit(technician, route, job, gap) &&
                reach(technician, route, job, gap, still(route, index + 2)).start < NEVER)
                found.push_back({price, k, index});
        }
    }
    const auto rank = [](const Exchange& one) { return std::tuple(one.price, one.technician, one.index); };
    std::ranges::sort(found, {}, rank);
    return found;
}

// From one node to the next as it is now, set-up included.
Seconds OpenDay::direct(const Route& route, int node) const {
    const Seconds service = node == 0 ? 0 : day_.jobs[static_cast<std::size_t>(route.job(node - 1))].service;
    return still(route, node) - service - still(route, node + 1);
}

}  // namespace doorstep
