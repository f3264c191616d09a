// A snapshot on its way from one server to another.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "synod/node/clock.hpp"
#include "synod/node/tcp.hpp"
#include "synod/server/snapshot_fetch.hpp"
#include "synod/server/snapshot_sender.hpp"
#include "synod/server/state_loader.hpp"

namespace synod::server {
namespace {

constexpr LogName kLog{3, 5};

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
    EXPECT_EQ(reply, "+OK\r\n");
    return state;
}

void reply(const node::OwnedFd& stream, std::string_view bytes) {
    ASSERT_EQ(::send(stream.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
}

// The request: a stream that is closed with something unread loses what is on its way.
std::string read_request(const node::OwnedFd& stream) {
    std::array<char, 100> bytes{};
    const ssize_t count = ::recv(stream.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
}

// As a server does it, which has read what it answers.
void answer(const node::OwnedFd& stream, std::string_view bytes) {
    EXPECT_FALSE(read_request(stream).empty());
    reply(stream, bytes);
}

bool has_asked(const node::OwnedFd& stream) {
    pollfd poll{stream.get(), POLLIN, 0};
    return ::poll(&poll, 1, 0) == 1;
}

// Polls, and lets each peer that is asked do its part, until a snapshot is there.
std::optional<std::string> fetch(SnapshotFetch& fetch, std::vector<Peer>& peers,
                                 const std::function<void(std::size_t, node::OwnedFd)>& serve) {
    const Time until = node::now() + milliseconds(20'000);
    fetch.begin(node::now());
    std::vector<std::pair<std::size_t, node::OwnedFd>> accepted;
    while (node::now() < until) {
        if (auto snapshot = fetch.poll(node::now())) return snapshot;
        for (std::size_t k = 0; k < peers.size(); ++k)
            if (auto stream = node::accept_from(peers[k].listener))
                accepted.emplace_back(k, std::move(stream->fd));
        std::erase_if(accepted, [&](auto& each) {
            if (!has_asked(each.second)) return false;
            serve(each.first, std::move(each.second));
            return true;
        });
        pollfd poll{fetch.fd(), POLLIN, 0};
        ::poll(&poll, 1, 5);
    }
    return std::nullopt;
}

SnapshotFetch::Options options_for(const std::vector<Peer>& peers) {
    SnapshotFetch::Options options;
    for (const Peer& peer : peers)
        options.peers.push_back(peer.address);
    options.log = kLog;
    options.pause = milliseconds(1);
    return options;
}

// Until what it does has ended.
void await(StateLoader& loader) {
    pollfd poll{loader.fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&poll, 1, 20'000), 1);
    loader.tick();
    ASSERT_EQ(::poll(&poll, 1, 0), 0);
}

TEST(SnapshotTransfer, AChildSendsItAndTheServerGoesOn) {
    std::vector<Peer> peers(1);
    SnapshotFetch fetching(options_for(peers));
    SnapshotSender sender(kLog);
    State state = state_of(20 << 20);
    const auto snapshot = fetch(fetching, peers, [&](std::size_t, node::OwnedFd stream) {
        static_cast<void>(read_request(stream));
        sender.send(std::move(stream), state);
        state = State{};  // what the server does meanwhile is not seen
    });
    ASSERT_TRUE(snapshot.has_value());
    StateLoader loader(kLog);
    loader.begin(*snapshot);
    await(loader);
    std::string fault;
    const auto received = loader.take(fault);
    ASSERT_TRUE(received.has_value()) << fault;
    std::string expected;
    encode(state_of(20 << 20), kLog, expected);
    std::string found;
    encode(*received, kLog, found);
    EXPECT_EQ(found, expected);
}

TEST(SnapshotTransfer, OneThatCannotGiveItIsFollowedByTheNext) {
    const std::string good = "$2\r\nok\r\n";
    for (const std::string bad :
         {"-BUSY\r\n", "$5\r\nhal", "nonsense", "$99999999999999999999\r\n", "$-1\r\n", "$x\r\n"}) {
        std::vector<Peer> peers(2);
        SnapshotFetch fetching(options_for(peers));
        const auto snapshot = fetch(fetching, peers, [&](std::size_t k, node::OwnedFd stream) {
            answer(stream, k == 0 ? bad : good);
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
        answer(stream, "$2\r\nok\r\n");
    });
    EXPECT_EQ(snapshot, "ok");
}

TEST(SnapshotTransfer, OneThatCannotBeReachedIsFollowedByTheNext) {
    std::vector<Peer> peers(1);
    SnapshotFetch::Options options = options_for(peers);
    options.peers.insert(options.peers.begin(), Peer().address);
    SnapshotFetch fetching(options);
    const auto snapshot =
        fetch(fetching, peers, [](std::size_t, node::OwnedFd stream) { answer(stream, "$2\r\nok\r\n"); });
    EXPECT_EQ(snapshot, "ok");
}

TEST(SnapshotTransfer, OneThatIsTooLargeIsNotRead) {
    std::vector<Peer> peers(2);
    SnapshotFetch::Options options = options_for(peers);
    options.bytes_max = 10;
    std::vector<std::string> said;
    options.say = [&](const std::string& line) { said.push_back(line); };
    SnapshotFetch fetching(options);
    const auto snapshot = fetch(fetching, peers, [](std::size_t k, node::OwnedFd stream) {
        answer(stream, k == 0 ? "$11\r\nhello world\r\n" : "$5\r\nhello\r\n");
    });
    EXPECT_EQ(snapshot, "hello");
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0],
              fmt::format("the server at {} has a snapshot of 11 bytes; 10 is the most that is taken",
                          net::to_string(peers[0].address)));
}

TEST(SnapshotTransfer, ItNamesTheLogThatItWantsASnapshotOf) {
    std::vector<Peer> peers(1);
    SnapshotFetch fetching(options_for(peers));
    std::string request;
    const auto snapshot = fetch(fetching, peers, [&](std::size_t, node::OwnedFd stream) {
        request = read_request(stream);
        reply(stream, "$2\r\nok\r\n");
    });
    EXPECT_EQ(request, "SYNOD.SNAPSHOT 0000000000000003 0000000000000005\r\n");
    EXPECT_EQ(snapshot, "ok");
}

// A peer that has accepted, and is asked.
class SlowPeerTest : public testing::Test {
protected:
    void begin(SnapshotFetch::Options options) {
        options.peers = {peer_.address};
        options.log = kLog;
        options.pause = milliseconds(60'000);
        fetching_.emplace(std::move(options));
        fetching_->begin(now_);
        while (!stream_)
            if (auto stream = node::accept_from(peer_.listener)) stream_ = std::move(stream->fd);
        pollfd poll{stream_.get(), POLLIN, 0};
        while (::poll(&poll, 1, 1) == 0)
            EXPECT_FALSE(fetching_->poll(now_).has_value());
        std::array<char, 128> request{};
        ASSERT_GT(::recv(stream_.get(), request.data(), request.size(), 0), 0);
    }
    void say(std::string_view bytes) {
        reply(stream_, bytes);
        pollfd poll{fetching_->fd(), POLLIN, 0};
        ASSERT_EQ(::poll(&poll, 1, 10'000), 1);
    }
    void poll_at(Duration later) { EXPECT_FALSE(fetching_->poll(now_ + later).has_value()); }
    bool has_given_up() {
        pollfd poll{stream_.get(), POLLIN, 0};
        return ::poll(&poll, 1, 0) == 1;
    }

    Peer peer_;
    const Time now_ = node::now();
    std::optional<SnapshotFetch> fetching_;
    node::OwnedFd stream_;
};

TEST_F(SlowPeerTest, OneThatPausesAfterMuchIsWaitedFor) {
    SnapshotFetch::Options options;
    options.read_bytes = 16;
    begin(options);
    say("$2000\r\n" + std::string(std::size_t{64} * 16 - 7, 'v'));
    poll_at(milliseconds(0));
    EXPECT_EQ(fetching_->deadline(), Time{});
    poll_at(milliseconds(1));
    EXPECT_FALSE(has_given_up());
    EXPECT_EQ(fetching_->deadline(), now_ + milliseconds(5000));
    poll_at(milliseconds(5001));
    EXPECT_TRUE(has_given_up());
}

TEST_F(SlowPeerTest, OneThatLivesHasLongerToWriteTheSnapshotThanToSendIt) {
    begin({});
    say("\n");
    poll_at(milliseconds(0));
    poll_at(milliseconds(59'000));
    EXPECT_FALSE(has_given_up());
    say("$2\r\n");
    poll_at(milliseconds(59'000));
    poll_at(milliseconds(63'000));
    EXPECT_FALSE(has_given_up());
    poll_at(milliseconds(65'000));
    EXPECT_TRUE(has_given_up());
}

TEST_F(SlowPeerTest, OneThatOnlyLivesIsGivenUpInTheEnd) {
    begin({});
    say("\n");
    poll_at(milliseconds(1000));
    say("\n");
    poll_at(milliseconds(59'000));
    EXPECT_FALSE(has_given_up());
    EXPECT_EQ(fetching_->deadline(), now_ + milliseconds(60'000));
    poll_at(milliseconds(60'000));
    EXPECT_TRUE(has_given_up());
}

TEST(SnapshotTransfer, AfterOneThatWasOfNoUseTheNextIsAskedForAfterAPauseThatGrows) {
    const Peer peer;
    SnapshotFetch::Options options;
    options.peers = {peer.address};
    SnapshotFetch fetching(options);
    Time now = node::now();
    const auto ask_and_get = [&] {
        static_cast<void>(fetching.poll(now));
        const auto stream = node::accept_from(peer.listener);
        ASSERT_TRUE(stream.has_value());
        reply(stream->fd, "$2\r\nok\r\n");
        for (int k = 0; k < 1000 && fetching.is_under_way(); ++k)
            static_cast<void>(fetching.poll(now));
        ASSERT_FALSE(fetching.is_under_way());
    };
    fetching.begin(now);
    ask_and_get();
    for (const std::uint64_t pause : {200, 400, 800, 1600, 3200, 6400, 12'800, 25'600, 30'000, 30'000}) {
        fetching.was_of_no_use(now);
        EXPECT_TRUE(fetching.comes_in_vain());
        fetching.begin(now);
        EXPECT_EQ(fetching.deadline(), now + milliseconds(pause));
        static_cast<void>(fetching.poll(now));
        EXPECT_FALSE(node::accept_from(peer.listener).has_value());
        now = fetching.deadline();
        ask_and_get();
    }
    fetching.end();
    EXPECT_FALSE(fetching.comes_in_vain());
    fetching.begin(now);
    ask_and_get();
}

TEST(SnapshotTransfer, OneWhoReadsTooSlowlyIsGivenUp) {
    Peer peer;
    const State state = state_of(20 << 20);
    SnapshotSender sender(kLog, {.bytes_per_second = 100'000'000, .grace = milliseconds(200)});
    const node::OwnedFd slow = node::connect_to(peer.address);
    sender.send(std::move(node::accept_from(peer.listener)->fd), state);
    std::vector<char> some(64 << 10);
    std::size_t received = 0;
    const Time until = node::now() + milliseconds(20'000);
    for (ssize_t count = 1; count != 0 && node::now() < until;) {
        ::poll(nullptr, 0, 5);  // so at most 13 MB/s
        count = ::recv(slow.get(), some.data(), some.size(), 0);
        received += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    EXPECT_GT(received, 0U);
    EXPECT_LT(received, std::size_t{64} << 20);
}

// Of this process' only child.
std::string child() {
    std::string pid;
    std::ifstream(fmt::format("/proc/self/task/{}/children", ::getpid())) >> pid;
    return pid;
}

// As in /proc/PID/stat: 'S' sleeps, 'T' is stopped.
void await_state(const std::string& pid, const std::string& wanted) {
    std::string state;
    for (const Time until = node::now() + milliseconds(10'000); state != wanted && node::now() < until;) {
        std::ifstream stat(fmt::format("/proc/{}/stat", pid));
        std::string word;
        stat >> word >> word >> state;
        ::poll(nullptr, 0, 1);
    }
    ASSERT_EQ(state, wanted);
}

TEST(SnapshotTransfer, OneThatIsStoppedWhileItSendsGoesOnWhenItMay) {
    Peer peer;
    const State state = state_of(20 << 20);
    SnapshotSender sender(kLog);
    const node::OwnedFd to = node::connect_to(peer.address);
    sender.send(std::move(node::accept_from(peer.listener)->fd), state);
    std::vector<char> some(1 << 20);
    std::string head;
    while (head.find('$') == std::string::npos) {
        pollfd poll{to.get(), POLLIN, 0};
        ASSERT_EQ(::poll(&poll, 1, 10'000), 1);
        const ssize_t count = ::recv(to.get(), some.data(), 2, 0);
        ASSERT_GT(count, 0);
        head.append(some.data(), static_cast<std::size_t>(count));
    }
    const std::string pid = child();
    for (int k = 0; k < 3; ++k) {  // the first time it has sent a part of what it was to send
        await_state(pid, "S");     // until somebody reads
        ASSERT_EQ(::kill(std::stoi(pid), SIGSTOP), 0);
        await_state(pid, "T");
        ASSERT_EQ(::kill(std::stoi(pid), SIGCONT), 0);
    }
    std::size_t received = 0;
    for (ssize_t count = 1; count > 0;) {
        pollfd poll{to.get(), POLLIN, 0};
        ASSERT_EQ(::poll(&poll, 1, 10'000), 1);
        count = ::recv(to.get(), some.data(), some.size(), 0);
        received += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    EXPECT_GT(received, std::size_t{20} << 20);
}

TEST(SnapshotTransfer, WhileOneIsBeingSentOthersAreRefused) {
    Peer peer;
    const State state = state_of(20 << 20);
    SnapshotSender sender(kLog);
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
    StateLoader loader(kLog);
    loader.begin("nonsense");
    await(loader);
    ASSERT_TRUE(loader.has_loaded());
    std::string fault;
    EXPECT_FALSE(loader.take(fault).has_value());
    EXPECT_EQ(fault, "too short");
    EXPECT_FALSE(loader.is_busy());
}

// No memory holds the stack of a thread.
class WithoutThreads {
public:
    WithoutThreads() {
        ::pthread_getattr_default_np(&before_);
        pthread_attr_t huge{};
        ::pthread_attr_init(&huge);
        ::pthread_attr_setstacksize(&huge, std::size_t{1} << 50);
        ::pthread_setattr_default_np(&huge);
        ::pthread_attr_destroy(&huge);
    }
    ~WithoutThreads() {
        ::pthread_setattr_default_np(&before_);
        ::pthread_attr_destroy(&before_);
    }
    WithoutThreads(const WithoutThreads&) = delete;
    WithoutThreads& operator=(const WithoutThreads&) = delete;

private:
    pthread_attr_t before_{};
};

TEST(StateLoader, WithoutAThreadASnapshotIsOfNoUseAndAStateIsDisposedOfAtOnce) {
    std::string snapshot;
    encode(state_of(1), kLog, snapshot);
    const WithoutThreads without;
    StateLoader loader(kLog);
    loader.begin(snapshot);
    ASSERT_TRUE(loader.has_loaded());
    std::string fault;
    EXPECT_FALSE(loader.take(fault).has_value());
    EXPECT_TRUE(fault.starts_with("no thread can read it")) << fault;
    loader.dispose(state_of(1));
    EXPECT_FALSE(loader.is_busy());
}

TEST(StateLoader, IsBusyUntilItsThreadIsSeenToHaveEnded) {
    StateLoader loader(kLog);
    EXPECT_FALSE(loader.is_busy());
    loader.dispose(state_of(1));
    EXPECT_TRUE(loader.is_busy());
    await(loader);
    EXPECT_FALSE(loader.has_loaded());
    EXPECT_FALSE(loader.is_busy());
    std::string snapshot;
    encode(state_of(1), kLog, snapshot);
    loader.begin(snapshot);
    EXPECT_TRUE(loader.is_busy());
    await(loader);
    EXPECT_TRUE(loader.is_busy());
    std::string fault;
    EXPECT_TRUE(loader.take(fault).has_value());
    EXPECT_FALSE(loader.is_busy());
}

}  // namespace
}  // namespace synod::server
