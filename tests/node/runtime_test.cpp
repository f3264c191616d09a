#include "synod/node/runtime.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/temporary_directory.hpp"
#include "net/loopback.hpp"
#include "synod/core/delivery.hpp"
#include "synod/net/error.hpp"
#include "synod/node/clock.hpp"
#include "synod/node/wake.hpp"

namespace synod::node {
namespace {

using ::testing::ElementsAre;

// Servers of all roles on real sockets of the loopback interface, driven by one loop.
class RealServers : public cli::InTemporaryDirectory {
protected:
    struct Output : host::DeliverySink {
        void deliver(InstanceId, Bytes batch) override {
            delivery.deliver(batch, [this](SessionId, Bytes value) { values.emplace_back(as_text(value)); });
        }
        Delivery delivery;
        std::vector<std::string> values;
    };
    struct Server {
        explicit Server(const RuntimeOptions& options) : runtime(options, &output) {}
        Output output;
        Runtime runtime;
    };

    explicit RealServers(unsigned count = 3)
        : addresses_(net::test::free_addresses(count)), servers_(count) {}

    [[nodiscard]] RuntimeOptions options(unsigned server) const {
        RuntimeOptions options;
        options.id = static_cast<std::uint16_t>(server);
        options.address = addresses_[server - 1];
        options.peers = addresses_;
        options.peers.erase(options.peers.begin() + (server - 1));
        options.group = group_;
        options.acceptors = static_cast<unsigned>(addresses_.size());
        options.cluster = "of a test";
        options.run_directory = directory_;
        options.history_bytes = 1 << 20;
        return options;
    }
    void start(unsigned server) {
        servers_[server - 1] = std::make_unique<Server>(options(server));
        servers_[server - 1]->runtime.start();
    }
    void stop(unsigned server) { servers_[server - 1].reset(); }
    Server& at(unsigned server) { return *servers_[server - 1]; }

    void write(unsigned server, std::string_view value) {
        Client& client = *at(server).runtime.host().role<Client>();
        ASSERT_TRUE(client.write(as_bytes(value), true, now()).all);
    }

    // Waits for any server to have something to do. False: it has not come about in ten seconds.
    bool until(const std::function<bool()>& condition) {
        const Time begin = now();
        while (!condition()) {
            if (now().since(begin) > milliseconds(10'000)) return false;
            std::vector<pollfd> polled;
            for (const auto& server : servers_)
                if (server) polled.push_back({server->runtime.fd(), POLLIN, 0});
            poll(polled.data(), polled.size(), 1);
            for (const auto& server : servers_)
                if (server) server->runtime.step(server->runtime.receive(Time{}));
        }
        return true;
    }
    bool all_deliver(std::size_t count) {
        return until([&] {
            return std::all_of(servers_.begin(), servers_.end(), [count](const auto& server) {
                return !server || server->output.values.size() == count;
            });
        });
    }

    std::optional<net::Address> group_;
    std::vector<net::Address> addresses_;
    std::vector<std::unique_ptr<Server>> servers_;
};

TEST_F(RealServers, WithoutMulticastDeliverOneSequence) {
    for (unsigned s = 1; s <= 3; ++s)
        start(s);
    for (unsigned s = 1; s <= 3; ++s)
        for (int k = 0; k < 20; ++k)
            write(s, std::to_string(s) + "-" + std::to_string(k));
    ASSERT_TRUE(all_deliver(60));
    EXPECT_EQ(at(2).output.values, at(1).output.values);
    EXPECT_EQ(at(3).output.values, at(1).output.values);
}

TEST_F(RealServers, WithAGroupSayOnceWhatIsForAllOfThem) {
    group_ = net::test::free_group();
    net::Network listener = net::test::network({*group_});
    for (unsigned s = 1; s <= 3; ++s)
        start(s);
    for (unsigned s = 1; s <= 3; ++s)
        write(s, "value of " + std::to_string(s));
    ASSERT_TRUE(all_deliver(3));
    EXPECT_EQ(at(2).output.values, at(1).output.values);
    EXPECT_EQ(at(3).output.values, at(1).output.values);
    std::set<net::Address> heard;
    for (const auto& each : net::test::receive(listener, listener.descriptors()[1], 100))
        heard.insert(each.from);
    EXPECT_THAT(heard, ::testing::UnorderedElementsAreArray(addresses_));
}

TEST_F(RealServers, GoOnWithoutOneThatDied) {
    for (unsigned s = 1; s <= 3; ++s)
        start(s);
    write(3, "before");
    ASSERT_TRUE(all_deliver(1));
    for (const unsigned leader : {1U, 2U, 3U}) {
        if (!at(leader).runtime.host().role<Proposer>()->is_leading()) continue;
        stop(leader);
        write(leader % 3 + 1, "after");
        ASSERT_TRUE(all_deliver(2));
        return;
    }
    FAIL() << "nobody leads";
}

TEST_F(RealServers, OneThatComesLateCatchesUp) {
    start(1);
    start(2);
    for (int k = 0; k < 20; ++k)
        write(1, std::to_string(k));
    ASSERT_TRUE(all_deliver(20));
    start(3);
    ASSERT_TRUE(all_deliver(20));
    EXPECT_EQ(at(3).output.values, at(1).output.values);
}

TEST_F(RealServers, OneThatComesBackServesWithoutAVote) {
    for (unsigned s = 1; s <= 3; ++s)
        start(s);
    write(1, "before");
    ASSERT_TRUE(all_deliver(1));
    EXPECT_FALSE(at(3).runtime.observes());
    stop(3);
    start(3);
    EXPECT_TRUE(at(3).runtime.observes());
    write(3, "after");
    ASSERT_TRUE(all_deliver(2));
    EXPECT_THAT(at(3).output.values, ElementsAre("before", "after"));
}

TEST_F(RealServers, WhoCannotHaveItsAddressLeavesNoMark) {
    start(1);
    RuntimeOptions second = options(2);
    second.address = addresses_[0];
    EXPECT_THROW(Runtime(second, nullptr), net::InUse);
    start(2);
    EXPECT_FALSE(at(2).runtime.observes());
}

TEST_F(RealServers, ADescriptorThatIsWatchedEndsTheWait) {
    start(1);
    Wake wake;
    at(1).runtime.watch(wake.fd());
    wake.set();
    pollfd polled{at(1).runtime.fd(), POLLIN, 0};
    EXPECT_EQ(poll(&polled, 1, 0), 1);
    const Time begin = now();
    EXPECT_GE(at(1).runtime.receive(kNever), begin);
}

}  // namespace
}  // namespace synod::node
