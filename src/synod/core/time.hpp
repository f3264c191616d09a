#pragma once

#include <compare>
#include <cstdint>

namespace synod {

// The core owns no clock: whoever drives it says what time it is. Both count nanoseconds.
struct Duration {
    std::uint64_t ns = 0;
    [[nodiscard]] constexpr std::uint64_t state() const noexcept { return ns; }
    friend constexpr auto operator<=>(Duration, Duration) noexcept = default;
    friend constexpr Duration operator*(Duration d, std::uint64_t n) noexcept { return {d.ns * n}; }
    friend constexpr Duration operator/(Duration d, std::uint64_t n) noexcept { return {d.ns / n}; }
    friend constexpr Duration operator+(Duration a, Duration b) noexcept { return {a.ns + b.ns}; }
};

constexpr Duration microseconds(std::uint64_t count) noexcept {
    return {count * 1'000};
}
constexpr Duration milliseconds(std::uint64_t count) noexcept {
    return {count * 1'000'000};
}

struct Time {
    std::uint64_t ns = 0;
    [[nodiscard]] constexpr std::uint64_t state() const noexcept { return ns; }
    friend constexpr auto operator<=>(Time, Time) noexcept = default;
    friend constexpr Time operator+(Time t, Duration d) noexcept { return {t.ns + d.ns}; }
    // How long ago `earlier` was; zero when it lies ahead (a clock may be read twice in one step).
    [[nodiscard]] constexpr Duration since(Time earlier) const noexcept {
        return {ns > earlier.ns ? ns - earlier.ns : 0};
    }
};

// "Never": the deadline of a role that waits for messages only.
inline constexpr Time kNever{~std::uint64_t{0}};

}  // namespace synod
