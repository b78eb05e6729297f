// Random numbers: xoshiro256++ (Blackman and Vigna, 2019), small, fast and the same on every machine.
#pragma once

#include <bit>
#include <cstdint>

namespace doorstep {

class Random {
  public:
    explicit Random(std::uint64_t seed) {
        for (auto& word : state_) {  // splitmix64, so that near seeds give unlike numbers
            seed += 0x9E3779B97F4A7C15U;
            std::uint64_t mixed = seed;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
            word = mixed ^ (mixed >> 31);
        }
    }

    std::uint64_t next() {
        const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    // From 0 to bound − 1.
    int below(int bound) {
        return static_cast<int>(((next() >> 32) * static_cast<std::uint64_t>(bound)) >> 32);
    }
    // In (0, 1].
    double unit() { return (static_cast<double>(next() >> 11) + 1.0) * 0x1.0p-53; }
    bool chance(double probability) { return unit() <= probability; }

  private:
    std::uint64_t state_[4];
};

}  // namespace doorstep
