#include "search.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "adopt.hpp"
#include "parts.hpp"

namespace doorstep {
namespace {

constexpr double LEAST_S = 1e-6;          // also instead of a time that is no number
constexpr std::size_t JOBS_A_GLANCE = 64;   // of the first plan, between two looks at `stop`
constexpr double DESCENT = 0.04;          // of the time, before temperatures are known
constexpr double FIRST_HEAT = 2, LAST_HEAT = 0.06;  // in mean drives
constexpr double MEETINGS[] = {0.2, 0.35, 0.5, 0.6, 0.7, 0.78, 0.85, 0.93, 1.0};
constexpr int LEAST_ROUTES_A_PART = 16;   // smaller days are searched whole
constexpr int MOST_ROUTES_A_PART = 50;
constexpr double ROUND_S = 0.1;
constexpr std::int64_t ROUND_STEPS = 5'000;  // a part

std::vector<int> everyone(const Day& day) {
    std::vector<int> all(day.technicians.size());
    std::iota(all.begin(), all.end(), 0);
    return all;
}

// The price of a plan's mean drive, those between homes at one place not counted.
double mean_drive(const Plan& plan) {
    double sum = 0;
    int drives = 0;
    for (int k = 0; k < plan.day().count_technicians(); ++k) {
        const Route& route = plan.route(k);
        if (route.empty()) continue;
        for (int node = 1; node <= route.size() + 1; ++node) {
            sum += static_cast<double>(route.edge(node));
            drives += route.edge(node) > 0;
        }
    }
    return drives == 0 ? 1 : std::max(1.0, sum / drives);
}

int used(const Plan& plan) {
    int routes = 0;
    for (int k = 0; k < plan.day().count_technicians(); ++k) routes += !plan.route(k).empty();
    return routes;
}

}  // namespace

Search::Search(std::shared_ptr<const Day> day, Effort effort, std::optional<Orders> start)
    : day_(std::move(day)), effort_(effort), start_(std::move(start)), began_(Clock::now()), seconds_(std::max(LEAST_S, effort.seconds)), random_(effort.seed),
      best_{Orders(day_->technicians.size()), NOT_YET, 0}, pool_(*day_), thread_([this] { run(); }) {}

Search::~Search() {
    stop();
    thread_.join();
}

bool Search::wait(double seconds) {
    std::unique_lock lock(mutex_);
    return ended_.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return is_over_; });
}

void Search::stop() { stop_ = true; }

void Search::end_after(double seconds) { seconds_ = std::max(LEAST_S, seconds); }

Found Search::best() const {
    const std::lock_guard lock(mutex_);
    Found found = best_;
    found.steps = steps_;
    return found;
}

void Search::offer(Orders orders) {
    const std::lock_guard lock(mutex_);
    offered_ = std::move(orders);
}

std::vector<PooledRoute> Search::pool() const {
    const std::lock_guard lock(mutex_);
    return pool_.routes();
}

bool Search::over() const { return stop_ || progress().at(0) >= 1; }

Progress Search::progress() const {
    return effort_.steps > 0 ? Progress::by_steps(effort_.steps, steps_) : Progress::by_clock(began_, seconds_);
}

void Search::run() {
    Plan plan = first_plan(std::move(start_));
    publish(plan);
    if (day_->count_technicians() > 0 && day_->count_jobs() > 0 && !over()) {
        descend(plan);
        publish(plan);
        const double drive = mean_drive(plan);
        const Heat heat{FIRST_HEAT * drive, LAST_HEAT * drive};
        const bool one_whole = day_->prices.imbalance > 0 && day_->count_jobs() < 1000;  // parts don't see each other
        if (used(plan) < 2 * LEAST_ROUTES_A_PART || one_whole) rounds_apart(plan, heat);
        else rounds_in_parts(plan, heat);
    }
    const std::lock_guard lock(mutex_);
    is_over_ = true;
    ended_.notify_all();
}

Plan Search::first_plan(std::optional<Orders> start) {
    Plan begun(*day_);
    if (start) adopt_what_fits(begun, *start);
    std::vector<int> jobs(begun.unserved().begin(), begun.unserved().end());
    const auto scarce = [&](int job) {
        const Job& one = day_->jobs[static_cast<std::size_t>(job)];
        double seconds = 0;
        for (const Window& window : one.openings) seconds += window.closes - window.opens;
        const auto position = one.position == NOBODY ? day_->count_jobs() : one.position;
        return std::tuple(position, -one.penalty(), day_->able_of[static_cast<std::size_t>(job)].size(), seconds, job);
    };
    std::sort(jobs.begin(), jobs.end(), [&](int one, int other) { return scarce(one) < scarce(other); });
    Plan best = begun;
    Recreate recreate(*day_, everyone(*day_));
    // On a large day this takes a second, and whoever asks it to stop gets what there is by then.
    for (std::size_t first = 0; first < jobs.size() && !stop_; first += JOBS_A_GLANCE) {
        const auto begin = jobs.begin() + static_cast<std::ptrdiff_t>(first);
        best.keep();
        recreate.in_order(best, {begin, begin + static_cast<std::ptrdiff_t>(std::min(JOBS_A_GLANCE, jobs.size() - first))});
    }
    if (!stop_ && !day_->ties.empty()) recreate.in_order(best, jobs);  // some waited for one that came later
    best.keep();
    return best;
}

