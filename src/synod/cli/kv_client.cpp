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

namespace synod::cli {
namespace {

constexpr Duration kConnectPatience = milliseconds(1000);
constexpr Duration kAnswerPatience = milliseconds(2000);  // then another server is asked
constexpr Duration kPause = milliseconds(20);             // when none could be reached

// False: it did not come to that in time.
bool wait_for(const node::OwnedFd& stream, short events, Time until) {
    pollfd poll{stream.get(), events, 0};
    const std::uint64_t ms = until.since(node::now()).ns / 1'000'000;
    return ::poll(&poll, 1, static_cast<int>(std::min<std::uint64_t>(ms + 1, 1 << 30))) > 0;
}

const rsm::Command& command_of(const std::vector<std::string>& words) {
    const std::vector<std::string_view> views(words.begin(), words.end());
    std::string error;
    const rsm::Command* command = rsm::find_command(views, error);
    if (command == nullptr) throw UsageError(error);
    if (command->control != rsm::Control::none)
        throw UsageError(
            fmt::format("'{}' concerns a connection, which synod kv may change at any time; use a "
                        "client of Redis for it (redis-cli)",
                        command->name));
    return *command;
}

}  // namespace

KvClient::KvClient(const ClientConfiguration& configuration, Duration timeout)
    : timeout_(timeout), session_(fmt::format("{:016x}{:016x}", node::random_bits(), node::random_bits())) {
    for (const ServerEntry& server : configuration.servers)
        servers_.push_back({server.sid, server.address});
    std::stable_partition(servers_.begin(), servers_.end(),
                          [&](const Place& place) { return place.sid == configuration.leader; });
}

RedisReply KvClient::run(const std::vector<std::string>& words) {
    if (!command_of(words).is_of_store()) return request(redis_request(words), false);
    std::vector<std::string> numbered{"SYNOD.ONCE", session_, std::to_string(++sequence_)};
    numbered.insert(numbered.end(), words.begin(), words.end());
    return request(redis_request(numbered), true);
}

RedisReply KvClient::request(const std::string& bytes, bool once) {
    const Time until = node::now() + timeout_;
    bool sent = false;
    std::size_t unreachable = 0;
    while (node::now() < until) {
        if (connect(std::min(until, node::now() + kConnectPatience))) {
            sent = sent || once;
            unreachable = 0;
            if (send(bytes, until)) {
                if (auto reply = receive(std::min(until, node::now() + kAnswerPatience))) return *reply;
            }
        } else if (++unreachable % servers_.size() == 0) {
            ::poll(nullptr, 0, static_cast<int>(kPause.ns / 1'000'000));
        }
        next_server();
    }
    throw KvFailure(fmt::format("no server has answered in {} s, of {}: is a majority of them alive? {}",
                                static_cast<double>(timeout_.ns) / 1e9, servers_.size(),
                                sent ? "The operation may have run, or may yet; it runs once at most"
                                     : "The operation was not sent"));
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

bool KvClient::send(std::string_view bytes, Time until) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(stream_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN && errno != EINTR) return false;
        if (count < 0 && !wait_for(stream_, POLLOUT, until)) return false;
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
