#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "cli/temporary_directory.hpp"
#include "net/loopback.hpp"
#include "synod/member/member.hpp"

namespace synod::member {

using namespace std::chrono_literals;

inline Deadline in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}
inline constexpr auto kSoon = 20'000ms;

// What one thread learns and another one waits for.
template <typename T>
class Collected {
public:
    void add(T item) {
        const std::lock_guard lock(mutex_);
        items_.push_back(std::move(item));
        grown_.notify_all();
    }
    // As soon as there are so many; those there are, when they do not come.
    std::vector<T> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        grown_.wait_for(lock, kSoon, [&] { return items_.size() >= count; });
        return items_;
    }
    std::vector<T> now() {
        const std::lock_guard lock(mutex_);
        return items_;
    }

private:
    std::mutex mutex_;
    std::condition_variable grown_;
    std::vector<T> items_;
};

// Drives a member that has no thread until it is so, or it takes too long.
template <typename IsSo>
void drive_until(Member& member, IsSo is_so) {
    const Deadline give_up = in(kSoon);
    while (!is_so() && std::chrono::steady_clock::now() < give_up) {
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::min(member.deadline(), give_up) -
                                                                       std::chrono::steady_clock::now());
        pollfd polled{member.fd(), POLLIN, 0};
        poll(&polled, 1, static_cast<int>(std::max<std::int64_t>(wait.count(), 0)));
        member.turn();
    }
}

inline std::string text(const Outcome& outcome) {
    if (std::holds_alternative<Overloaded>(outcome)) return "overloaded";
    if (std::holds_alternative<Unknown>(outcome)) return "unknown";
    const auto& applied = std::get<Applied>(outcome);
    return std::to_string(applied.position.value()) + ":" + std::string(applied.answer);
}

// A sum; the answer to each addend is the sum so far.
struct Sum {
    static constexpr rsm::SnapshotFormat kSnapshotFormat{"test.sum", 1};
    void apply(const rsm::LogEntry& entry, std::string& answer) {
        total += std::stoll(std::string(as_text(entry.command)));
        answer += std::to_string(total);
    }
    void snapshot(std::string& out) const { out += std::to_string(total); }
    [[nodiscard]] bool restore(Bytes) { return false; }
    long long total = 0;
};

class Members : public cli::InTemporaryDirectory {
protected:
    Configuration configuration(std::uint16_t sid, unsigned servers = 3) {
        if (addresses_.empty())
            for (const net::Address address : net::test::free_addresses(servers))
                addresses_.push_back(net::to_string(address));
        Configuration configuration;
        configuration.sid = sid;
        for (unsigned k = 0; k < servers; ++k)
            configuration.servers.push_back({static_cast<std::uint16_t>(k + 1), addresses_[k]});
        configuration.run_directory = directory_;
        configuration.history_bytes = 1 << 20;
        return configuration;
    }
    Done told() {
        return [this](const Outcome& outcome) { outcomes_.add(text(outcome)); };
    }

    std::vector<std::string> addresses_;
    Collected<std::string> outcomes_;
};

}  // namespace synod::member
