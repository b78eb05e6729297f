// The clock of one route: drives split by breaks, windows to wait for, limits to be kept. All of it exact.
//
// A set of breaks taken is a number, a bit a break. To serve as early as possible is always best for a given set,
// so forwards the earliest moment for each set says all, and backwards the latest.
#pragma once

#include <algorithm>

#include "day.hpp"

namespace doorstep {

// When a drive and set-up of `lead` seconds that begins at `departs` is over, with the breaks of the set `taking`
// on the way, in the best order; NEVER if one of them can't begin in its window.
inline Seconds arrive(const Technician& technician, Seconds departs, Seconds lead, int taking) {
    if (departs >= NEVER) return NEVER;
    if (taking == 0) return departs + lead;
    if (technician.rests.size() == 1) {
        const Rest& rest = technician.rests.front();
        return departs > rest.closes ? NEVER : std::max(departs + lead, rest.opens) + rest.duration;
    }
    Seconds best = NEVER;
    const auto go_on = [&](auto&& self, Seconds now, Seconds rest_over, Seconds pause, int left) -> void {
        if (left == 0) {
            best = std::min(best, std::max(rest_over, departs + lead + pause));
            return;
        }
        for (std::size_t b = 0; b < technician.rests.size(); ++b) {
            const Rest& rest = technician.rests[b];
            if (!(left & (1 << b)) || now > rest.closes) continue;
            const Seconds over = std::max(now, rest.opens) + rest.duration;
            self(self, over, over, pause + rest.duration, left & ~(1 << b));
        }
    };
    go_on(go_on, departs, departs, 0, taking);
    return best;
}

// The last moment to depart that is still in time for `limit`; TOO_LATE if there is none.
inline Seconds depart(const Technician& technician, Seconds limit, Seconds lead, int taking) {
    if (limit < 0) return TOO_LATE;
    if (taking == 0) return limit - lead;
    if (technician.rests.size() == 1) {
        const Rest& rest = technician.rests.front();
        const Seconds free = limit - rest.duration;
        return rest.opens > free ? TOO_LATE : std::min(rest.closes, free - lead);
    }
    Seconds best = TOO_LATE;
    // `least` is when the breaks so far are over if one sets off at once: they hold up whoever comes too early.
    const auto go_on = [&](auto&& self, Seconds latest, Seconds least, Seconds pause, int left) -> void {
        if (left == 0) {
            if (least <= limit) best = std::max(best, std::min(latest, limit - lead - pause));
            return;
        }
        for (std::size_t b = 0; b < technician.rests.size(); ++b) {
            const Rest& rest = technician.rests[b];
            if (!(left & (1 << b)) || least > rest.closes) continue;
            self(self, std::min(latest, rest.closes - pause), std::max(least, rest.opens) + rest.duration,
                 pause + rest.duration, left & ~(1 << b));
        }
    };
    go_on(go_on, NEVER, 0, 0, taking);
    return best;
}

// The first second from `ready` on at which service may start, or NEVER.
inline Seconds next_opening(const Job& job, Seconds ready) {
    for (const Window& window : job.openings)
        if (ready <= window.closes) return std::max(ready, window.opens);
    return NEVER;
}

// The last second up to `limit` to be ready for a service that starts by `limit`, or TOO_LATE.
inline Seconds last_opening(const Job& job, Seconds limit) {
    for (auto window = job.openings.rbegin(); window != job.openings.rend(); ++window)
        if (window->opens <= limit) return std::min(window->closes, limit);
    return TOO_LATE;
}

}  // namespace doorstep
