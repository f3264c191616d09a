#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "synod/rsm/connection.hpp"
#include "synod/rsm/replica.hpp"
#include "synod/rsm/store.hpp"

namespace synod::rsm::test {

inline std::string request(const std::vector<std::string>& words) {
    std::string bytes = fmt::format("*{}\r\n", words.size());
    for (const std::string& word : words)
        bytes += fmt::format("${}\r\n{}\r\n", word.size(), word);
    return bytes;
}

inline std::string operation(const std::vector<std::string_view>& words,
                             Protocol protocol = Protocol::resp2) {
    std::string bytes;
    encode_operation(bytes, protocol, words);
    return bytes;
}

// Takes all that the connection's client asks for, has `apply(operation, reply)` answer each operation at
// once, and returns what the client is sent.
template <typename Apply>
std::string serve(Connection& connection, Apply&& apply) {
    std::string sent;
    std::size_t before = 0;
    do {
        before = sent.size();
        Connection::Request request;
        while (connection.next(request)) {
            std::string reply;
            apply(request.operation, reply);
            connection.answer(reply);
        }
        sent += std::exchange(connection.output(), {});
    } while (sent.size() > before);
    return sent;
}

struct TestFacts : ServerFacts {
    [[nodiscard]] std::vector<Section> info() const override {
        return {{"Server", {{"uptime_in_seconds", "12"}}}, {"Clients", {{"connected_clients", "1"}}}};
    }
    [[nodiscard]] Fields configuration() const override { return {{"save", ""}, {"maxmemory", "0"}}; }
    [[nodiscard]] bool is_full() const override { return full; }
    [[nodiscard]] std::string clients() const override { return "id=7\n"; }

    bool full = false;
};

// A replica, and clients whose operations it applies at once.
class TestServer {
public:
    TestServer() = default;
    explicit TestServer(std::size_t value_bytes_max) : replica(Store(value_bytes_max)) {}

    // What an operation is answered at this time.
    std::string apply(const std::vector<std::string_view>& words) {
        std::string reply;
        replica.apply(now, as_bytes(operation(words)), reply);
        return reply;
    }
    std::string query(const std::vector<std::string_view>& words) const {
        std::string reply;
        replica.machine().query(as_bytes(operation(words)), reply);
        return reply;
    }
    std::string serve(Connection& connection) {
        return test::serve(connection, [this](std::string_view operation, std::string& reply) {
            replica.apply(now, as_bytes(operation), reply);
        });
    }
    std::string serve(Connection& connection, std::string_view bytes) {
        connection.receive(as_bytes(bytes));
        return serve(connection);
    }
    [[nodiscard]] std::string snapshot() const {
        std::string bytes;
        replica.snapshot(bytes);
        return bytes;
    }

    UnixTime now{1'000'000};
    Replica<Store> replica{Store{}};
};

}  // namespace synod::rsm::test
