// The kernel as Python sees it: a day of arrays, and a search that runs on threads of its own.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include "open_day.hpp"
#include "search.hpp"

namespace nb = nanobind;
using namespace nb::literals;
using namespace doorstep;

namespace {

using Matrix = nb::ndarray<const std::int32_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Bits = nb::ndarray<const std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Numbers = nb::ndarray<const std::int64_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using RestData = std::tuple<Seconds, Seconds, Seconds>;
using TechnicianData =
    std::tuple<int, std::optional<int>, Seconds, Seconds, Seconds, std::optional<std::int64_t>, int, std::vector<RestData>>;
using JobData = std::tuple<int, Seconds, Seconds, std::vector<std::pair<Seconds, Seconds>>, Seconds, Price, Price, bool,
                           std::optional<int>, std::int64_t>;
using TieData = std::tuple<int, std::vector<int>, Seconds>;

void demand(bool holds, const char* what) {
    if (!holds) throw nb::value_error(what);
}

constexpr std::int32_t MOST = 100'000'000;  // sums of the few that are ever added up fit into 32 bits
constexpr int MOST_THREADS = 64;

template <typename... Numbers>
void demand_range(Numbers... numbers) {
    demand((... && (numbers >= 0 && numbers <= MOST)), "times and distances are from 0 to 10^8");
}

Travel travel_of(const Matrix& matrix, int places) {
    demand(matrix.shape(0) == matrix.shape(1) && matrix.shape(0) == static_cast<std::size_t>(places),
           "every matrix has a row and a column for each place");
    for (std::size_t cell = 0; cell < matrix.size(); ++cell) demand_range(matrix.data()[cell]);
    return Travel({matrix.data(), matrix.size()}, places, true);
}

Technician technician_of(const TechnicianData& data, int places, int speeds) {
    const auto& [start, end, begins, ends, latest, capacity, speed, rests] = data;
    demand(start >= 0 && start < places && end.value_or(0) >= 0 && end.value_or(0) < places,
           "a technician starts and ends at a place of the matrices");
    demand(speed >= 0 && speed < speeds, "a technician's speed is the index of a matrix");
    demand(rests.size() <= static_cast<std::size_t>(MOST_BREAKS), "a technician has at most 3 breaks");
    demand_range(begins, ends, latest);
    for (const auto& [opens, closes, duration] : rests) demand_range(opens, closes, duration);
    Technician one{start, end.value_or(places), begins, ends, latest,
                   capacity.value_or(std::numeric_limits<std::int64_t>::max()), speed, {}};
    for (const auto& [opens, closes, duration] : rests) one.rests.push_back({opens, closes, duration});
    return one;
}

Job job_of(const JobData& data, int places) {
    const auto& [place, service, setup, openings, due, late, skip, mandatory, position, load] = data;
    demand(place >= 0 && place < places, "a job is at a place of the matrices");
    demand_range(service, setup, due);
    for (const auto& [opens, closes] : openings) demand_range(opens, closes);
    Job one{place, service, setup, {}, due, late, skip, mandatory, position.value_or(NOBODY), load};
    for (const auto& [opens, closes] : openings) one.openings.push_back({opens, closes});
    return one;
}

Tie tie_of(const TieData& data, int jobs) {
    const auto& [kind, tied, gap] = data;
    demand(kind >= 0 && kind <= static_cast<int>(TieKind::not_before), "a tie is of one of the four kinds");
    for (const int job : tied) demand(job >= 0 && job < jobs, "a tie names jobs of the day");
    demand_range(gap);
    return {static_cast<TieKind>(kind), tied, gap};
}

std::shared_ptr<const Day> day_of(const std::vector<Matrix>& durations, const std::optional<Matrix>& metres,
                                  const std::vector<TechnicianData>& technicians, const std::vector<JobData>& jobs,
                                  const Bits& able, const std::optional<Numbers>& dislike,
                                  const std::vector<TieData>& ties, const std::tuple<Price, Price, Price, Price, Price>& prices) {
    demand(!durations.empty(), "there is at least one matrix");
    auto day = std::make_shared<Day>();
    const int places = static_cast<int>(durations.front().shape(0));
    for (const Matrix& matrix : durations) day->travel.push_back(travel_of(matrix, places));
    if (metres) day->metres = travel_of(*metres, places);
    for (const auto& data : technicians)
        day->technicians.push_back(technician_of(data, places, static_cast<int>(durations.size())));
    for (const auto& data : jobs) day->jobs.push_back(job_of(data, places));
    for (const auto& data : ties) day->ties.push_back(tie_of(data, day->count_jobs()));
    demand(able.shape(0) == jobs.size() && able.shape(1) == technicians.size(), "able has a row a job");
    day->able.assign(able.data(), able.data() + able.size());
    if (dislike) {
        demand(dislike->shape(0) == jobs.size() && dislike->shape(1) == technicians.size(), "dislike has a row a job");
        day->dislike.assign(dislike->data(), dislike->data() + dislike->size());
    }
    const auto& [travel, metre, used, overtime, imbalance] = prices;
    day->prices = {travel, metre, used, overtime, imbalance};
    demand(metre == 0 || metres.has_value(), "metres have a price, so they are needed");
    {
        const nb::gil_scoped_release free;
        day->finish();
    }
    return day;
}

std::optional<Orders> checked(const Day& day, std::optional<Orders> orders) {
    if (!orders) return orders;
    demand(orders->size() == day.technicians.size(), "orders have one list for each technician");
    std::vector<bool> seen(day.jobs.size(), false);
    for (const auto& order : *orders)
        for (const int job : order) {
            demand(job >= 0 && job < day.count_jobs() && !seen[static_cast<std::size_t>(job)],
                   "orders name each job of the day at most once");
            seen[static_cast<std::size_t>(job)] = true;
        }
    return orders;
}

// A search and the day it needs, so that offered orders can be checked.
class PythonSearch {
  public:
    PythonSearch(std::shared_ptr<const Day> day, double seconds, int threads, std::uint64_t seed, std::int64_t steps,
                 std::optional<Orders> start)
        : day_(std::move(day)),
          search_((demand(threads >= 1 && threads <= MOST_THREADS, "a search runs on 1 to 64 threads"), day_), Effort{seconds, steps, threads, seed},
                  checked(*day_, std::move(start))) {}

