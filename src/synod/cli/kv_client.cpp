#include "synod/cli/kv_client.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "synod/cli/text.hpp"
#include "synod/net/error.hpp"
#include "synod/node/clock.hpp"
#include "synod/node/random_bits.hpp"
#include "synod/node/tcp.hpp"
#include "synod/rsm/command.hpp"
#include "synod/rsm/once.hpp"
#include "synod/rsm/protocol.hpp"

namespace synod::cli {
namespace {

// With each server, then another one is asked; but a third of all the time at most.
constexpr Duration kConnectPatience = milliseconds(1000);
constexpr Duration kAnswerPatience = milliseconds(2000);
constexpr Duration kPause = milliseconds(20);  // when all have been asked in vain
constexpr std::string_view kServerFull = "ERR max number of clients reached";

// False: it did not come to that in time.
bool wait_for(const node::OwnedFd& stream, short events, Time until) {
    pollfd poll{stream.get(), events, 0};
    const std::uint64_t ms = until.since(node::now()).ns / 1'000'000;
    return ::poll(&poll, 1, static_cast<int>(std::min<std::uint64_t>(ms + 1, 1 << 30))) > 0;
}

bool changes_its_connection(const rsm::Command& command) {
    constexpr std::array<std::string_view, 5> kChange{"auth", "client|setinfo", "client|setname", "hello",
                                                      "select"};
    return command.control != rsm::Control::none ||
           std::find(kChange.begin(), kChange.end(), command.name) != kChange.end();
}

// A server would end the connection.
void expect_within_limits(const std::vector<std::string>& words) {
    constexpr rsm::RequestLimits kLimits;
    constexpr auto kWordBytesMax = static_cast<std::size_t>(kLimits.argument_bytes_max);
    constexpr std::size_t kNumberBytes = 1024;  // of what numbered() adds
    std::size_t bytes = kNumberBytes;
    for (const std::string& word : words) {
        bytes += word.size();
        if (word.size() > kWordBytesMax)
            throw UsageError(fmt::format("{} has {} bytes; servers take {} at most", shown(word), word.size(),
                                         kWordBytesMax));
    }
    if (bytes > kLimits.request_bytes_max)
        throw UsageError(fmt::format("the operation has {} bytes; servers take {} at most",
                                     bytes - kNumberBytes, kLimits.request_bytes_max - kNumberBytes));
}

const rsm::Command& command_of(const std::vector<std::string>& words) {
    const std::vector<std::string_view> views(words.begin(), words.end());
    std::string error;
    const rsm::Command* command = rsm::find_command(views, error);
    if (command == nullptr) throw UsageError(error);
    expect_within_limits(words);
    if (changes_its_connection(*command))
        throw UsageError(
            fmt::format("'{}' concerns a connection, which synod kv may change at any time; use a "
                        "client of Redis for it (redis-cli)",
                        command->name));
    return *command;
}

bool is_error(const RedisReply& reply, std::string_view begin) {
    return reply.is_error() && reply.text.starts_with(begin);
}

}  // namespace

KvClient::KvClient(const ClientConfiguration& configuration, Duration timeout) : timeout_(timeout) {
    begin_session();
    for (const ServerEntry& server : configuration.servers)
        servers_.push_back({server.sid, server.address});
    std::stable_partition(servers_.begin(), servers_.end(),
                          [&](const Place& place) { return place.sid == configuration.leader; });
}

RedisReply KvClient::run(const std::vector<std::string>& words) {
    if (!command_of(words).is_of_store()) return request(redis_request(words), false);
    RedisReply reply = request(numbered(words), true);
    if (!is_error(reply, rsm::kOnceForgotten)) return reply;
    // The servers keep the session no longer. What was sent once was refused, and is sent anew; of what was
    // sent more than once, the first may have run.
    const bool has_not_run = times_sent_ == 1;
    begin_session();
    return has_not_run ? request(numbered(words), true) : reply;
}

void KvClient::begin_session() {
    session_ = fmt::format("{:016x}{:016x}", node::random_bits(), node::random_bits());
    sequence_ = 0;
}

// As the session's next operation.
std::string KvClient::numbered(const std::vector<std::string>& words) {
    std::vector<std::string> once{"SYNOD.ONCE", session_, std::to_string(++sequence_)};
    once.insert(once.end(), words.begin(), words.end());
    return redis_request(once);
}

RedisReply KvClient::request(const std::string& bytes, bool once) {
    const Time until = node::now() + timeout_;
    times_sent_ = 0;
    found_full_ = false;
    for (std::size_t asked = 1; node::now() < until; ++asked) {
        if (auto reply = ask(bytes, until)) return *reply;
        next_server();
        if (asked % servers_.size() == 0) ::poll(nullptr, 0, static_cast<int>(kPause.ns / 1'000'000));
    }
    throw KvFailure(fmt::format("no server has answered in {} s, of {}: {} {}",
                                static_cast<double>(timeout_.ns) / 1e9, servers_.size(),
                                found_full_ ? kServerFull : "is a majority of them alive?",
                                times_sent_ == 0 ? "The operation was not sent"
                                : once ? "The operation may have run, or may yet; it runs once at most"
                                       : "The operation was sent; it changes nothing"));
}

// Nothing: the server cannot be reached, has too many clients, or does not answer in time.
std::optional<RedisReply> KvClient::ask(const std::string& bytes, Time until) {
    const Duration share = timeout_ / 3;
    if (!connect(std::min(until, node::now() + std::min(kConnectPatience, share)))) return std::nullopt;
    ++times_sent_;
    if (!send(bytes, until, std::min(kAnswerPatience, share))) return std::nullopt;
    auto reply = receive(std::min(until, node::now() + std::min(kAnswerPatience, share)));
    if (!reply || !is_error(*reply, kServerFull)) return reply;
    --times_sent_;  // a server that says so reads nothing
    found_full_ = true;
    return std::nullopt;
}

bool KvClient::connect(Time until) {
    if (stream_) return true;
    try {
        stream_ = node::connect_to(servers_[current_].address);
    } catch (const net::Error&) {
        return false;
    }
    if (wait_for(stream_, POLLOUT, until) && node::connect_error(stream_) == 0) return true;
    stream_ = {};
    return false;
}

// False: the connection has ended, or it is `until`, or the server has taken nothing for so long.
bool KvClient::send(std::string_view bytes, Time until, Duration patience) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(stream_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN && errno != EINTR) return false;
        if (count < 0 && !wait_for(stream_, POLLOUT, std::min(until, node::now() + patience))) return false;
        bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return true;
}

// Nothing: the connection has ended, or takes too long, or whoever is there is no server.
std::optional<RedisReply> KvClient::receive(Time until) try {
    std::array<char, 64 << 10> buffer;
    while (true) {
        std::string_view bytes = received_;
        if (auto reply = take_reply(bytes)) {
            received_.erase(0, received_.size() - bytes.size());
            return reply;
        }
        if (!wait_for(stream_, POLLIN, until)) return std::nullopt;
        const ssize_t count = ::recv(stream_.get(), buffer.data(), buffer.size(), 0);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return std::nullopt;
        received_.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
} catch (const NoReply&) {
    return std::nullopt;
}

void KvClient::next_server() noexcept {
    stream_ = {};
    received_.clear();
    current_ = (current_ + 1) % servers_.size();
}

}  // namespace synod::cli
