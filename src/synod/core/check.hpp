#pragma once

// A broken invariant of our own stops the process, in release builds too: a wrong acceptor must
// stop, not vote. Never for input from outside, which is dropped and counted instead.
#define SYNOD_CHECK(condition) \
    ((condition) ? static_cast<void>(0) : ::synod::check_failed(#condition, __FILE__, __LINE__))

namespace synod {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

// What happens before the process is aborted; a simulation throws here, to say which history it was.
// Holds for the calling thread. Returns the handler that was set before; null: a line on stderr.
using CheckHandler = void (*)(const char* condition, const char* file, int line);
CheckHandler set_check_handler(CheckHandler handler) noexcept;

}  // namespace synod