    bool wait(double seconds) {
        const nb::gil_scoped_release free;
        return search_.wait(seconds);
    }
    void stop() { search_.stop(); }
    void end_after(double seconds) { search_.end_after(seconds); }
    std::optional<std::tuple<Orders, Price, std::int64_t>> best() const {
        Found found = search_.best();
        if (found.cost == NOT_YET) return std::nullopt;
        return std::tuple(std::move(found.orders), found.cost, found.steps);
    }
    void offer(Orders orders) { search_.offer(*checked(*day_, std::move(orders))); }
    std::vector<std::tuple<int, Price, std::vector<int>>> pool() const {
        std::vector<std::tuple<int, Price, std::vector<int>>> all;
        for (auto& route : search_.pool()) all.emplace_back(route.kind, route.price, std::move(route.jobs));
        return all;
    }

  private:
    std::shared_ptr<const Day> day_;
    Search search_;
};

using RowOfBits = nb::ndarray<const std::uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using RowOfNumbers = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using SlotData = std::vector<std::pair<Seconds, Seconds>>;

// By technician; empty for none.
std::span<const Price> row_of(const OpenDay& day, const std::optional<RowOfNumbers>& numbers) {
    if (!numbers) return {};
    demand(numbers->size() == static_cast<std::size_t>(day.count_technicians()), "a row has a number a technician");
    return {numbers->data(), numbers->size()};
}

void describe(OpenDay& day, int job, const JobData& data, const RowOfBits& able,
              const std::optional<RowOfNumbers>& dislike) {
    demand(job >= 0 && job <= day.count_jobs(), "a job is one of the day's, or the next");
    demand(able.size() == static_cast<std::size_t>(day.count_technicians()), "able has a bit a technician");
    day.describe(job, job_of(data, day.count_places()), {able.data(), able.size()}, row_of(day, dislike));
}

void assign(OpenDay& day, int technician, const std::vector<int>& jobs) {
    demand(technician >= 0 && technician < day.count_technicians(), "a technician is one of the day's");
    for (const int job : jobs) demand(job >= 0 && job < day.count_jobs(), "a route names jobs of the day");
    day.assign(technician, jobs);
}

std::vector<std::optional<std::tuple<Price, int, int, Seconds>>> cheapest(
    OpenDay& day, int job, const std::vector<SlotData>& slots, const std::optional<RowOfNumbers>& surcharge) {
    demand(job >= 0 && job < day.count_jobs(), "the job is one of the day's");
    std::vector<std::vector<Window>> windows(slots.size());
    for (std::size_t s = 0; s < slots.size(); ++s)
        for (const auto& [opens, closes] : slots[s]) windows[s].push_back({opens, closes});
    std::vector<std::optional<std::tuple<Price, int, int, Seconds>>> found;
    for (const auto& offer : day.cheapest(job, windows, row_of(day, surcharge)))
        if (offer) found.emplace_back(std::tuple(offer->price, offer->technician, offer->index, offer->start));
        else found.emplace_back();
    return found;
}

std::vector<std::tuple<Price, int, int>> exchanges(const OpenDay& day, int job, std::optional<Price> below) {
    demand(job >= 0 && job < day.count_jobs(), "the job is one of the day's");
    std::vector<std::tuple<Price, int, int>> found;
    for (const auto& [price, technician, index] : day.exchanges(job, below.value_or(NO_PRICE)))
        found.emplace_back(price, technician, index);
    return found;
}

}  // namespace

