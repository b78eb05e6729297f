#include "labels.hpp"

#include <algorithm>
#include <bit>

#include "timing.hpp"

namespace doorstep {
namespace {

struct Label {
    int taken;
    Seconds time;  // when the last service ended
    Price late_price;
    int before;  // index into the arena
};

// All labels of one route, layer by layer; kept between calls, as this runs millions of times.
struct Arena {
    std::vector<Label> all;
    std::vector<Label> reached;
    std::vector<int> layers;
};

// Calls `go` with (breaks taken, ready) for each way to rest on a drive, the one without rest first.
template <typename Go>
void each_way(const Technician& technician, const Label& label, Seconds lead, const Go& go) {
    go(label.taken, label.time + lead);
    const auto rest_again = [&](auto&& self, int taken, Seconds now, Seconds still) -> void {
        for (std::size_t b = 0; b < technician.rests.size(); ++b) {
            const Rest& rest = technician.rests[b];
            if ((taken & (1 << b)) || now > rest.closes) continue;
            const Seconds start = std::max(now, rest.opens);
            const Seconds left = std::max(0, still - (start - now));
            const Seconds over = start + rest.duration;
            go(taken | (1 << b), over + left);
            self(self, taken | (1 << b), over, left);
        }
    };
    if (!technician.rests.empty()) rest_again(rest_again, label.taken, label.time, lead);
}

// Keeps of `reached` what no other label beats in breaks taken, time and lateness together.
void keep_undominated(Arena& arena) {
    std::stable_sort(arena.reached.begin(), arena.reached.end(), [](const Label& one, const Label& other) {
        if (one.time != other.time) return one.time < other.time;
        if (one.late_price != other.late_price) return one.late_price < other.late_price;
        return std::popcount(static_cast<unsigned>(one.taken)) > std::popcount(static_cast<unsigned>(other.taken));
    });
    const std::size_t first = arena.all.size();
    for (const Label& label : arena.reached) {
        const bool beaten = std::any_of(arena.all.begin() + static_cast<std::ptrdiff_t>(first), arena.all.end(),
                                        [&](const Label& kept) {
                                            return (kept.taken | label.taken) == kept.taken &&
                                                   kept.late_price <= label.late_price;
                                        });
        if (!beaten) arena.all.push_back(label);
    }
}

}  // namespace

Timing time_route(const Day& day, const Technician& technician, std::span<const int> jobs,
                  std::span<const Seconds> release, std::span<Seconds> starts) {
    if (jobs.empty()) return {true, 0, technician.begins};
    thread_local Arena arena;
    arena.all.clear();
    arena.layers.assign(1, 0);
    arena.all.push_back({0, technician.begins, 0, -1});
    int place = technician.start;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const Job& job = day.jobs[static_cast<std::size_t>(jobs[i])];
        const Seconds lead = day.lead(technician.speed, place, job);
        const Seconds wait = release.empty() ? 0 : release[i];
        const int end = static_cast<int>(arena.all.size());
        arena.reached.clear();
        for (int index = arena.layers.back(); index < end; ++index)
            each_way(technician, arena.all[static_cast<std::size_t>(index)], lead, [&](int taken, Seconds ready) {
                const Seconds start = next_opening(job, std::max(ready, wait));
                if (start >= NEVER) return;
                const Price late = start > job.due ? Price{start - job.due} * job.late_price : 0;
                arena.reached.push_back(
                    {taken, start + job.service, arena.all[static_cast<std::size_t>(index)].late_price + late, index});
            });
        if (arena.reached.empty()) return {};
        arena.layers.push_back(end);
        keep_undominated(arena);
        place = job.place;
    }
    const Seconds lead = day.travel[static_cast<std::size_t>(technician.speed)](place, technician.end);
    Timing best;
    int last = -1;
    for (int index = arena.layers.back(); index < static_cast<int>(arena.all.size()); ++index) {
        const Label label = arena.all[static_cast<std::size_t>(index)];
        each_way(technician, label, lead, [&](int taken, Seconds ready) {
            if (taken != technician.all_taken() || ready > technician.latest) return;
            const Price price = label.late_price + Price{std::max(0, ready - technician.ends)} * day.prices.overtime;
            if (best.fits && (price > best.price || (price == best.price && ready >= best.returns))) return;
            best = {true, price, ready};
            last = index;
        });
    }
    if (best.fits && !starts.empty())
        for (std::size_t i = jobs.size(); i-- > 0;) {
            const Label& label = arena.all[static_cast<std::size_t>(last)];
            starts[i] = label.time - day.jobs[static_cast<std::size_t>(jobs[i])].service;
            last = label.before;
        }
    return best;
}

}  // namespace doorstep
