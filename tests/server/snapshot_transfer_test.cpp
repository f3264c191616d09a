// A snapshot on its way from one server to another.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <functional>
#include <string>

#include "synod/node/clock.hpp"
#include "synod/node/tcp.hpp"
#include "synod/server/snapshot_fetch.hpp"
#include "synod/server/snapshot_sender.hpp"
#include "synod/server/state_loader.hpp"

namespace synod::server {
namespace {

struct Peer {
    Peer() : listener(node::listen_at({INADDR_LOOPBACK, 0})) {
        sockaddr_in local{};
        socklen_t length = sizeof local;
        ::getsockname(listener.fd.get(), reinterpret_cast<sockaddr*>(&local), &length);
        address = net::from_sockaddr(local);
    }
    node::Listener listener;
    net::Address address;
};

State state_of(std::size_t value_bytes) {
    State state;
    state.next = InstanceId{9};
    const std::string value(value_bytes, 'v');
    const std::array<std::string_view, 3> words{"SET", "key", value};
    std::string operation;
    rsm::encode_operation(operation, rsm::Protocol::resp2, words);
    std::string reply;
    state.replica.apply({}, as_bytes(operation), reply);
    return state;
}

void reply(const node::OwnedFd& stream, std::string_view bytes) {
    ASSERT_EQ(::send(stream.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
}

// Polls, and lets each peer that is asked do its part, until a snapshot is there.
std::optional<std::string> fetch(SnapshotFetch& fetch, std::vector<Peer>& peers,
                                 const std::function<void(std::size_t, node::OwnedFd)>& serve) {
    const Time until = node::now() + milliseconds(20'000);
    fetch.begin(node::now());
    while (node::now() < until) {
        if (auto snapshot = fetch.poll(node::now())) return snapshot;
        for (std::size_t k = 0; k < peers.size(); ++k)
            if (auto stream = node::accept_from(peers[k].listener)) serve(k, std::move(stream->fd));
        pollfd poll{fetch.fd(), POLLIN, 0};
        ::poll(&poll, 1, 5);
    }
    return std::nullopt;
}

SnapshotFetch::Options options_for(const std::vector<Peer>& peers) {
    SnapshotFetch::Options options;
    for (const Peer& peer : peers)
        options.peers.push_back(peer.address);
    options.pause = milliseconds(1);
    return options;
}

TEST(SnapshotTransfer, AChildSendsItAndTheServerGoesOn) {
    std::vector<Peer> peers(1);
    SnapshotFetch fetching(options_for(peers));
    SnapshotSender sender;
    State state = state_of(20 << 20);
    const auto snapshot = fetch(fetching, peers, [&](std::size_t, node::OwnedFd stream) {
        sender.send(std::move(stream), state);
        state = State{};  // what the server does meanwhile is not seen
    });
    ASSERT_TRUE(snapshot.has_value());
    StateLoader loader;
    loader.begin(*snapshot);
    pollfd poll{loader.fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&poll, 1, 20'000), 1);
    std::string fault;
    const auto received = loader.take(fault);
    ASSERT_TRUE(received.has_value()) << fault;
    std::string expected;
    encode(state_of(20 << 20), expected);
    std::string found;
    encode(*received, found);
    EXPECT_EQ(found, expected);
}

TEST(SnapshotTransfer, OneThatCannotGiveItIsFollowedByTheNext) {
    const std::string good = "$2\r\nok\r\n";
    for (const std::string bad :
         {"-BUSY\r\n", "$5\r\nhal", "nonsense", "$99999999999999999999\r\n", "$-1\r\n", "$x\r\n"}) {
        std::vector<Peer> peers(2);
        SnapshotFetch fetching(options_for(peers));
        const auto snapshot = fetch(fetching, peers, [&](std::size_t k, node::OwnedFd stream) {
            reply(stream, k == 0 ? bad : good);
        });
        EXPECT_EQ(snapshot, "ok") << bad;
    }
}

TEST(SnapshotTransfer, OneThatSaysNothingIsFollowedByTheNext) {
    std::vector<Peer> peers(2);
    SnapshotFetch::Options options = options_for(peers);
    options.patience = milliseconds(20);
    SnapshotFetch fetching(options);
    std::vector<node::OwnedFd> silent;
    const auto snapshot = fetch(fetching, peers, [&](std::size_t k, node::OwnedFd stream) {
        if (k == 0) return silent.push_back(std::move(stream));
        reply(stream, "$2\r\nok\r\n");
    });
    EXPECT_EQ(snapshot, "ok");
}

TEST(SnapshotTransfer, OneThatCannotBeReachedIsFollowedByTheNext) {
    std::vector<Peer> peers(1);
    SnapshotFetch::Options options = options_for(peers);
    options.peers.insert(options.peers.begin(), Peer().address);
    SnapshotFetch fetching(options);
    const auto snapshot =
        fetch(fetching, peers, [](std::size_t, node::OwnedFd stream) { reply(stream, "$2\r\nok\r\n"); });
    EXPECT_EQ(snapshot, "ok");
}

TEST(SnapshotTransfer, OneThatIsTooLargeIsNotRead) {
    std::vector<Peer> peers(2);
    SnapshotFetch::Options options = options_for(peers);
    options.bytes_max = 10;
    SnapshotFetch fetching(options);
    const auto snapshot = fetch(fetching, peers, [](std::size_t k, node::OwnedFd stream) {
        reply(stream, k == 0 ? "$11\r\nhello world\r\n" : "$5\r\nhello\r\n");
    });
    EXPECT_EQ(snapshot, "hello");
}

TEST(SnapshotTransfer, WhileOneIsBeingSentOthersAreRefused) {
    Peer peer;
    const State state = state_of(64 << 20);
    SnapshotSender sender;
    const node::OwnedFd first = node::connect_to(peer.address);
    sender.send(std::move(node::accept_from(peer.listener)->fd), state);
    const node::OwnedFd second = node::connect_to(peer.address);
    sender.send(std::move(node::accept_from(peer.listener)->fd), state);
    pollfd poll{second.get(), POLLIN, 0};
    ASSERT_EQ(::poll(&poll, 1, 10'000), 1);
    std::array<char, 5> head{};
    ASSERT_EQ(::recv(second.get(), head.data(), head.size(), 0), 5);
    EXPECT_EQ(std::string_view(head.data(), head.size()), "-BUSY");
}

TEST(StateLoader, ABadSnapshotIsSaidToBeOne) {
    StateLoader loader;
    loader.begin("nonsense");
    pollfd poll{loader.fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&poll, 1, 20'000), 1);
    std::string fault;
    EXPECT_FALSE(loader.take(fault).has_value());
    EXPECT_EQ(fault, "too short");
    EXPECT_FALSE(loader.is_under_way());
}

}  // namespace
}  // namespace synod::server
