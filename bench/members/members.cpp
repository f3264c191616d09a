// Three members of the library in one process, each with its own thread: what each of them takes for one
// command and for one read at a time, and how many small commands a second it brings through.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <string>
#include <vector>

#include "synod/member/member.hpp"

namespace {

using namespace synod;
using Clock = std::chrono::steady_clock;

constexpr unsigned kMembers = 3;

// So many requests are under way, each followed by the next, until the time is over.
class Loop {
public:
    // Makes one request, and calls back when it is done.
    using Request = std::function<void(std::function<void()>)>;

    Loop(Request request, unsigned under_way, Clock::duration length)
        : request_(std::move(request)), under_way_(under_way), end_(Clock::now() + length) {}

    // Microseconds of each, sorted.
    std::vector<double> run() {
        for (unsigned k = under_way_; k > 0; --k)
            start();
        over_.get_future().wait();
        std::sort(micros_.begin(), micros_.end());
        return micros_;
    }

private:
    // All but the first few run on the member's thread.
    void start() {
        const auto begin = Clock::now();
        request_([this, begin] {
            const auto now = Clock::now();
            if (now < end_) {
                micros_.push_back(std::chrono::duration<double, std::micro>(now - begin).count());
                start();
            } else if (--under_way_ == 0) {
                over_.set_value();
            }
        });
    }

    Request request_;
    unsigned under_way_;
    Clock::time_point end_;
    std::vector<double> micros_;
    std::promise<void> over_;
};

std::string percentiles(const std::vector<double>& sorted) {
    const auto at = [&](double share) {
        return sorted.empty()
                   ? 0.0
                   : sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
    };
    return fmt::format("{:>8.0f} {:>8.0f}", at(0.5), at(0.99));
}

void measure(member::Member& member, unsigned number, Bytes command, Clock::duration length) {
    const auto submit = [&](std::function<void()> done) {
        member.submit(command, member::Deadline::max(),
                      [done = std::move(done)](const member::Outcome&) { done(); });
    };
    const auto read = [&](std::function<void()> done) {
        member.read(member::Consistency::linearizable, member::Deadline::max(),
                    [done = std::move(done)](bool) { done(); });
    };
    const std::string one = percentiles(Loop(submit, 1, length).run());
    const std::string one_read = percentiles(Loop(read, 1, length).run());
    const std::size_t many = Loop(submit, 4096, length).run().size();
    const std::size_t many_reads = Loop(read, 4096, length).run().size();
    const double seconds = std::chrono::duration<double>(length).count();
    fmt::print("{:<8}{} {} {:>12.0f} {:>12.0f}\n", number, one, one_read, static_cast<double>(many) / seconds,
               static_cast<double>(many_reads) / seconds);
}

}  // namespace

int main(int argc, char** argv) {
    double seconds = 2;
    std::size_t bytes = 64;
    std::uint16_t port = 7801;
    CLI::App app("Three members of the library in one process: latencies in microseconds, rates a second.");
    app.add_option("--seconds", seconds, "of each measurement")->capture_default_str();
    app.add_option("--size", bytes, "of a command, in bytes")->capture_default_str();
    app.add_option("--port", port, "the first of three on 127.0.0.1")->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    member::Configuration configuration;
    for (std::uint16_t k = 0; k < kMembers; ++k)
        configuration.servers.push_back(
            {static_cast<std::uint16_t>(k + 1), fmt::format("127.0.0.1:{}", port + k)});
    std::vector<member::Member> members;
    members.reserve(kMembers);
    for (std::uint16_t sid = 1; sid <= kMembers; ++sid) {
        configuration.sid = sid;
        members.push_back(member::Member::join(configuration, [](auto) {}));
    }
    const std::vector<std::byte> command(bytes, std::byte{'x'});
    const auto length = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    fmt::print(
        "        one command       one read           many at once\n"
        "member     p50      p99      p50      p99   commands/s      reads/s\n");
    for (unsigned k = 0; k < kMembers; ++k)
        measure(members[k], k + 1, command, length);
}
