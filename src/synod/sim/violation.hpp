#pragma once

#include <stdexcept>
#include <string>

namespace synod::sim {

// Thrown where a history first shows what must never be.
class Violation : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// While it lives, a broken invariant of a role is a Violation instead of the end of the process.
class ThrowOnBrokenInvariant {
public:
    ThrowOnBrokenInvariant() noexcept;
    ~ThrowOnBrokenInvariant();
    ThrowOnBrokenInvariant(const ThrowOnBrokenInvariant&) = delete;
    ThrowOnBrokenInvariant& operator=(const ThrowOnBrokenInvariant&) = delete;

private:
    void (*before_)(const char*, const char*, int);
};

}  // namespace synod::sim
