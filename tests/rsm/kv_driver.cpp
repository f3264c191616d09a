// A server of one replica without a network, for tests/e2e/redis_test.py: connections, and the store behind
// them.
//
// On standard input frames come: a line "CONNECTION UNIX-MS LENGTH", and so many bytes from that client at
// that time. For each a line "LENGTH OPEN" goes out, and so many bytes for the client; OPEN is 0 when its
// connection is to be closed.

#include <cstdint>
#include <iostream>
#include <map>
#include <string>

#include "rsm/rsm_test.hpp"

namespace synod::rsm {
namespace {

class NoFacts : public ServerFacts {
    [[nodiscard]] std::vector<Section> info() const override {
        return {{"Server", {{"redis_mode", "test"}}}};
    }
    [[nodiscard]] Fields configuration() const override { return {{"appendonly", "no"}, {"save", ""}}; }
    [[nodiscard]] bool is_full() const override { return false; }
    [[nodiscard]] std::string clients() const override { return {}; }
};

class Driver {
public:
    // Whether there was a frame.
    bool step() {
        std::uint64_t id = 0;
        UnixTime now;
        std::size_t length = 0;
        if (!(std::cin >> id >> now.ms >> length)) return false;
        std::cin.ignore(1);
        std::string bytes(length, '\0');
        std::cin.read(bytes.data(), static_cast<std::streamsize>(length));

        Connection& connection = connections_.try_emplace(id, ClientInfo{id, "test"}, facts_).first->second;
        connection.receive(as_bytes(bytes));
        const std::string sent = test::serve(connection, [&](std::string_view operation, std::string& reply) {
            replica_.apply(now, as_bytes(operation), reply);
        });
        std::cout << sent.size() << ' ' << !connection.is_closing() << '\n' << sent << std::flush;
        if (connection.is_closing()) connections_.erase(id);
        return true;
    }

private:
    NoFacts facts_;
    Replica<Store> replica_{Store{}};
    std::map<std::uint64_t, Connection> connections_;
};

}  // namespace
}  // namespace synod::rsm

int main() {
    std::ios::sync_with_stdio(false);
    synod::rsm::Driver driver;
    while (driver.step()) {
    }
}