// Steps that only ever go down: they give the first good plan, and what drives cost in one.
void Search::descend(Plan& plan) {
    Annealer annealer(*day_, everyone(*day_), random_.next());
    Pool pool(*day_);
    const Outcome outcome = annealer.run(plan, progress(), DESCENT, {1e-3, 1e-3}, stop_, pool);
    steps_ += annealer.steps();
    adopt(plan, outcome.best);
}

void Search::side_by_side(int count, const std::function<void(int)>& work) {
    std::vector<std::thread> others;
    for (int index = 1; index < count; ++index) others.emplace_back(work, index);
    work(0);
    for (std::thread& other : others) other.join();
}

void Search::rounds_apart(Plan& plan, Heat heat) {
    const auto threads = static_cast<std::size_t>(effort_.threads);
    std::vector<Plan> plans(threads, plan);
    std::vector<Annealer> annealers;
    std::vector<Pool> pools(threads, Pool(*day_));
    for (std::size_t t = 0; t < threads; ++t) annealers.emplace_back(*day_, everyone(*day_), random_.next());
    for (const double until : MEETINGS) {
        std::vector<Outcome> outcomes(threads);
        const Progress now = progress();
        side_by_side(effort_.threads, [&](int index) {
            const auto t = static_cast<std::size_t>(index);
            outcomes[t] = annealers[t].run(plans[t], now, until, heat, stop_, pools[t]);
            steps_ += annealers[t].steps();
        });
        collect(pools);
        for (const Outcome& outcome : outcomes)
            if (outcome.best_cost < plan.cost()) adopt(plan, outcome.best);
        take_offer(plan);
        publish(plan);
        if (over()) return;
        if (until >= 0.5)
            for (Plan& other : plans) other = plan;
    }
}

void Search::rounds_in_parts(Plan& plan, Heat heat) {
    Plan standing = plan;  // where the search stands; `plan` is the best so far
    const int threads = effort_.threads;
    std::size_t meeting = 0;
    while (!over()) {
        const int routes = used(standing);
        int count = std::max(threads, (routes + MOST_ROUTES_A_PART - 1) / MOST_ROUTES_A_PART);
        count = std::min(count, std::max(1, routes / LEAST_ROUTES_A_PART));
        count = std::max(threads, count / threads * threads);
        const std::vector<Part> parts = cut(standing, count, random_);
        std::vector<Outcome> outcomes(parts.size());
        std::vector<Orders> stands(parts.size());
        std::vector<std::uint64_t> seeds(parts.size());
        std::vector<Pool> pools(parts.size(), Pool(*day_));
        for (auto& seed : seeds) seed = random_.next();
        const double now = progress().at(0);
        const int turns = (static_cast<int>(parts.size()) + threads - 1) / threads;
        const double share = effort_.steps > 0 ? static_cast<double>(ROUND_STEPS) / static_cast<double>(effort_.steps)
                                               : std::max(ROUND_S, 0.01 * seconds_) / seconds_;
        side_by_side(std::min(threads, static_cast<int>(parts.size())), [&](int thread) {
            for (int turn = 0; turn < turns; ++turn) {
                const auto p = static_cast<std::size_t>(turn * threads + thread);
                if (p >= parts.size()) return;
                Plan small = alone(standing, parts[p]);
                Annealer annealer(*day_, parts[p].technicians, seeds[p]);
                const double until = effort_.steps > 0 ? progress().at(0) + share : now + share * (turn + 1);
                outcomes[p] = annealer.run(small, progress(), std::min(1.0, until), heat, stop_, pools[p]);
                stands[p] = small.orders();
                steps_ += annealer.steps();
            }
        });
        collect(pools);
        Orders best = standing.orders(), stand = best;
        for (std::size_t p = 0; p < parts.size(); ++p)
            for (const int k : parts[p].technicians) {
                if (outcomes[p].best.empty()) continue;
                best[static_cast<std::size_t>(k)] = outcomes[p].best[static_cast<std::size_t>(k)];
                stand[static_cast<std::size_t>(k)] = stands[p][static_cast<std::size_t>(k)];
            }
        Plan joined = standing;
        if (adopt(joined, best) && joined.cost() < plan.cost()) adopt(plan, best);
        adopt(standing, stand);
        take_offer(plan);
        publish(plan);
        const double reached = progress().at(0);
        bool met = false;
        while (meeting < std::size(MEETINGS) && MEETINGS[meeting] <= reached) met = MEETINGS[meeting++] >= 0.5;
        if (met) standing = plan;
    }
}

void Search::collect(std::vector<Pool>& pools) {
    const std::lock_guard lock(mutex_);
    for (Pool& pool : pools) pool_.take(pool);
}

void Search::take_offer(Plan& plan) {
    std::optional<Orders> offered;
    {
        const std::lock_guard lock(mutex_);
        offered.swap(offered_);
    }
    if (!offered) return;
    Plan other = plan;
    if (adopt(other, *offered) && other.cost() < plan.cost()) plan = other;
}

void Search::publish(const Plan& plan) {
    const std::lock_guard lock(mutex_);
    pool_.add(plan);
    if (plan.cost() >= best_.cost) return;
    best_.orders = plan.orders();
    best_.cost = plan.cost();
}

}  // namespace doorstep
