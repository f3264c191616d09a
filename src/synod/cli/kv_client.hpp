#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "synod/cli/redis_reply.hpp"
#include "synod/cli/server_configuration.hpp"
#include "synod/core/time.hpp"
#include "synod/node/owned_fd.hpp"

namespace synod::cli {

// No server has answered in time; says what became of the operation.
struct KvFailure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A client of the servers, with a session of its own: its operations are numbered, so that one is sent again,
// to another server, when the connection breaks, and runs once all the same. When the servers have forgotten
// the session, it begins another.
class KvClient {
public:
    KvClient(const ClientConfiguration& configuration, Duration timeout);

    // The server's reply, which may be an error. Throws KvFailure; UsageError for what is no operation that
    // it can send.
    RedisReply run(const std::vector<std::string>& words);

private:
    struct Place {
        ServerId sid;
        net::Address address;
    };

    void begin_session();
    [[nodiscard]] std::string numbered(const std::vector<std::string>& words);
    [[nodiscard]] RedisReply request(const std::string& bytes, bool once);
    [[nodiscard]] std::optional<RedisReply> ask(const std::string& bytes, Time until);
    [[nodiscard]] bool connect(Time until);
    [[nodiscard]] bool send(std::string_view bytes, Time until, Duration patience);
    [[nodiscard]] std::optional<RedisReply> receive(Time until);
    void next_server() noexcept;

    std::vector<Place> servers_;  // the one to ask first, first
    Duration timeout_;
    std::size_t current_ = 0;
    node::OwnedFd stream_;
    std::string received_;
    std::string session_;
    std::uint64_t sequence_ = 0;
    // Of the last request.
    std::size_t times_sent_ = 0;
    bool found_full_ = false;
};

}  // namespace synod::cli
