#include "day.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace doorstep {

int Tie::place_of(int job) const {
    return static_cast<int>(std::find(jobs.begin(), jobs.end(), job) - jobs.begin());
}

Travel::Travel(std::span<const std::int32_t> rows, int places, bool with_nowhere)
    : width_(places + (with_nowhere ? 1 : 0)) {
    const auto size = static_cast<std::size_t>(places);
    const auto width = static_cast<std::size_t>(width_);
    from_.assign(width * width, 0);  // no drive leads to nowhere
    for (std::size_t i = 0; i < size; ++i)
        std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(i * size), size,
                    from_.begin() + static_cast<std::ptrdiff_t>(i * width));
    bool symmetric = true;
    for (std::size_t i = 0; i < size && symmetric; ++i)
        for (std::size_t j = 0; j < i && symmetric; ++j) symmetric = from_[i * width + j] == from_[j * width + i];
    if (symmetric) return;
    to_.assign(width * width, 0);
    for (std::size_t i = 0; i < width; ++i)
        for (std::size_t j = 0; j < width; ++j) to_[j * width + i] = from_[i * width + j];
}

void Day::finish(int most_near) {
    ties_of.assign(jobs.size(), {});
    timed.assign(jobs.size(), 0);
    for (std::size_t t = 0; t < ties.size(); ++t)
        for (const int job : ties[t].jobs) {
            ties_of[static_cast<std::size_t>(job)].push_back(static_cast<int>(t));
            if (ties[t].timed()) timed[static_cast<std::size_t>(job)] = 1;
        }
    has_timed = std::any_of(timed.begin(), timed.end(), [](std::uint8_t t) { return t != 0; });
    able_of.assign(jobs.size(), {});
    for (int j = 0; j < count_jobs(); ++j)
        for (int k = 0; k < count_technicians(); ++k)
            if (may(k, j)) able_of[static_cast<std::size_t>(j)].push_back(k);
    time_has_price =
        std::any_of(jobs.begin(), jobs.end(), [](const Job& job) { return job.late_price > 0; }) ||
        (prices.overtime > 0 && std::any_of(technicians.begin(), technicians.end(),
                                            [](const Technician& one) { return one.latest > one.ends; }));
    order_matters = prices.imbalance > 0 ||
                    std::any_of(jobs.begin(), jobs.end(), [](const Job& job) { return job.position != NOBODY; });
    find_bundles();
    find_kinds();
    find_near(most_near);
}

void Day::find_bundles() {
    bundle.resize(jobs.size());
    std::iota(bundle.begin(), bundle.end(), 0);
    for (bool changed = true; changed;) {
        changed = false;
        for (const Tie& tie : ties) {
            int first = count_jobs();
            for (const int job : tie.jobs) first = std::min(first, bundle[static_cast<std::size_t>(job)]);
            for (const int job : tie.jobs) {
                int& theirs = bundle[static_cast<std::size_t>(job)];
                changed = changed || theirs != first;
                theirs = first;
            }
        }
    }
}

// Of technicians who are the same in every respect, one with nothing to do is as good as another.
void Day::find_kinds() {
    using Self = std::tuple<int, int, Seconds, Seconds, Seconds, std::int64_t, int, std::vector<Seconds>,
                            std::vector<std::uint8_t>, std::vector<Price>>;
    std::map<Self, int> kinds;
    for (int k = 0; k < count_technicians(); ++k) {
        Technician& one = technicians[static_cast<std::size_t>(k)];
        std::vector<Seconds> rests;
        for (const Rest& rest : one.rests) rests.insert(rests.end(), {rest.opens, rest.closes, rest.duration});
        std::vector<std::uint8_t> can(jobs.size());
        std::vector<Price> disliked_jobs(dislike.empty() ? 0 : jobs.size());
        for (int j = 0; j < count_jobs(); ++j) {
            can[static_cast<std::size_t>(j)] = may(k, j);
            if (!dislike.empty()) disliked_jobs[static_cast<std::size_t>(j)] = disliked(k, j);
        }
        Self self{one.start, one.end,      one.begins, one.ends,       one.latest,
                  one.capacity, one.speed, std::move(rests), std::move(can), std::move(disliked_jobs)};
        one.kind = kinds.try_emplace(std::move(self), static_cast<int>(kinds.size())).first->second;
    }
}

// Place by place, as a large day has far fewer places than jobs.
void Day::find_near(int most_near) {
    std::map<int, std::vector<int>> jobs_at;
    for (int j = 0; j < count_jobs(); ++j) jobs_at[jobs[static_cast<std::size_t>(j)].place].push_back(j);
    const auto keep = std::min(jobs.empty() ? 0 : jobs.size() - 1, static_cast<std::size_t>(most_near));
    near.assign(jobs.size(), {});
    std::vector<std::pair<Price, int>> others;
    for (const auto& [place, here] : jobs_at) {
        others.clear();
        for (const auto& [other, there] : jobs_at)
            others.emplace_back(drive_price(0, place, other) + drive_price(0, other, place), other);
        std::sort(others.begin(), others.end());
        for (std::size_t h = 0; h < here.size(); ++h) {
            auto& nearest = near[static_cast<std::size_t>(here[h])];
            nearest.reserve(keep);
            for (const auto& [price, other] : others) {
                const auto& there = jobs_at[other];
                // Each begins elsewhere among the many at one place, so that none is everybody's nearest.
                for (std::size_t i = 0; i < there.size() && nearest.size() < keep; ++i) {
                    const int job = there[(h + 1 + i) % there.size()];
                    if (job != here[h]) nearest.push_back(job);
                }
                if (nearest.size() >= keep) break;
            }
        }
    }
}

}  // namespace doorstep
