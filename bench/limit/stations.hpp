#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "synod/net/network.hpp"

// The data path of a cluster without the protocol: clients -> proposer -> acceptors -> learners, each a
// process, over multicast, with as little in it as can be. Nothing is ever sent again; a datagram lost ends
// the run.

namespace synod::limit {

inline constexpr unsigned kAcceptorsMax = 15;
inline constexpr unsigned kLearnersMax = 16;
inline constexpr unsigned kClientsMax = 64;
inline constexpr std::size_t kSamplesMax = 1 << 20;

struct Plan {
    unsigned clients = 1;
    unsigned acceptors = 3;
    unsigned learners = 2;
    std::size_t value_bytes = 64;
    std::size_t datagram_bytes = 32'400;  // of values; two go in one send
    std::size_t window_bytes = 1 << 20;   // under way of all clients, from there to the last delivery
    double seconds = 3;
    double rate = 0;     // values a second; 0: as many as go
    bool alone = false;  // each value alone in its datagram, and only when the last one has been delivered
    bool work = true;    // the least there is: values numbered, kept in a ring, checked one by one
    std::string interface = "lo";
    net::Address proposers, acceptors_group, learners_group;

    [[nodiscard]] std::size_t values_in_datagram() const noexcept {
        return alone ? 1 : std::max<std::size_t>(1, datagram_bytes / value_bytes);
    }
    // Of one client: two datagrams at least, as Synod gives it.
    [[nodiscard]] std::size_t share_bytes() const noexcept {
        return clients == 1 ? window_bytes : std::max(window_bytes / clients, 2 * datagram_bytes);
    }
};

// Shared by all processes.
struct Board {
    std::atomic<bool> stop = false;
    std::atomic<bool> failed = false;
    std::atomic<unsigned> clients_ready = 0;  // they begin together
    std::atomic<std::uint64_t> began_ns = 0;
    std::atomic<unsigned> clients_done = 0;
    std::atomic<std::uint64_t> nanoseconds = 0;  // from the first value to the last delivery
    std::array<std::atomic<std::uint64_t>, kLearnersMax> delivered{};
    std::atomic<std::size_t> samples = 0;  // of the first learner, when a rate is set
    std::array<std::uint32_t, kSamplesMax> latency_ns{};
};

enum class Kind : std::uint32_t { submit, accept, accepted, delivered, acknowledged };

struct Header {
    Kind kind = Kind::submit;
    std::uint32_t sender = 0;    // of an instance: its client
    std::uint64_t instance = 0;  // of a value; or all below it
    std::uint64_t stamp_ns = 0;  // when its client sent it
    std::uint64_t bytes = 0;     // of what follows, without padding
};

[[nodiscard]] std::uint64_t now_ns() noexcept;

// Kept values: memory written over and over, as any process that keeps them would.
class Ring {
public:
    std::span<const std::byte> keep(std::span<const std::byte> bytes);

private:
    static constexpr std::size_t kBytes = std::size_t{64} << 20;
    std::vector<std::byte> memory_ = std::vector<std::byte>(kBytes);
    std::size_t at_ = 0;
};

// Which instances have come; a sender that moves to another processor may overtake itself.
class Arrived {
public:
    // REQUIRES: instance < below() + kMax.
    void add(std::uint64_t instance) {
        came_[instance % kMax] = instance + 1;
        while (came_[below_ % kMax] == below_ + 1)
            ++below_;
    }
    // All that lies below has come.
    [[nodiscard]] std::uint64_t below() const noexcept { return below_; }

    static constexpr std::uint64_t kMax = 1 << 16;

private:
    std::vector<std::uint64_t> came_ = std::vector<std::uint64_t>(kMax);
    std::uint64_t below_ = 0;
};

// One process: its sockets, and what it sends. The sockets are open before any process runs.
class Station {
public:
    Station(const Plan& plan, Board& board, std::vector<net::Address> groups);
    virtual ~Station() = default;
    Station(const Station&) = delete;
    Station& operator=(const Station&) = delete;

    void run();

protected:
    virtual void on(const Header& header, std::span<const std::byte> body, net::Address from) = 0;
    // What came together has been handed over.
    virtual void flush() = 0;
    // How long to wait for datagrams, in nanoseconds.
    [[nodiscard]] virtual std::uint64_t patience_ns() const { return 50'000'000; }

    void send(net::Address to, const Header& header, std::span<const std::byte> body = {});
    void fail();

    const Plan plan_;
    Board& board_;

private:
    bool drain();

    net::Network network_;
    std::vector<Header> heads_;
    std::size_t heads_used_ = 0;
};

class Client final : public Station {
public:
    Client(const Plan& plan, Board& board, std::uint32_t id);

private:
    void on(const Header& header, std::span<const std::byte> body, net::Address from) override;
    void flush() override;
    [[nodiscard]] std::uint64_t patience_ns() const override;
    bool has_begun(std::uint64_t now);
    [[nodiscard]] double due(std::uint64_t now) const;
    [[nodiscard]] std::size_t may_send(std::uint64_t now) const;
    [[nodiscard]] std::span<const std::byte> fill(std::size_t count);

    std::uint32_t id_;
    std::vector<std::byte> values_;
    std::size_t slots_;
    std::uint64_t numbered_ = 0;
    std::uint64_t sent_ = 0;
    std::uint64_t acknowledged_ = 0;
    bool ready_ = false;
    std::uint64_t began_ns_ = 0;
    bool done_ = false;
};

class Proposer final : public Station {
public:
    Proposer(const Plan& plan, Board& board);

private:
    void on(const Header& header, std::span<const std::byte> body, net::Address from) override;
    void flush() override;

    struct Of {
        net::Address client;
        std::uint64_t delivered = 0;
        bool due = false;  // to be told
    };
    Ring ring_;
    std::array<Of, kClientsMax> clients_;
    std::vector<std::uint32_t> client_of_;  // of an instance
    std::uint64_t next_ = 0;
    std::uint64_t acknowledged_ = 0;
    std::array<std::uint64_t, kLearnersMax> delivered_{};
};

class Acceptor final : public Station {
public:
    Acceptor(const Plan& plan, Board& board, std::uint32_t id);

private:
    void on(const Header& header, std::span<const std::byte> body, net::Address from) override;
    void flush() override;

    std::uint32_t id_;
    Ring ring_;
    Arrived arrived_;
    std::uint64_t said_ = 0;
};

class Learner final : public Station {
public:
    Learner(const Plan& plan, Board& board, std::uint32_t id);

private:
    struct Kept {
        std::span<const std::byte> body;
        std::uint32_t client = 0;
        std::uint64_t stamp_ns = 0;
    };
    void on(const Header& header, std::span<const std::byte> body, net::Address from) override;
    void flush() override;
    [[nodiscard]] std::uint64_t decided_below() const;
    void deliver(const Kept& kept);

    std::uint32_t id_;
    Ring ring_;
    std::vector<Kept> kept_;
    Arrived arrived_;
    std::uint64_t delivered_ = 0;
    std::array<std::uint64_t, kClientsMax> values_of_{};
    std::uint64_t values_ = 0;
    std::array<std::uint64_t, kAcceptorsMax> accepted_{};
};

}  // namespace synod::limit
