// kernel_check FIRST LAST: searches a day made up from each seed in that range, on one thread and on several, and
// judges every plan anew. Status 1 if one is wrong, 2 if the arguments are.
//
// It is built for the compiler's sanitizers, which watch it; one day in ten is large enough to be searched in parts.
#include <charconv>
#include <cstdio>
#include <cstring>

#include "random_day.hpp"
#include "verdict.hpp"

using namespace doorstep;

namespace {

constexpr Size LARGE{160, 60, 30};

bool is_large(std::uint64_t seed) { return seed % 10 == 0; }

Size size_of(std::uint64_t seed, Random& random) {
    return is_large(seed) ? LARGE : Size{random.below(13), random.below(5), 1 + random.below(5)};
}

// Steps, so that a run can be repeated; but a large day is cut anew every tenth of a second, and has that time.
Effort effort_of(std::uint64_t seed, int threads) {
    return is_large(seed) ? Effort{1, 0, threads, seed} : Effort{60, 1'500, threads, seed};
}

// Meanwhile asks and tells it all that another thread may.
Found searched(const std::shared_ptr<const Day>& day, Effort effort, std::optional<Orders> start, Random& random) {
    Search search(day, effort, std::move(start));
    while (!search.wait(0.002)) {
        search.offer(random.chance(0.5) ? search.best().orders : random_orders(*day, random));
        if (search.pool().empty()) search.end_after(effort.seconds);
    }
    return search.best();
}

bool is_right(std::uint64_t seed, const char* how, const Day& day, const Found& found) {
    const std::string complaint = wrong(day, found);
    if (!complaint.empty())
        std::fprintf(stderr, "seed %llu, %s: %s\n", static_cast<unsigned long long>(seed), how, complaint.c_str());
    return complaint.empty();
}

bool passes(std::uint64_t seed) {
    Random random(seed);
    const auto day = random_day(size_of(seed, random), random);
    const Effort alone = effort_of(seed, 1), together = effort_of(seed, 3);
    const Found one = searched(day, alone, std::nullopt, random);
    const Found several = searched(day, together, random_orders(*day, random), random);
    const Found better = searched(day, together, one.orders, random);
    { Search given_up(day, {60, 0, 2, seed}, std::nullopt); }
    const bool right = is_right(seed, "alone", *day, one) && is_right(seed, "together", *day, several) &&
                       is_right(seed, "begun at a plan", *day, better);
    if (right && better.cost > one.cost)
        std::fprintf(stderr, "seed %llu: begun at a plan, it ends at a worse one\n",
                     static_cast<unsigned long long>(seed));
    return right && better.cost <= one.cost;
}

bool read(const char* text, std::uint64_t& number) {
    const char* const end = text + std::strlen(text);
    const auto [rest, error] = std::from_chars(text, end, number);
    return error == std::errc() && rest == end && number > 0;
}

}  // namespace

int main(int count, char** arguments) {
    std::uint64_t first = 0, last = 0;
    if (count != 3 || !read(arguments[1], first) || !read(arguments[2], last) || first > last) {
        std::fputs("kernel_check FIRST LAST: two seeds above 0, the smaller one first\n", stderr);
        return 2;
    }
    bool right = true;
    for (std::uint64_t seed = first; seed <= last; ++seed) right = passes(seed) && right;
    return right ? 0 : 1;
}