NB_MODULE(_kernel, m) {
    nb::set_leak_warnings(false);  // a process may end in the middle of a search
    m.doc() = "The search kernel. Jobs, technicians and places are indices, times integer seconds.";
    nb::class_<Day>(m, "Day", "The day to plan, as arrays that never change.")
        .def_static("of", [](const std::vector<Matrix>& durations, const std::optional<Matrix>& metres,
                             const std::vector<TechnicianData>& technicians, const std::vector<JobData>& jobs,
                             const Bits& able, const std::optional<Numbers>& dislike, const std::vector<TieData>& ties,
                             const std::tuple<Price, Price, Price, Price, Price>& prices) {
            return std::const_pointer_cast<Day>(day_of(durations, metres, technicians, jobs, able, dislike, ties, prices));
        }, "durations"_a, "metres"_a.none(), "technicians"_a, "jobs"_a, "able"_a, "dislike"_a.none(), "ties"_a, "prices"_a,
             "ValueError for an index out of range or arrays that don't belong together.")
        .def_prop_ro("kinds", [](const Day& day) {
            std::vector<int> kinds;
            for (const Technician& one : day.technicians) kinds.push_back(one.kind);
            return kinds;
        }, "By technician: those of one kind are the same in every respect.");
    nb::class_<PythonSearch>(m, "Search", "A search on threads of its own; it begins when it is made.")
        .def("__init__", [](PythonSearch* self, const std::shared_ptr<Day>& day, double seconds, int threads,
                            std::uint64_t seed, std::int64_t steps, std::optional<Orders> start) {
            new (self) PythonSearch(day, seconds, threads, seed, steps, std::move(start));
        }, "day"_a, "seconds"_a, "threads"_a, "seed"_a, "steps"_a = 0, "start"_a.none() = nb::none(),
             "With `steps` it counts these instead of seconds: with one thread a run that can be repeated exactly.")
        .def("wait", &PythonSearch::wait, "seconds"_a, "Waits until it is over, but no longer than that; whether it is over.")
        .def("stop", &PythonSearch::stop, "Asks it to end; it does within milliseconds.")
        .def("end_after", &PythonSearch::end_after, "seconds"_a, "Ends it so many seconds after it began instead.")
        .def("best", &PythonSearch::best, "(orders by technician, cost, steps so far); None before the first plan.")
        .def("offer", &PythonSearch::offer, "orders"_a, "A plan found elsewhere, taken over if it is valid and better.")
        .def("pool", &PythonSearch::pool, "(kind of technician, price, jobs) of each route that good plans were made of.");
    nb::class_<OpenDay>(m, "OpenDay", "A plan that jobs may still join. One thread at a time.")
        .def(nb::init<const Day&>(), "day"_a)
        .def("describe", &describe, "job"_a, "data"_a, "able"_a, "dislike"_a.none(),
             "What that job is from now on; the next number is a new one, tied to no other.")
        .def("assign", &assign, "technician"_a, "jobs"_a, "What the technician does from now on.")
        .def("cheapest", &cheapest, "job"_a, "slots"_a, "surcharge"_a.none(),
             "(price, technician, index, start) of the cheapest place in each slot, but in routes that wait for others.")
        .def("exchanges", &exchanges, "job"_a, "below"_a.none(),
             "(price, technician, index) of visits in whose place the job fits, for a detour below that price.");
}
